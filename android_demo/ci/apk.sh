#!/usr/bin/env bash
# Builds the app without LiteRT's native library, which no archive at hand has: shrinks, dexes,
# aligns, signs with a key made for it. Its name says what is missing.
. "$(dirname "${BASH_SOURCE[0]}")/settings.sh"
out=$BUILD/apk
rm -rf "$out"
mkdir -p "$out/dex"

for part in app engine core nolitert; do
  jar --create --file "$out/$part.jar" -C "$BUILD/$part" .
done
cat >"$out/rules.pro" <<'RULES'
-dontobfuscate
-dontwarn org.jetbrains.annotations.**
# What Java got on Android after API 23; check_names.py has looked it up.
-dontwarn java.**
RULES
java -Xmx1g -XX:+UseSerialGC -cp "$R8_JAR" com.android.tools.r8.R8 --release --min-api $MIN_SDK \
  --lib "$ANDROID_JAR" --classpath "$KOTLIN_HOME/lib/annotations-13.0.jar" \
  --pg-conf "$BUILD/resources/rules.pro" --pg-conf "$DEMO/engine/consumer-rules.pro" \
  --pg-conf "$out/rules.pro" --output "$out/dex" \
  "$out/app.jar" "$out/engine.jar" "$out/core.jar" "$out/nolitert.jar" "$STDLIB" \
  >"$out/r8.log" 2>&1 || { cat "$out/r8.log" >&2; exit 1; }

cp "$BUILD/resources/base.apk" "$out/unaligned.apk"
"$PYTHON" - "$out/unaligned.apk" "$out"/dex/*.dex <<'PYTHON'
import sys
import zipfile
from pathlib import Path

with zipfile.ZipFile(sys.argv[1], "a", zipfile.ZIP_DEFLATED) as apk:
    for file in sys.argv[2:]:
        apk.write(file, Path(file).name)
PYTHON
zipalign -p 4 "$out/unaligned.apk" "$out/aligned.apk"

[ -e "$BUILD/debug.keystore" ] || keytool -genkeypair -keystore "$BUILD/debug.keystore" \
  -alias androiddebugkey -storepass android -keypass android -keyalg RSA -keysize 2048 \
  -validity 10000 -dname "CN=Android Debug, O=Android, C=US" 2>/dev/null
apksigner sign --ks "$BUILD/debug.keystore" --ks-pass pass:android --min-sdk-version $MIN_SDK \
  --out "$BUILD/$APK_NAME" "$out/aligned.apk"

#!/usr/bin/env bash
# Looks at the built APK as an installer would: signature, alignment, levels, permissions, classes,
# models.
. "$(dirname "${BASH_SOURCE[0]}")/settings.sh"
apk=$BUILD/$APK_NAME
fail() { echo "$APK_NAME: $1" >&2; exit 1; }

apksigner verify --verbose --min-sdk-version $MIN_SDK "$apk" >"$BUILD/apk/signature.txt" ||
  fail "the signature is not valid"
grep -q '^Verified using v2 scheme.*: true' "$BUILD/apk/signature.txt" || fail "no v2 signature"
zipalign -c -p 4 "$apk" || fail "not aligned"

"$AAPT2" dump badging "$apk" >"$BUILD/apk/badging.txt"
has() { grep -q "$1" "$BUILD/apk/badging.txt" || fail "no $1"; }
has "^package: name='$APPLICATION'"
has "^minSdkVersion:'$MIN_SDK'"
has "^targetSdkVersion:'$TARGET_SDK'"
has "^launchable-activity: "
has "^locales: .*'de'"
permissions=$(sed -n "s/^uses-permission[^:]*: name='\([^']*\)'.*/\1/p" "$BUILD/apk/badging.txt" | xargs)
[ "$permissions" = android.permission.CAMERA ] || fail "its permissions are: $permissions"
# The permission asks for a camera unless the manifest says that it can be done without.
! grep -E "^ +uses-feature: name='android.hardware.camera" "$BUILD/apk/badging.txt" ||
  fail "it cannot be installed without a camera"

unzip -p "$apk" classes.dex >"$BUILD/apk/classes.dex"
dexdump "$BUILD/apk/classes.dex" >"$BUILD/apk/dexdump.txt"
# The classes that the manifest and the layouts name: Android finds them by their names.
sed -n 's/^-keep class \([^ ]*\) .*/\1/p' "$BUILD/resources/rules.pro" | grep "^$APPLICATION" |
  sort -u >"$BUILD/apk/named.txt"
[ -s "$BUILD/apk/named.txt" ] || fail "the manifest names no class"
while read -r class; do
  grep -qF "Class descriptor  : 'L${class//.//};'" "$BUILD/apk/dexdump.txt" || fail "no class $class"
done <"$BUILD/apk/named.txt"

"$PYTHON" - "$apk" "$ROOT/edge_runtime/models/SHA256SUMS" <<'PYTHON'
import hashlib
import sys
import zipfile
from pathlib import Path

with zipfile.ZipFile(sys.argv[1]) as apk:
    names = apk.namelist()
    libraries = [name for name in names if name.startswith("lib/")]
    if libraries:
        sys.exit(f"it has a native library after all: {libraries}")
    expected = {}
    for line in Path(sys.argv[2]).read_text().splitlines():
        digest, name = line.split()
        expected[f"assets/models/{name.lstrip('*')}"] = digest
    if {name for name in names if name.startswith("assets/models/")} != set(expected):
        sys.exit("its models are not those that are shipped")
    for name, digest in expected.items():
        if hashlib.sha256(apk.read(name)).hexdigest() != digest:
            sys.exit(f"{name} is not the shipped model")
        if apk.getinfo(name).compress_type != zipfile.ZIP_STORED:
            sys.exit(f"{name} is compressed: it could not be mapped")
PYTHON
echo "$APK_NAME: $(stat -c %s "$apk") bytes, $(wc -l <"$BUILD/apk/named.txt") named classes"

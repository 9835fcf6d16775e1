# Folders, versions and small functions of the Android checks; sourced by the scripts beside it.
set -euo pipefail
export LC_ALL=C.UTF-8

CI=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
DEMO=$(dirname "$CI")
ROOT=$(dirname "$DEMO")
BUILD=${TINTLITE_ANDROID_BUILD:-$ROOT/build/android}
TOOLS=${TINTLITE_ANDROID_TOOLS:-$ROOT/build/android/tools}
PYTHON=${PYTHON:-$ROOT/.venv/bin/python}

KOTLIN_VERSION=2.4.20
KOTLIN_SHA256=c23dab400d7ce5ea8b6c909947c0ca5454189e4bb1108695b5f464500e5e950f
ANDROID_DEB_VERSION=6.0.1+r72-6
ANDROID_DEB_SHA256=8af1b6df556971dda0a6da3536ea526a838e0c363afcdd454213d8bce94793e3
LITERT_VERSION=2.3

KOTLIN_HOME=$TOOLS/kotlin/package
ANDROID_23_JAR=$TOOLS/android/usr/share/java/com.android.android-23.jar
API_STUBS=$TOOLS/api
AAPT2=$TOOLS/apktool/prebuilt/linux/aapt2_64
FRAMEWORK=$TOOLS/apktool/brut/androlib/android-framework.jar
R8_JAR=$TOOLS/r8.jar
STDLIB=$KOTLIN_HOME/lib/kotlin-stdlib.jar
JAVA_JARS=/usr/share/java
JUNIT=$JAVA_JARS/junit4.jar:$JAVA_JARS/hamcrest.jar
JNA=$JAVA_JARS/jna.jar
VULKAN_DRIVER=/usr/lib/chromium/vk_swiftshader_icd.json
VULKAN_LOADER=/usr/lib/chromium/libvulkan.so.1


APPLICATION=org.tintlite.demo
APK_NAME=tintlite-debug-nolitert.apk
MIN_SDK=26
TARGET_SDK=36
# API 23 with the members of later levels that the app uses.
ANDROID_JAR=$BUILD/android.jar

# junit CLASSES CLASSPATH FOLDER JAVA_OPTION… : runs every *Test class in a folder of CLASSES.
junit() {
  local classes=$1 classpath=$2 folder=$3
  shift 3
  local -a names
  mapfile -t names < <(cd "$classes" && find "./$folder" -name '*Test.class' |
    sed 's#^\./##; s#\.class$##; s#/#.#g' | sort)
  [ "${#names[@]}" -gt 0 ] || { echo "no test found in $folder" >&2; return 1; }
  java "$@" -XX:+UseSerialGC -cp "$classes:$classpath:$JUNIT:$STDLIB" \
    org.junit.runner.JUnitCore "${names[@]}"
}

#!/usr/bin/env bash
# Compiles core, engine, their tests and, where there is an android.jar, the app: every warning is an
# error. The engine is compiled against LiteRT's API as it runs on a desktop (litert).
# Java 11 as the target, not 17 as in Gradle: R8 3.3 knows no sealed classes.
. "$(dirname "${BASH_SOURCE[0]}")/settings.sh"

modules=()
module() { # NAME CLASSPATH [OPTION…] SOURCE…
  local name=$1 classpath=$2
  shift 2
  rm -rf "${BUILD:?}/$name"
  modules+=("$name" -kotlin-home "$KOTLIN_HOME" -jvm-target 11 -Werror -no-reflect
    -cp "$classpath" -d "$BUILD/$name" "$@" ,)
}

module core "" -Xexplicit-api=strict "$DEMO/core/src/main/kotlin"
module core-test "$BUILD/core:$JUNIT" -Xfriend-paths="$BUILD/core" "$DEMO/core/src/test/kotlin"
module litert "$JNA" "$CI/litert" "$CI/host"
module nolitert "" "$CI/litert" "$CI/nolitert"
module engine "$BUILD/core:$BUILD/litert" -Xexplicit-api=strict "$DEMO/engine/src/main/kotlin"
module engine-test "$BUILD/core:$BUILD/core-test:$BUILD/litert:$BUILD/engine:$JUNIT" \
  -Xfriend-paths="$BUILD/core,$BUILD/core-test,$BUILD/engine" "$CI/engine_test"
if [ -e "$ANDROID_JAR" ]; then
  module app "$ANDROID_JAR:$BUILD/r:$BUILD/core:$BUILD/engine" -no-jdk "$DEMO/app/src/main/kotlin"
fi

# The quick first stage of the just-in-time compiler alone: half the time for a run this short.
java -Xmx1g -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Dkotlin.environment.keepalive=true \
  -cp "$KOTLIN_HOME/lib/kotlin-compiler.jar:$KOTLIN_HOME/lib/*" \
  "$CI/KotlinBuild.java" "${modules[@]}"

#!/usr/bin/env bash
# Runs core's tests on the heap that a phone gives to an app.
. "$(dirname "${BASH_SOURCE[0]}")/settings.sh"
cd "$DEMO/core"
junit "$BUILD/core-test" "$BUILD/core" org/tintlite/core -Xmx256m

#!/usr/bin/env bash
# Looks every Android and Java name that core, engine and app use up in Android's API 36.
. "$(dirname "${BASH_SOURCE[0]}")/settings.sh"
"$PYTHON" "$CI/check_names.py" "$API_STUBS" "$BUILD/core" "$BUILD/engine" "$BUILD/app"

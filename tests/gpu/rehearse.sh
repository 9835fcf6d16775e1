#!/usr/bin/env bash
# Rehearse tests/gpu/run.sh on this machine's CPU, so that nothing is left to be found out on a GPU:
#
#   tests/gpu/rehearse.sh PHOTOS.zip PLATES.zip WEIGHTS.weights.h5 [RECIPE]
#
# A fresh environment with nothing but packages.txt, the tree as git archives it, 300 photos, a minute
# of the very command; the command is killed in the middle and goes on; then the weights that it kept
# are loaded and measured in the usual environment. Prints "green" at the end.
set -euo pipefail
cd "$(dirname "$0")/../.."
[ $# -ge 3 ] || { sed -n '2,8p' "$0" >&2; exit 2; }
photos=$(realpath "$1") plates=$(realpath "$2") weights=$(realpath "$3") recipe=${4:-standard_gpu}
usual=$(realpath -s "${PYTHON:-.venv/bin/python}")
here=out/gpu-rehearsal
rm -rf "$here/packs" "$here/tree" "$here/work" "$here/out" "$here/measured"
mkdir -p "$here/tree" "$here/packs/plates"

if [ ! -f "$here/venv/made" ]; then
  python3 -m venv "$here/venv"
  "$here/venv/bin/pip" install -q --disable-pip-version-check -r tests/gpu/packages.txt
  touch "$here/venv/made"
fi
"$here/venv/bin/pip" wheel -q --disable-pip-version-check --no-deps -w "$here/packs/wheels" \
  -r tests/gpu/wheels.txt
"$usual" tests/gpu/pack.py "$here/packs/photos" "$photos" --limit 300
cp "$plates" "$here/packs/plates/"
git archive HEAD | tar x -C "$here/tree"

here=$(realpath "$here")
# bfloat16 is emulated on most CPUs: three pictures a second.
light="--dtype float32 --batch-size 32"
run() { # SECONDS
  (
    cd "$here/tree"
    PATH="$here/venv/bin:$PATH" WORK="$here/work" PROBE=2 PROBE_OPTIONS="$light" \
      timeout --kill-after=5 "$2" \
      tests/gpu/run.sh "$recipe" "$here/packs" "$here/out" "$1" --start-from "$weights" $light
  )
}
seconds=${REHEARSAL:-240}
echo "== a run that is cut off"
run "$seconds" "$((seconds / 2))" && { echo "it was not cut off" >&2; exit 1; } || true
pkill -f "$here/work/run" 2>/dev/null || true
echo "== the same command goes on"
run "$seconds" "$((seconds + 60))"
for file in best.weights.h5 history.csv config.json speed.txt; do
  [ -s "$here/out/$file" ] || { echo "missing: $file" >&2; exit 1; }
done
echo "== what came of it, in the usual environment"
KERAS_BACKEND=torch "$usual" -m train evaluate "$here/out/best.weights.h5" --on "$here/work/photos:val"
echo green

#!/usr/bin/env bash
# Train on a machine with a GPU and no network, within a given time, from the repository's root:
#
#   tests/gpu/run.sh RECIPE PACKS OUT SECONDS [MORE OPTIONS OF fit ...]
#
# PACKS has photos/*.zip, plates/*.zip (optional) and wheels/*.whl; OUT gets what is to be kept, anew
# every 20 seconds: a machine that is taken away leaves the last of it. tests/gpu/rehearse.sh runs
# the same on a CPU.
set -euo pipefail
[ $# -ge 4 ] || { sed -n '2,9p' "$0" >&2; exit 2; }
recipe=$1 packs=$2 out=$3 limit=$4
shift 4
work=${WORK:-/tmp/tintlite-gpu}
mkdir -p "$work" "$out"
export KERAS_BACKEND=torch PYTHONUNBUFFERED=1 PYTHONPATH="$work/site"
python3 -m pip install -q --no-index --no-deps --no-compile --upgrade --target "$work/site" \
  "$packs"/wheels/*.whl

[ -d "$work/photos" ] || python3 -m train prepare "$packs"/photos/*.zip --out "$work/photos"
extra=()
if compgen -G "$packs/plates/*.zip" >/dev/null; then
  [ -d "$work/plates" ] || python3 -m train prepare "$packs"/plates/*.zip --out "$work/plates"
  extra=(--extra "$work/plates")
fi
echo "prepared after $SECONDS s"
python3 -m train speed "$recipe" --data "$work/photos" --batches "${PROBE:-30}" \
  ${PROBE_OPTIONS:-} |
  tee "$out/speed.txt"
echo "probed after $SECONDS s"

keep() { # what is whole of the run
  for file in best.weights.h5 plain.weights.h5 history.csv config.json environment.json loss.png; do
    [ ! -f "$work/run/$file" ] || cp "$work/run/$file" "$out/.$file.part" &&
      [ ! -f "$out/.$file.part" ] || mv "$out/.$file.part" "$out/$file"
  done
}
while sleep 20; do keep; done &
keeper=$!
trap 'kill $keeper 2>/dev/null || true; keep' EXIT

# Ten seconds to copy what came of it.
python3 -m train fit "$recipe" --data "$work/photos" "${extra[@]}" --out "$work/run" \
  --until "$((limit - SECONDS - 10))s" --checkpoint-every 90s "$@"
echo "trained after $SECONDS s"

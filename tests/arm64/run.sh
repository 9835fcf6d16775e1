#!/usr/bin/env bash
# Colour a photo on 64-bit ARM, and see that it is the picture of this machine; the same for the
# golden vectors.
#
#   make test-arm64        (or: PYTHON=.venv/bin/python tests/arm64/run.sh)
#
# Debian 12's Python for arm64 is unpacked into a folder, the wheel of this checkout and its
# dependencies' wheels for aarch64 are installed beside it, and qemu runs them as a Raspberry Pi 4
# (Cortex-A72). It says whether it works, and nothing of its speed. Nothing is installed into the
# system, and no root is needed. On Debian: apt install mmdebstrap qemu-user-static
#
# Folder and wheels are kept in build/arm64 (TINTLITE_ARM64 names another place): the first run takes
# some minutes, for 500 MB of downloads and files, a later one half a minute.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)
python=${PYTHON:-$top/.venv/bin/python}
cache=${TINTLITE_ARM64:-$top/build/arm64}
root=$cache/root
site=$cache/site
photo=$top/docs/demo/grey.jpg

for program in mmdebstrap qemu-aarch64-static; do
  command -v "$program" >/dev/null || {
    echo "test-arm64: $program is missing (on Debian: apt install mmdebstrap qemu-user-static)" >&2
    exit 1
  }
done
mkdir -p "$cache"

if [ ! -e "$root.whole" ]; then
  echo "unpacking Debian 12 for arm64 into $root ..."
  rm -rf "$root"
  mmdebstrap --quiet --variant=extract --arch=arm64 \
    --include=python3,libstdc++6 bookworm "$root"
  # LiteRT reads these to learn of the processor, and crashes on those of another architecture.
  mkdir -p "$root/proc" "$root/sys/devices/system/cpu"
  for core in 0 1; do
    printf 'processor\t: %s\nBogoMIPS\t: 108.00\n' "$core"
    printf 'Features\t: fp asimd evtstrm crc32 cpuid\nCPU implementer\t: 0x41\n'
    printf 'CPU architecture: 8\nCPU variant\t: 0x0\nCPU part\t: 0xd08\nCPU revision\t: 3\n\n'
  done >"$root/proc/cpuinfo"
  for list in possible present online; do
    echo 0-1 >"$root/sys/devices/system/cpu/$list"
  done
  touch "$root.whole"
fi

echo "building and installing the wheel ..."
rm -rf "$cache/wheel"
"$python" -m hatchling build -t wheel -d "$cache/wheel" >/dev/null
wheel=$(echo "$cache"/wheel/*.whl)
install=("$python" -m pip install --quiet --disable-pip-version-check --no-input --target "$site"
  --implementation cp --python-version 3.11 --only-binary=:all:)
for glibc in 2014 _2_17 _2_27 _2_28 _2_31 _2_34 _2_35 _2_36; do # Debian 12 has 2.36
  install+=(--platform "manylinux${glibc}_aarch64")
done
wanted=$(sha256sum "$top/pyproject.toml")
if [ "$(cat "$site.installed" 2>/dev/null)" != "$wanted" ]; then
  rm -rf "$site" "$site.installed"
  "${install[@]}" "$wheel"
  echo "$wanted" >"$site.installed"
else
  "${install[@]}" --no-deps --upgrade "$wheel"
fi

on_arm() { # from another folder, so that the wheel runs, and not the checkout
  (cd "$cache" && env -u LD_LIBRARY_PATH PYTHONPATH="$site" PYTHONNOUSERSITE=1 \
    qemu-aarch64-static -cpu cortex-a72 -L "$root" "$root/usr/bin/python3.11" "$@")
}

# What ARM programs start must be started through qemu too.
printf '#!/bin/sh\nexec qemu-aarch64-static -cpu cortex-a72 -L "%s" "%s" "$@"\n' \
  "$root" "$root/usr/bin/python3.11" >"$cache/python"
chmod +x "$cache/python"

on_arm -c 'import platform, edge_runtime
assert platform.machine() == "aarch64"
print(f"edge_runtime {edge_runtime.__version__} of {edge_runtime.__path__[0]} on aarch64")'
failed=0
for model in nano standard; do
  echo "colouring with $model on both ..."
  on_arm -m edge_runtime colorize "$photo" -m "$model" -o "$cache/$model.arm64.png" \
    --threads 2 --overwrite
  (cd "$top" && "$python" -m edge_runtime colorize "$photo" -m "$model" \
    -o "$cache/$model.here.png" --threads 2 --overwrite)
  "$python" "$here/compare.py" "$cache/$model.here.png" "$cache/$model.arm64.png" || failed=1
done

echo "reproducing the golden vectors ..."
on_arm "$here/golden.py" "$top/tests/golden" || failed=1

echo "asking for the GPU, whose library ends a process on this processor ..."
on_arm -c 'import sys
sys.executable = sys.argv.pop(1)
from edge_runtime.cli import main
sys.exit(main())' "$cache/python" colorize "$photo" -o "$cache/auto.png" --overwrite \
  --accelerator auto | tee "$cache/auto.txt"
grep -q "running on the CPU: .*needs instructions" "$cache/auto.txt" || failed=1
exit $failed

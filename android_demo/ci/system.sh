#!/usr/bin/env bash
# Says which system packages the Android checks lack, by their Debian names; 1 where any is missing.
# With --install, root and apt, installs them first.
. "$(dirname "${BASH_SOURCE[0]}")/settings.sh"

missing() {
  command -v javac >/dev/null || echo openjdk-17-jdk-headless
  command -v npm >/dev/null || echo npm
  command -v zipalign >/dev/null || echo zipalign
  command -v apksigner >/dev/null || echo apksigner
  command -v dexdump >/dev/null || echo dexdump
  command -v unzip >/dev/null || echo unzip
  [ -e "$JAVA_JARS/junit4.jar" ] || echo junit4
  [ -e "$JAVA_JARS/hamcrest.jar" ] || echo libhamcrest-java
  [ -e "$JAVA_JARS/jna.jar" ] || echo libjna-java
  [ -e "$JAVA_JARS/asm.jar" ] || echo libasm-java
  [ -e "$VULKAN_DRIVER" ] || echo chromium-common
  [ -e "$VULKAN_LOADER" ] || ldconfig -p | grep -q 'libvulkan\.so\.1' || echo libvulkan1
}

mapfile -t packages < <(missing)
if [ "${#packages[@]}" -gt 0 ] && [ "${1:-}" = --install ] && [ "$(id -u)" = 0 ] &&
  command -v apt-get >/dev/null; then
  { apt-get update &&
    DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "${packages[@]}"; } \
    >/dev/null || echo "apt-get failed" >&2
  mapfile -t packages < <(missing)
fi
if [ "${#packages[@]}" -gt 0 ]; then
  echo "the Android checks need: apt-get install --no-install-recommends ${packages[*]}" >&2
  exit 1
fi

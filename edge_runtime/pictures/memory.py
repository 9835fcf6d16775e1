"""How much memory this machine can still give."""

from pathlib import Path

_MEMINFO = Path("/proc/meminfo")


def available_memory() -> int | None:
    """Bytes that can be had without swapping, as Linux estimates it; None on other systems."""
    try:
        lines = _MEMINFO.read_text("ascii").splitlines()
    except (OSError, ValueError):
        return None
    for line in lines:
        name, _, value = line.partition(":")
        kibibytes = value.removesuffix("kB").strip()
        if name == "MemAvailable" and kibibytes.isdecimal():
            return int(kibibytes) * 1024
    return None

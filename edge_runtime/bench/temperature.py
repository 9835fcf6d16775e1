"""How hot the processor is, and whether it is slowed down for it, where the machine tells."""

import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

_ROOT = Path("/")
_VCGENCMD = "vcgencmd"  # the tool of the Raspberry Pi's firmware
_SECONDS = 5

# Bits of `vcgencmd get_throttled`, from the Raspberry Pi's documentation; those of what happened
# since the start lie 16 higher.
_THROTTLED = {
    0: "under-voltage",
    1: "frequency capped",
    2: "throttled",
    3: "soft temperature limit",
}
_SINCE_START = 16

# The kernel's names of zones that are the processor's; others are of batteries, radios, disks.
_CPU_ZONES = ("x86_pkg_temp", "cpu", "soc", "coretemp", "k10temp")

# What is no sensor's reading, in degrees Celsius.
_COLDEST, _HOTTEST = -40.0, 150.0


@dataclass(frozen=True)
class Heat:
    """The processor's state of just now.

    Attributes:
        temperature_c: degrees Celsius, or None where nothing tells.
        throttled: `no`, or in words what slows it down or has done so since it was started; None
            where nothing tells, as on all but a Raspberry Pi.
    """

    temperature_c: float | None
    throttled: str | None


def read_heat(root: Path = _ROOT) -> Heat:
    """Ask a Raspberry Pi's firmware, else the kernel.

    Args:
        root: where `/sys` is found.
    """
    temperature = _firmware_temperature()
    if temperature is None:
        temperature = _kernel_temperature(root)
    return Heat(temperature, _firmware_throttled())


def _vcgencmd(argument: str) -> str:
    """What the firmware answers, or nothing."""
    program = shutil.which(_VCGENCMD)
    if program is None:
        return ""
    try:
        answer = subprocess.run(  # noqa: S603 (a fixed word, no shell)
            [program, argument], capture_output=True, timeout=_SECONDS, check=True
        )
    except (OSError, subprocess.SubprocessError):
        return ""
    return answer.stdout[:200].decode("ascii", "replace").strip()


def _firmware_temperature() -> float | None:
    found = re.fullmatch(r"temp=(-?\d{1,3}(?:\.\d{1,3})?)'C", _vcgencmd("measure_temp"))
    return _plausible(float(found[1])) if found else None


def _firmware_throttled() -> str | None:
    found = re.fullmatch(r"throttled=0x([0-9a-fA-F]{1,8})", _vcgencmd("get_throttled"))
    if found is None:
        return None
    bits = int(found[1], 16)
    now = [word for bit, word in _THROTTLED.items() if bits >> bit & 1]
    earlier = [word for bit, word in _THROTTLED.items() if bits >> bit + _SINCE_START & 1]
    parts = []
    if now:
        parts.append(f"now: {', '.join(now)}")
    if earlier:
        parts.append(f"since the start: {', '.join(earlier)}")
    return "; ".join(parts) or "no"


def _kernel_temperature(root: Path) -> float | None:
    """That of the hottest zone of the processor."""
    found = []
    for zone in sorted((root / "sys/class/thermal").glob("thermal_zone*")):
        try:
            kind = (zone / "type").read_text("utf-8").strip().lower()
            thousandths = int((zone / "temp").read_text("ascii"))
        except (OSError, ValueError):  # a zone that is switched off, or has no sensor
            continue
        temperature = _plausible(thousandths / 1000)
        if temperature is not None and any(name in kind for name in _CPU_ZONES):
            found.append(temperature)
    return max(found, default=None)


def _plausible(celsius: float) -> float | None:
    return celsius if _COLDEST <= celsius <= _HOTTEST else None

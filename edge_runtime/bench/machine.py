"""What kind of machine this is; nothing that tells whose."""

import os
import platform
import re
from dataclasses import dataclass
from pathlib import Path

from edge_runtime.bench.checked import CONFIG, Number, Text, Whole
from edge_runtime.engine.threads import usable_cores

_ROOT = Path("/")

# More is no text that a kernel writes.
_MAX_CHARACTERS = 200

# ARM's kernels give numbers; these are the cores of boards that people have. (implementer, part),
# from the Linux kernel's arch/arm64/include/asm/cputype.h.
_ARM_CORES = {
    (0x41, 0xB76): "ARM1176",
    (0x41, 0xC07): "Cortex-A7",
    (0x41, 0xC08): "Cortex-A8",
    (0x41, 0xC09): "Cortex-A9",
    (0x41, 0xC0D): "Cortex-A17",
    (0x41, 0xC0F): "Cortex-A15",
    (0x41, 0xD03): "Cortex-A53",
    (0x41, 0xD04): "Cortex-A35",
    (0x41, 0xD05): "Cortex-A55",
    (0x41, 0xD07): "Cortex-A57",
    (0x41, 0xD08): "Cortex-A72",
    (0x41, 0xD09): "Cortex-A73",
    (0x41, 0xD0A): "Cortex-A75",
    (0x41, 0xD0B): "Cortex-A76",
    (0x41, 0xD0C): "Neoverse-N1",
    (0x41, 0xD40): "Neoverse-V1",
    (0x41, 0xD41): "Cortex-A78",
    (0x41, 0xD42): "Cortex-A78AE",
    (0x41, 0xD49): "Neoverse-N2",
    (0x4E, 0x003): "Denver 2",
    (0x4E, 0x004): "Carmel",
}


@dataclass(frozen=True)
class Machine:
    """The hardware and the system that a figure belongs to.

    Attributes:
        cpu: the processor's model.
        cores: how many this process may use.
        memory_gib: all memory in GiB, or None where the system does not say.
        architecture: as `x86_64` or `aarch64`.
        system: the system and its version.
        board: the model of a single-board computer, as a Raspberry Pi; else None.
        gpu: what drives a GPU here, by its kernel driver; else None.
    """

    __pydantic_config__ = CONFIG

    cpu: Text
    cores: Whole
    memory_gib: Number | None
    architecture: Text
    system: Text
    board: Text | None
    gpu: Text | None


def machine_facts(root: Path = _ROOT) -> Machine:
    """Describe this machine: no names of hosts or users, no addresses, no serial numbers.

    Args:
        root: where `/proc`, `/sys` and `/etc` are found.
    """
    return Machine(
        cpu=_cpu(root),
        cores=usable_cores(),
        memory_gib=_memory_gib(),
        architecture=platform.machine() or "unknown",
        system=_system(root),
        board=_first_text(root / "proc/device-tree/model"),
        gpu=_gpu(root),
    )


def _read(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8", "replace")
    except OSError:
        return ""


def _clean(text: str) -> str:
    kept = "".join(c if c.isprintable() else " " for c in text)
    return " ".join(kept.split())[:_MAX_CHARACTERS]


def _first_text(*paths: Path) -> str | None:
    # The device tree's texts end in a NUL.
    texts = (_clean(_read(path)) for path in paths)
    return next((text for text in texts if text), None)


def _cpu(root: Path) -> str:
    values: dict[str, list[str]] = {}
    for line in _read(root / "proc/cpuinfo").splitlines():
        name, _, value = line.partition(":")
        found = values.setdefault(name.strip(), [])
        if (clean := _clean(value)) and clean not in found:
            found.append(clean)
    # 32-bit ARM has a "model name" too, which is the architecture's alone.
    cores = _arm_cores(root)
    if cores:
        return " + ".join(cores)
    if values.get("model name"):
        return " + ".join(values["model name"])
    return _clean(platform.processor()) or platform.machine() or "unknown"


def _arm_cores(root: Path) -> list[str]:
    """The kinds of cores by their ARM numbers, each once; boards mix large and small ones."""
    names, implementer = [], 0
    for line in _read(root / "proc/cpuinfo").splitlines():
        found = re.fullmatch(r"CPU (implementer|part)\s*:\s*(0x[0-9a-fA-F]{1,4})\s*", line)
        if found is None:
            continue
        number = int(found[2], 16)
        if found[1] == "implementer":
            implementer = number
            continue
        name = _ARM_CORES.get((implementer, number), f"ARM core {implementer:#x}:{number:#x}")
        if name not in names:
            names.append(name)
    return names


def _memory_gib() -> float | None:
    try:
        total = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, ValueError, OSError):
        return None
    return round(total / 2**30, 1) if total > 0 else None


def _system(root: Path) -> str:
    # The rest of a kernel's release may name who built it, and for whom.
    release = re.match(r"\d+(\.\d+)?", platform.release())
    kernel = f"{platform.system() or 'unknown'} {release[0] if release else ''}".strip()
    found = re.search(r'^PRETTY_NAME="?([^"\n]+)', _read(root / "etc/os-release"), re.MULTILINE)
    return f"{_clean(found[1])}, {kernel}" if found else kernel


def _gpu(root: Path) -> str | None:
    names = []
    for file in sorted((root / "proc/driver/nvidia/gpus").glob("*/information")):
        found = re.search(r"^Model:(.+)$", _read(file), re.MULTILINE)
        if found:
            names.append(_clean(found[1]))
    if not names:
        for file in sorted((root / "sys/class/drm").glob("card[0-9]*/device/uevent")):
            found = re.search(r"^DRIVER=(.+)$", _read(file), re.MULTILINE)
            if found:
                names.append(f"driver {_clean(found[1])}")
    return ", ".join(dict.fromkeys(names)) or None

"""Which cameras there are, with their names, and the names that stay when numbers change."""

import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from edge_runtime.live.v4l2 import why_not_usable

_DEVICE = re.compile(r"/dev/video(\d{1,3})")
_LINKS = (
    "by-id",
    "by-path",
)  # udev's; the first one stays with the camera, the other with its port


@dataclass(frozen=True)
class FoundCamera:
    """A camera of this machine.

    Attributes:
        device: as /dev/video0.
        name: what it calls itself.
        lasting: a name that it keeps when devices are numbered anew, or empty.
        problem: why it cannot be used just now, or empty.
    """

    device: str
    name: str
    lasting: str
    problem: str


def device_number(path: str) -> int | None:
    """The number of the video device that a path leads to, over links as udev makes them.

    None where it leads elsewhere, or nowhere.
    """
    try:
        found = _DEVICE.fullmatch(os.path.realpath(path))
    except ValueError:  # a NUL in it
        return None
    return int(found[1]) if found else None


def list_cameras(
    system: Path = Path("/sys/class/video4linux"),
    links: Path = Path("/dev/v4l"),
    problem_of: Callable[[Path], str] = why_not_usable,
) -> list[FoundCamera]:
    """The cameras that Linux knows, in the order of their numbers; further ones it has not.

    Args:
        system: where the kernel names video devices.
        links: where udev does.
        problem_of: why a device cannot be used.
    """
    lasting: dict[int, str] = {}
    for kind in _LINKS:
        for link in sorted(_entries(links / kind)):
            number = device_number(str(link))
            if number is not None:
                lasting.setdefault(number, str(link))
    found = []
    for entry in sorted(_entries(system), key=lambda one: (len(one.name), one.name)):
        number = device_number(f"/dev/{entry.name}")
        if number is None:
            continue
        problem = problem_of(Path(f"/dev/video{number}"))
        if problem.startswith("not a camera"):  # a node for metadata, or a codec
            continue
        found.append(
            FoundCamera(f"/dev/video{number}", _name(entry), lasting.get(number, ""), problem)
        )
    return found


def _entries(folder: Path) -> list[Path]:
    try:
        return list(folder.iterdir())
    except OSError:
        return []


def _name(entry: Path) -> str:
    try:
        return (entry / "name").read_text("utf-8", "replace").strip()
    except OSError:
        return "a camera without a name"

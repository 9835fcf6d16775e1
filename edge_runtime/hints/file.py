"""The file of hints: JSON that says colours, and to which picture they belong."""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from edge_runtime.colour import cielab
from edge_runtime.colour.hints import MAX_HINTS, Hint, checked
from edge_runtime.colour.shrink import shrink
from edge_runtime.errors import ArgumentError, TintLiteError
from edge_runtime.pictures.header import reason
from edge_runtime.whole_file import write_whole

FORMAT, VERSION = "tintlite-hints", 1
ENDING = ".hints.json"

MOST_BYTES = 1_000_000

# The side of the small view by which a picture is known, in pixels.
_VIEW_SIDE = 8

# What the views of one picture may differ by, as mean of 0..255: it is known again when it was
# saved anew or scaled. So may be the ratio of its sides.
_VIEW_APART = 5.0
_RATIO_APART = 0.03


class HintsError(TintLiteError):
    """A file of hints that cannot be read or written, or is of another picture."""


@dataclass(frozen=True)
class Likeness:
    """By what a picture is known again.

    Attributes:
        width, height: in pixels.
        view: its L* in 8 x 8 pixels, 0..255, row by row, two hexadecimal digits each.
    """

    width: int
    height: int
    view: str

    @classmethod
    def of(cls, picture: np.ndarray) -> "Likeness":
        """That of a picture: uint8 or uint16, [H, W] or [H, W, 3], upright."""
        height, width = picture.shape[:2]
        small = cielab.lightness(shrink(picture, _VIEW_SIDE, _VIEW_SIDE))
        view = np.round(small * np.float32(2.55)).astype(np.uint8)
        return cls(width, height, view.tobytes().hex())


def hints_json(hints: Iterable[Hint], picture: np.ndarray) -> bytes:
    """The text of the file.

    Args:
        hints: what to write.
        picture: uint8 or uint16, [H, W] or [H, W, 3], upright: which they belong to.
    Raises:
        ArgumentError: as `hints.checked`.
    """
    values = {
        "format": FORMAT,
        "version": VERSION,
        "picture": asdict(Likeness.of(picture)),
        "hints": [
            {"x": hint.x, "y": hint.y, "colour": hint.colour, "radius": hint.radius}
            for hint in checked(hints)
        ],
    }
    return (json.dumps(values, indent=1) + "\n").encode()


def hints_of_json(
    data: bytes, picture: np.ndarray | Likeness | None, name: str = "the hints"
) -> tuple[Hint, ...]:
    """What a file says.

    Args:
        data: its bytes.
        picture: which it must belong to, or its likeness; None for any.
        name: of the file, for messages.
    Raises:
        HintsError: too large, no JSON of hints, of a newer version, of another picture, or with
            hints that are none.
    """
    if len(data) > MOST_BYTES:
        raise HintsError(f"{name}: a file of hints has {MOST_BYTES // 1_000_000} MB at most")
    try:
        values: Any = json.loads(data)
    except (ValueError, RecursionError):
        raise HintsError(f"{name}: not readable as JSON") from None
    if not isinstance(values, dict) or values.get("format") != FORMAT:
        raise HintsError(f"{name}: not a file of hints")
    version = values.get("version")
    if type(version) is not int or version < 1:
        raise HintsError(f"{name}: hints without a version")
    if version > VERSION:
        raise HintsError(
            f"{name}: hints of version {version}, which a newer TintLite wrote: this one reads "
            f"{VERSION}"
        )
    if picture is not None:
        known = picture if isinstance(picture, Likeness) else Likeness.of(picture)
        _check_picture(values.get("picture"), known, name)
    listed = values.get("hints")
    if not isinstance(listed, list):
        raise HintsError(f"{name}: the hints are no list")
    if len(listed) > MAX_HINTS:
        raise HintsError(f"{name}: {len(listed)} hints, but a picture takes {MAX_HINTS} at most")
    return tuple(_hint(value, number, name) for number, value in enumerate(listed, 1))


def read_hints(path: str | Path, picture: np.ndarray | None = None) -> tuple[Hint, ...]:
    """Read a file of hints.

    Args:
        path: the file.
        picture: uint8 or uint16, [H, W] or [H, W, 3], upright: which it must belong to, by its
            shape and a small view; None for any.
    Raises:
        HintsError: it cannot be read; else as `hints_of_json`.
    """
    path = Path(path)
    try:
        if not path.is_file():
            raise HintsError(f"{path}: not a file")
        with path.open("rb") as file:
            data = file.read(MOST_BYTES + 1)
    except (OSError, ValueError) as error:
        raise HintsError(f"{path}: {reason(error)}") from None
    return hints_of_json(data, picture, str(path))


def write_hints(path: str | Path, hints: Iterable[Hint], picture: np.ndarray) -> None:
    """Write a file of hints; one of that name is replaced.

    Args:
        path: the file.
        hints, picture: as for `hints_json`.
    Raises:
        HintsError: it cannot be written.
        ArgumentError: as `hints.checked`.
    """
    data = hints_json(hints, picture)
    try:
        write_whole(Path(path), data)
    except (OSError, ValueError) as error:
        raise HintsError(f"{path}: {reason(error)}") from None


def _check_picture(told: Any, picture: Likeness, name: str) -> None:
    told = told if isinstance(told, dict) else {}
    width, height, view = (told.get(key) for key in ("width", "height", "view"))
    try:
        small = np.frombuffer(bytes.fromhex(view), np.uint8)
        if small.size != _VIEW_SIDE**2:
            raise ValueError
        ratio = width / height * picture.height / picture.width
        known = abs(ratio - 1) <= _RATIO_APART
    except (ValueError, TypeError, ArithmeticError):
        raise HintsError(f"{name}: the hints do not say to which picture they belong") from None
    own = np.frombuffer(bytes.fromhex(picture.view), np.uint8)
    apart = np.abs(small.astype(np.float32) - own).mean()
    if not known or apart > _VIEW_APART:
        raise HintsError(f"{name}: the hints belong to another picture, of {width} x {height}")


def _hint(value: Any, number: int, name: str) -> Hint:
    if not isinstance(value, dict):
        raise HintsError(f"{name}: hint {number} is no object")
    try:
        x, y, said = (value[key] for key in ("x", "y", "colour"))
        return Hint(x, y, said, value.get("radius", 0.0))
    except KeyError as error:
        raise HintsError(f"{name}: hint {number} has no {error.args[0]}") from None
    except ArgumentError as error:
        raise HintsError(f"{name}: hint {number}: {error}") from None

"""A film whose frames are files of their own: `frames/frame_%05d.png`."""

import re
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from edge_runtime.pictures.header import reason
from edge_runtime.video.errors import VideoError

# Frames a second where nobody says: those of films with sound.
USUAL_FPS = 24.0

# What is written, at 16 bits; FFmpeg reads others too.
PICTURE_ENDINGS = (".png", ".tif", ".tiff", ".dpx")

_NUMBER = re.compile(r"%(0\d+)?d")

# So many gaps are named.
_MOST_GAPS = 5


def is_pattern(path: Path) -> bool:
    """Whether a path stands for a sequence: %d or %05d in the name, and no file of that name."""
    once = len(_NUMBER.findall(path.name)) == 1 and path.name.count("%") == 1
    try:
        return once and not path.is_file()
    except (OSError, ValueError):
        return False


def frame_path(pattern: Path, number: int) -> Path:
    """The file of a frame.

    Args:
        pattern: the sequence.
        number: the frame's.
    """
    return pattern.with_name(pattern.name % number)


@dataclass(frozen=True)
class Sequence:
    """The frames of a folder.

    Attributes:
        pattern: their names.
        first, last: numbers; all between are there.
    """

    pattern: Path
    first: int
    last: int

    @property
    def address(self) -> str:
        """For FFmpeg, which takes a % of a folder's name for one of its own."""
        folder = str(self.pattern.parent.absolute()).replace("%", "%%")
        return f"file:{folder}/{self.pattern.name}"

    @property
    def files(self) -> list[Path]:
        """In order."""
        return [frame_path(self.pattern, number) for number in range(self.first, self.last + 1)]


def numbers_of(pattern: Path) -> list[int]:
    """The numbers of the files that are there, in order.

    Raises:
        VideoError: the folder cannot be read.
    """
    begin, end = (re.escape(part) for part in _NUMBER.sub("%", pattern.name).split("%"))
    name = re.compile(rf"{begin}(\d+){end}")
    try:
        matches = (name.fullmatch(file.name) for file in pattern.parent.iterdir())
        numbers = sorted({int(match[1]) for match in matches if match})
    except FileNotFoundError:
        return []
    except OSError as error:
        raise VideoError(f"{pattern}: {reason(error)}") from None
    # Files of the same number and other zeros are others.
    return [number for number in numbers if frame_path(pattern, number).is_file()]


def find_sequence(pattern: Path) -> Sequence:
    """Look at the files of a pattern.

    Raises:
        VideoError: there are none, or some between the first and the last are missing.
    """
    numbers = numbers_of(pattern)
    if not numbers:
        raise VideoError(f"{pattern}: no such frames")
    gaps = [(one + 1, other - 1) for one, other in pairwise(numbers) if other > one + 1]
    if gaps:
        told = [f"{one}" if one == other else f"{one} to {other}" for one, other in gaps]
        more = f" and {len(told) - _MOST_GAPS} gaps more" if len(told) > _MOST_GAPS else ""
        raise VideoError(f"{pattern}: frames are missing: {', '.join(told[:_MOST_GAPS])}{more}")
    return Sequence(pattern, numbers[0], numbers[-1])

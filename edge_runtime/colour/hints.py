"""What a person says of a picture's colours: hints, each a place and a colour."""

import hashlib
import math
import re
from collections.abc import Iterable
from dataclasses import dataclass
from numbers import Real

import numpy as np

from edge_runtime.colour.cielab import lab_to_rgb, rgb_to_lab
from edge_runtime.errors import ArgumentError, ArgumentTypeError

# More than anybody clicks; spreading takes about as much time as there are hints.
MAX_HINTS = 500

# The colour that means: no colour.
KEEP_GREY = "grey"

_HEX = re.compile("#[0-9a-f]{6}")
_LONGEST_SHOWN = 20


@dataclass(frozen=True)
class Hint:
    """One said colour.

    Attributes:
        x, y: where, as shares of the picture's width and height as it is seen upright, 0..1.
        colour: sRGB as `#8c1d2f`; or three levels 0..255, which become that; or `grey`, which keeps
            the place grey. Its lightness does not matter: the picture keeps its own.
        radius: of the spot that has this colour, as share of the width across and of the height
            down, 0..1; 0 for a point.
    Raises:
        ArgumentError: outside of the picture, no colour, or another type (ArgumentTypeError).
    """

    x: float
    y: float
    colour: str | tuple[int, int, int]
    radius: float = 0.0

    def __post_init__(self) -> None:
        for name in ("x", "y", "radius"):
            object.__setattr__(self, name, _share(name, getattr(self, name)))
        object.__setattr__(self, "colour", _spelled(self.colour))

    @classmethod
    def at_pixel(
        cls,
        column: float,
        row: float,
        shape: tuple[int, ...],
        colour: str | tuple[int, int, int],
        radius: float = 0.0,
    ) -> "Hint":
        """A hint in the middle of a pixel.

        Args:
            column, row: the pixel.
            shape: (H, W, ...) of the picture, as of its array.
            colour, radius: as above.
        Raises:
            ArgumentError: as above.
        """
        height, width = shape[:2]
        return cls((column + 0.5) / width, (row + 0.5) / height, colour, radius)

    @classmethod
    def from_text(cls, text: str) -> "Hint":
        """A hint of `X,Y,COLOUR` or `X,Y,COLOUR,RADIUS`.

        Raises:
            ArgumentError: another spelling; else as above.
        """
        parts = [part.strip() for part in text.split(",")]
        try:
            x, y, *radius = (float(part) for part in parts[:2] + parts[3:])
            return cls(x, y, parts[2], *radius)
        except (ValueError, TypeError, IndexError) as error:
            if isinstance(error, ArgumentError):
                raise
            shown = _shown(text)
            raise ArgumentError(
                f"a hint is X,Y,#RRGGBB as in 0.42,0.61,#8c1d2f, not {shown}"
            ) from None

    def ab_at(self, lightness: float) -> np.ndarray:
        """The colour where the picture has some lightness.

        Args:
            lightness: CIE L*, 0..100.
        Returns:
            float32 [2], a* and b*; with less chroma where sRGB does not hold it at that L*.
        """
        if self.colour == KEEP_GREY:
            return np.zeros(2, np.float32)
        levels = np.frombuffer(bytes.fromhex(str(self.colour)[1:]), np.uint8)
        said = rgb_to_lab(levels.reshape(1, 1, 3))
        said[..., 0] = lightness
        held = np.round(lab_to_rgb(said) * 65535).astype(np.uint16)
        return rgb_to_lab(held)[0, 0, 1:]


def checked(hints: Iterable[Hint]) -> tuple[Hint, ...]:
    """Hints of one picture.

    Raises:
        ArgumentError: too many, or what is no hint (ArgumentTypeError).
    """
    hints = tuple(hints)
    if len(hints) > MAX_HINTS:
        raise ArgumentError(f"a picture takes {MAX_HINTS} hints at most, not {len(hints)}")
    for hint in hints:
        if not isinstance(hint, Hint):
            raise ArgumentTypeError(f"a hint is a Hint, not {type(hint).__name__}")
    return hints


def digest(hints: Iterable[Hint]) -> str:
    """What tells hints from others in a word: their number, and the beginning of a hash."""
    hints = tuple(hints)
    text = repr([(hint.x, hint.y, hint.colour, hint.radius) for hint in hints])
    return f"{len(hints)}-{hashlib.sha256(text.encode()).hexdigest()[:8]}"


def _share(name: str, value: float) -> float:
    if isinstance(value, bool) or not isinstance(value, Real):
        raise ArgumentTypeError(f"the {name} of a hint is a number, not {type(value).__name__}")
    # Whole numbers may be too large for a float; what is no number is refused too.
    if not 0 <= value <= 1:
        outside = "" if name == "radius" else ": that is outside of the picture"
        shown = f"{value:g}" if isinstance(value, float) and math.isfinite(value) else _shown(value)
        raise ArgumentError(f"the {name} of a hint is 0 to 1, not {shown}{outside}")
    return float(value)


def _spelled(colour: object) -> str:
    if isinstance(colour, str):
        text = colour.strip().lower()
        if text in (KEEP_GREY, "gray"):
            return KEEP_GREY
        if _HEX.fullmatch(text):
            return text
    elif isinstance(colour, tuple | list | np.ndarray) and len(colour) == 3:
        levels = [int(v) for v in colour if isinstance(v, int | np.integer) and 0 <= v <= 255]
        if len(levels) == 3:
            return f"#{bytes(levels).hex()}"
    raise ArgumentError(
        f"a hint's colour is #RRGGBB, three levels of 0 to 255, or grey, not {_shown(colour)}"
    )


def _shown(value: object) -> str:
    """The beginning of what was said, for a message of one line."""
    text = repr(value) if isinstance(value, str | int | float) else type(value).__name__
    return text if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]}..."

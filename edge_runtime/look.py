"""How the colours are to be: what photos, films and live views take alike, checked once."""

from dataclasses import dataclass
from numbers import Real

from edge_runtime.colour.framing import DEFAULT_FRAMING, FRAMINGS
from edge_runtime.errors import ArgumentError, ArgumentTypeError

MAX_SATURATION = 3.0
DEFAULT_SMOOTHING = 0.8


@dataclass(frozen=True)
class Look:
    """How pictures are coloured.

    Attributes:
        saturation: factor on a* and b*, 0 to `MAX_SATURATION`.
        framing: how the network sees a picture that is not square: squash, pad or tile.
        whole: photos: whether borders, film edges and album pages are coloured too; otherwise they
            are looked for, left out and left without colour (see `colour.margins`). Films
            and live views are always taken whole.
        smoothing: films and live views: how strongly colours are steadied over time, 0 (off) to 1.
    Raises:
        ArgumentError: a value out of range, or of another type (ArgumentTypeError).
    """

    saturation: float = 1.0
    framing: str = DEFAULT_FRAMING
    whole: bool = False
    smoothing: float = DEFAULT_SMOOTHING

    def __post_init__(self) -> None:
        _check_number("saturation", self.saturation, MAX_SATURATION)
        _check_number("smoothing", self.smoothing, 1)
        if self.framing not in FRAMINGS:
            names = ", ".join(FRAMINGS)
            raise ArgumentError(f"the framing is one of {names}, not '{self.framing}'")


def _check_number(name: str, value: float, most: float) -> None:
    if isinstance(value, bool) or not isinstance(value, Real):
        raise ArgumentTypeError(f"the {name} is a number, not {type(value).__name__}")
    if not 0 <= value <= most:  # what is no number is refused too
        raise ArgumentError(f"the {name} is 0 to {most:g}, not {value}")

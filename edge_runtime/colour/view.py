"""What a network is shown of a picture."""

from dataclasses import dataclass

import numpy as np

from edge_runtime.colour import cielab
from edge_runtime.colour.framing import Framing
from edge_runtime.colour.prints import Rectangle
from edge_runtime.colour.shrink import shrink_exactly
from edge_runtime.model.tone import Levels


@dataclass(frozen=True)
class Print:
    """A picture that is seen by itself: all of one, or one print of an album page.

    Attributes:
        lightness: float32 [H, W], CIE L*, 0..100, of the framing's `scaled_shape`.
        framing: which windows of it the network sees.
        levels: of L*, between which the network sees it; None for its own.
    """

    lightness: np.ndarray
    framing: Framing
    levels: Levels | None = None


def lightness_at(picture: np.ndarray, height: int, width: int) -> np.ndarray:
    """The lightness of a picture at the size at which a network looks at it.

    The one way from a picture to what a network sees, in use and where it is measured: encoded
    levels are averaged, to the same levels everywhere, and lightness comes after.

    Args:
        picture: uint8 or uint16, [H, W] grey or [H, W, 3] sRGB.
        height, width: the size, in pixels.
    Returns:
        float32 [height, width], CIE L*, 0..100.
    """
    return cielab.lightness(shrink_exactly(picture, height, width))


@dataclass(frozen=True)
class View:
    """What `Colorizer.see` makes of a picture, and `Colorizer.predict` gives colours to.

    Attributes:
        prints: what is seen by itself, one or more.
        places: where each of them lies in the picture; empty where the one is all of it.
    """

    prints: tuple[Print, ...]
    places: tuple[Rectangle, ...] = ()

    @property
    def lightness(self) -> np.ndarray:
        """That of a picture taken whole: float32 [H, W], CIE L*, 0..100."""
        (only,) = self.prints
        return only.lightness

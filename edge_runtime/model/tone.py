"""The tone view: what a network of contract 2 is shown of a picture's lightness.

Old prints are faded and film is flat. The view stretches the levels between two percentiles over
the network's whole range, so that a linear fade of L* changes nothing for the network. It is for
the network's eyes only: the picture keeps its own L*.
"""

import math
from dataclasses import dataclass

import numpy as np

from edge_runtime.errors import ArgumentError

# Two levels of L*, the lower one first.
Levels = tuple[float, float]


@dataclass(frozen=True)
class ToneView:
    """How L* is stretched. All arithmetic is in float32, so that every language gets the same bits.

    Attributes:
        low, high: the parts of the pixels below the two levels that become -1 and 1.
        least_range: the least distance of those levels, in L*: flatter pictures stay flat.
    Raises:
        ValueError: not 0 <= low < high <= 1, or a least range that is not 1 to 100.
    """

    low: float = 0.01
    high: float = 0.99
    least_range: float = 20.0

    def __post_init__(self) -> None:
        # Written so that what is no number is refused too.
        if not (0 <= self.low < self.high <= 1 and 1 <= self.least_range <= 100):
            raise ArgumentError(
                "a tone view has 0 <= low < high <= 1 and a least range of 1 to 100"
            )

    def input_of(self, lightness: np.ndarray, levels: Levels | None = None) -> np.ndarray:
        """The network's input.

        Args:
            lightness: float32 [H, W], CIE L*, 0..100: of the whole scaled picture.
            levels: what is to become -1 and 1, the second above the first, as a shot of a film
                holds them; None for the picture's own, as far apart as the least range at least.
        Returns:
            float32 [H, W], -1..1; 0 everywhere where the picture is flat.
        """
        lightness = np.asarray(lightness, np.float32)
        least = self.least_range if levels is None else 0.0
        low, high = map(np.float32, levels or self.levels_of(lightness))
        spread = max(high - low, np.float32(least))
        centre = (low + high) * np.float32(0.5)
        stretched = (lightness - centre) / spread
        stretched += np.float32(0.5)
        np.clip(stretched, 0, 1, out=stretched)
        stretched *= 2
        stretched -= 1
        return stretched

    def levels_of(self, lightness: np.ndarray) -> Levels:
        """The two order statistics of a picture, float32 [H, W], L*: values that occur in it."""
        values = lightness.ravel()
        last = values.size - 1
        low, high = (math.floor(part * last + 0.5) for part in (self.low, self.high))
        # One after the other is four times as fast as both in one call.
        ordered = np.partition(values, low)
        least = ordered[low]
        upper = ordered[low:]
        upper.partition(high - low)
        return least, upper[high - low]


# The view of contract 2.
TONE_VIEW = ToneView()

"""How much colour a network paints where there is nothing to be coloured: cards, blank film."""

from dataclasses import dataclass

import numpy as np

from edge_runtime.colour.cielab import rgb_to_lab
from train.measure.evaluate import JUDGED_SIZE, OpenNetwork, painted

CARD_LEVELS = (0, 32, 64, 128, 192, 255)

# By name, the level of blank material and the standard deviation of its noise, in levels.
BLANK = {"blank page": (245, 1.5), "black leader": (8, 3.0)}


@dataclass(frozen=True)
class Neutral:
    """The card on which a network paints most.

    Attributes:
        chroma: the mean C*ab of its painted picture, clipped to sRGB.
        card: which it is.
    """

    chroma: float
    card: str


def neutral_cards() -> dict[str, np.ndarray]:
    """Flat greys, a blank page and black leader, the same ones always: uint8 [256, 256] each."""
    shape = (JUDGED_SIZE, JUDGED_SIZE)
    cards = {f"grey {level}": np.full(shape, level, np.uint8) for level in CARD_LEVELS}
    for name, (level, noise) in BLANK.items():
        # The old generator: NumPy promises that its numbers stay the same from version to version.
        grain = np.random.RandomState(level).standard_normal(shape) * noise
        cards[name] = np.clip(np.rint(level + grain), 0, 255).astype(np.uint8)
    return cards


def measure_neutral(network: OpenNetwork) -> Neutral:
    """Let a network paint every card, and take the one with the most colour."""
    cards = neutral_cards()
    cards_in_colour = [
        Neutral(_chroma(painted(card, ab)), name)
        for (name, card), ab in zip(cards.items(), network.ab_of(list(cards.values())), strict=True)
    ]
    return max(cards_in_colour, key=lambda one: one.chroma)


def _chroma(picture: np.ndarray) -> float:
    ab = rgb_to_lab(picture)[..., 1:]
    return float(np.hypot(ab[..., 0], ab[..., 1]).mean())

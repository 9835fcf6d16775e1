"""What networks are shown of glass plates whose true colours are known: one grey for each emulsion.

A plate of Prokudin-Gorskii holds three exposures, through a blue, a green and a red filter: they
are both a true colour picture and what films of the time would have made of the scene.
"""

from collections.abc import Callable, Iterable, Mapping

import numpy as np

from train.measure.ab import ab_sums
from train.measure.evaluate import OpenNetwork
from train.measure.metrics import AbSums

PAN, ORTHO = "pan", "ortho"

# Orthochromatic film, which all was before about 1925, sees no red: the shares of the red, green
# and blue exposure, as encoded levels. Skies are white in it, lips black.
ORTHO_SHARES = (0.0, 0.2, 0.8)


def plate_greys(plate: np.ndarray) -> dict[str, np.ndarray]:
    """What is shown of a plate.

    Args:
        plate: uint8 [H, W, 3], the red, green and blue exposure.
    Returns:
        `pan`: the plate itself, whose lightness is what the network sees; `ortho`: uint8 [H, W].
    """
    ortho = np.rint(plate @ np.float32(ORTHO_SHARES)).astype(np.uint8)
    return {PAN: plate, ORTHO: ortho}


def plate_sums(
    networks: Mapping[str, OpenNetwork],
    plates: Iterable[np.ndarray],
    on_picture: Callable[[], None] = lambda: None,
) -> dict[str, dict[str, list[AbSums]]]:
    """`train.measure.ab.ab_sums` of plates: uint8 [H, W, 3] each, by `pan` and `ortho`."""
    return ab_sums(networks, plates, plate_greys, on_picture)

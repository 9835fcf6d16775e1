"""Judge a*, b* alone: how a network's colours go with the truth, whatever grey it was shown.

An aged picture's own L* is no longer the true one: errors over RGB would say more of the ageing
than of the colours. Definitions of the figures: `train.measure.metrics.AbSums`.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from edge_runtime.colour.cielab import rgb_to_lab
from edge_runtime.colour.shrink import shrink
from train.errors import PictureSourceError
from train.measure.evaluate import AT_A_TIME, GREY, OpenNetwork, in_groups, upsampled
from train.measure.metrics import AbSums

# The side of the square at which a*, b* are compared: colour is coarse, and the exposures of old
# plates lie apart by a pixel or two.
JUDGED_AB_SIZE = 128

# From a true picture, uint8 [H, W, 3] RGB, to what the networks are shown of it, by name: uint8
# [H, W, 3] RGB or [H, W] grey.
Shown = Callable[[np.ndarray], dict[str, np.ndarray]]


@dataclass(frozen=True)
class AbScores:
    """Figures pooled over all pictures at `JUDGED_AB_SIZE` squared; see `metrics.AbSums`.

    Attributes:
        pictures: how many.
        rho: the correlation with the true a*, b*.
        chroma_ratio: the root of the energy of chroma over that of the truth.
        gain: how much smaller the squared error of a*, b* is than that of grey, dB.
    """

    pictures: int
    rho: float
    chroma_ratio: float
    gain: float


def ab_sums(
    networks: Mapping[str, OpenNetwork],
    pictures: Iterable[np.ndarray],
    shown: Shown,
    on_picture: Callable[[], None] = lambda: None,
) -> dict[str, dict[str, list[AbSums]]]:
    """What every network makes of every picture, as sums that can be pooled.

    Args:
        networks: by name.
        pictures: true pictures, uint8 [H, W, 3] RGB of any size.
        shown: what the networks are shown of one.
        on_picture: called after every picture.
    Returns:
        By name, with the row `grey` (ab = 0) first; then by what was shown; a value a picture.
    Raises:
        PictureSourceError: there are no pictures.
    """
    found: dict[str, dict[str, list[AbSums]]] = {name: {} for name in (GREY, *networks)}
    for group in in_groups(pictures, AT_A_TIME):
        reduced = [shrink(picture, JUDGED_AB_SIZE, JUDGED_AB_SIZE) for picture in group]
        true = [rgb_to_lab(picture)[..., 1:] for picture in reduced]
        greys = [shown(picture) for picture in group]
        for kind in greys[0]:
            nothing = [AbSums.of(np.zeros_like(ab), ab) for ab in true]
            found[GREY].setdefault(kind, []).extend(nothing)
            for name, network in networks.items():
                colours = network.ab_of([each[kind] for each in greys])
                ours = [upsampled(ab, JUDGED_AB_SIZE, JUDGED_AB_SIZE) for ab in colours]
                found[name].setdefault(kind, []).extend(map(AbSums.of, ours, true))
        for _ in group:
            on_picture()
    if not found[GREY]:
        raise PictureSourceError("there are no colour pictures to measure on")
    return found


def ab_scores(sums: dict[str, dict[str, list[AbSums]]]) -> dict[str, dict[str, AbScores]]:
    """The figures of what `ab_sums` found, over all pictures."""
    return {
        name: {kind: _pooled(values) for kind, values in kinds.items()}
        for name, kinds in sums.items()
    }


def _pooled(sums: list[AbSums]) -> AbScores:
    total = sum(sums, AbSums())
    return AbScores(len(sums), total.rho, total.chroma_ratio, total.gain)

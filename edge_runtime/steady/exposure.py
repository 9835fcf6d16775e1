"""Undo a change of exposure between two frames: flashes, flickering old films, a camera's iris."""

from dataclasses import dataclass

import numpy as np

# Cells within this many L* of what the exposure alone would make of them are fitted again.
_INLIER = 6.0
_FEWEST_INLIERS = 64
_ROUNDS = 4

# Errors above this many L* count alike: what moved must not outvote what stayed.
_CAP = 10.0

# The change must explain this part of the error; else there was none, or it was no exposure.
_EXPLAINED = 0.3

# Mean L*: what fits as well as this needs no help.
_NO_CHANGE = 0.5


@dataclass(frozen=True)
class Exposure:
    """A change of exposure between two frames.

    Attributes:
        gain, offset: lightness becomes lightness * gain + offset, in L*.
    """

    gain: float = 1.0
    offset: float = 0.0

    def of(self, lightness: np.ndarray) -> np.ndarray:
        """Lightness, any shape, after the change; what it would make whiter than white is white."""
        if self == UNCHANGED:
            return lightness
        return np.clip(lightness * np.float32(self.gain) + np.float32(self.offset), 0, 100)


UNCHANGED = Exposure()


def fit_exposure(previous: np.ndarray, present: np.ndarray) -> Exposure:
    """How the exposure of the present frame differs from the previous one's.

    Gain and offset start from the middle change and are fitted, some rounds, to the cells that
    they already describe, so that moving things do not count. They are taken only when the frames
    then fit clearly better.

    Args:
        previous: float32 [h, w], lightness, already moved to the present frame's cells.
        present: float32 [h, w].
    Returns:
        the change; `UNCHANGED` where there is none, or the frames differ otherwise.
    """
    # A quarter of the cells tells as much.
    before, after = previous[::2, ::2], present[::2, ::2]
    change = after - before
    error = _error(change)
    if error < _NO_CHANGE:
        return UNCHANGED
    gain, offset = 0.0, float(np.median(change))
    for _ in range(_ROUNDS):
        inliers = np.abs(change - (before * gain + offset)) < _INLIER
        if inliers.sum() < _FEWEST_INLIERS:
            return UNCHANGED
        x, y = before[inliers], change[inliers]
        mean = x.mean()
        gain = float(((x - mean) * y).mean() / max(x.var(), 1.0))
        offset = float(y.mean() - gain * mean)
    exposure = Exposure(1 + gain, offset)
    if _error(after - exposure.of(before)) > (1 - _EXPLAINED) * error:
        return UNCHANGED
    return exposure


def _error(difference: np.ndarray) -> float:
    return float(np.minimum(np.abs(difference), _CAP).mean())

"""Undo a change of exposure between two frames: flashes, flickering old films, a camera's iris."""

from dataclasses import dataclass

import cv2
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
    before, after = (np.ascontiguousarray(cells[::2, ::2]) for cells in (previous, present))
    error = _error(before, after)
    if error < _NO_CHANGE:
        return UNCHANGED
    change = after - before
    moments = cv2.merge([before, change, before * before, before * change])
    gain, offset = 0.0, float(np.median(change))
    for _ in range(_ROUNDS):
        left = cv2.scaleAdd(before, -gain, change)
        inliers = cv2.inRange(left, offset - _INLIER, offset + _INLIER)
        if cv2.countNonZero(inliers) < _FEWEST_INLIERS:
            return UNCHANGED
        x, y, xx, xy = cv2.mean(moments, inliers)
        gain = (xy - x * y) / max(xx - x * x, 1.0)
        offset = y - gain * x
    exposure = Exposure(1 + gain, offset)
    if _error(exposure.of(before), after) > (1 - _EXPLAINED) * error:
        return UNCHANGED
    return exposure


def _error(one: np.ndarray, other: np.ndarray) -> float:
    return cv2.mean(cv2.min(cv2.absdiff(one, other), _CAP))[0]

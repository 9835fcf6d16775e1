"""Undo a change of exposure between two frames: flashes, flickering old films, a camera's iris."""

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


def match_exposure(previous: np.ndarray, present: np.ndarray) -> np.ndarray:
    """Give the previous frame the exposure of the present one, if that is how they differ.

    Gain and offset start from the middle change and are fitted, some rounds, to the cells that
    they already describe, so that moving things do not count. They are used only when the frames
    then fit clearly better.

    Args:
        previous: float32 [h, w], lightness, already moved to the present frame's cells.
        present: float32 [h, w].
    Returns:
        float32 [h, w]: `previous` itself, or a corrected copy.
    """
    # A quarter of the cells tells as much.
    before, change = previous[::2, ::2], (present - previous)[::2, ::2]
    error = _error(change)
    if error < _NO_CHANGE:
        return previous
    gain, offset = 0.0, float(np.median(change))
    for _ in range(_ROUNDS):
        inliers = np.abs(change - (before * gain + offset)) < _INLIER
        if inliers.sum() < _FEWEST_INLIERS:
            return previous
        x, y = before[inliers], change[inliers]
        mean = x.mean()
        gain = float(((x - mean) * y).mean() / max(x.var(), 1.0))
        offset = float(y.mean() - gain * mean)
    # What a flash would make whiter than white is white.
    matched = np.clip(previous * (1 + gain) + offset, 0, 100)
    if _error((present - matched)[::2, ::2]) > (1 - _EXPLAINED) * error:
        return previous
    return matched


def _error(difference: np.ndarray) -> float:
    return float(np.minimum(np.abs(difference), _CAP).mean())

"""Where one scene ends and another begins."""

import math

import cv2
import numpy as np

_BINS = 32

# Chosen on pairs of unlike photos and on moving, zooming, flashing and noisy ones: see
# docs/measurements/flicker.md.
_MOST_LIKENESS = 0.7
_LEAST_UNLIKENESS = 0.06

# L*: with less contrast, likeness would be that of the noise.
_FLAT = 1.0


def is_cut(previous: np.ndarray, moved: np.ndarray, present: np.ndarray) -> bool:
    """Whether a frame begins a new scene.

    It does when the previous frame, even moved along the flow, does not correlate with it **and**
    its tones are others. A pan too fast for the flow keeps the tones; a flash, a fade or a
    camera's iris change them but keep the correlation.

    Args:
        previous: float32 [h, w], lightness of the previous frame, 0..100.
        moved: the same, moved to where the flow finds it in the present frame.
        present: float32 [h, w], lightness of the frame in question.
    """
    likeness = correlation(moved, present)
    if likeness < _MOST_LIKENESS:
        # The flow goes astray where a flash leaves little to follow.
        likeness = max(likeness, correlation(previous, present))
    if likeness >= _MOST_LIKENESS:
        return False
    return (1 - likeness) * _tone_change(previous, present) > _LEAST_UNLIKENESS


def correlation(one: np.ndarray, other: np.ndarray) -> float:
    """Pearson's, of two pictures; flat ones are like each other and unlike all else."""
    one, other = ((picture - picture.mean()).ravel() for picture in (one, other))
    deviations = [math.sqrt(part @ part / part.size) for part in (one, other)]
    if min(deviations) < _FLAT:
        return 1.0 if max(deviations) < _FLAT else 0.0
    return float(one @ other / one.size) / (deviations[0] * deviations[1])


def _tone_change(one: np.ndarray, other: np.ndarray) -> float:
    """The part of the cells (0..1) that would have to change their tone: histogram intersection
    (Swain and Ballard, "Color Indexing", IJCV 1991)."""
    counts = [
        # OpenCV 4 gives a column, OpenCV 5 a row.
        cv2.calcHist([picture], [0], None, [_BINS], [0, 100.01]).ravel() / picture.size
        for picture in (one, other)
    ]
    return float(1 - np.minimum(*counts).sum())

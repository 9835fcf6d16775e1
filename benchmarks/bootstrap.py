"""Bootstrap: how far a mean over pictures could lie from that over all pictures of the kind.

Efron 1979; percentile intervals. Pictures are drawn with replacement, as many as there are, the
same ones for every column of a call: differences of columns are paired.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

RESAMPLES = 2000

# Resamples whose counts are held at a time, a part of all: with 50,000 pictures, 20 MB.
_AT_A_TIME = 50


class Interval(NamedTuple):
    """The middle 95 % of the resamples."""

    low: float
    high: float


def resampled_means(values: np.ndarray) -> np.ndarray:
    """Means over pictures drawn anew, by the same draws in every call.

    Args:
        values: float [N, columns], a row a picture.
    Returns:
        float64 [RESAMPLES, columns].
    """
    pictures = len(values)
    rng = np.random.default_rng(0)
    means = []
    for _ in range(0, RESAMPLES, _AT_A_TIME):
        drawn = rng.integers(0, pictures, (_AT_A_TIME, pictures))
        drawn += np.arange(_AT_A_TIME)[:, None] * pictures
        counts = np.bincount(drawn.ravel(), minlength=_AT_A_TIME * pictures)
        counts = counts.reshape(_AT_A_TIME, pictures)
        means.append(counts @ np.asarray(values, np.float64) / pictures)
    return np.concatenate(means)


def interval(means: np.ndarray) -> Interval:
    """The 95 % interval of one column of `resampled_means`: float [resamples]."""
    low, high = np.percentile(means, [2.5, 97.5])
    return Interval(float(low), float(high))


def with_intervals(
    means: np.ndarray,
    resampled: np.ndarray,
    figures_of: Callable[[np.ndarray], dict[str, np.ndarray]],
) -> dict[str, float]:
    """Figures of means over pictures, each as KEY, KEY_low and KEY_high, its 95 % interval.

    Args:
        means: float [columns], over the pictures as they are.
        resampled: the same as `resampled_means` gives them.
        figures_of: makes figures [...] by key of means [..., columns].
    """
    drawn = figures_of(resampled)
    row: dict[str, float] = {}
    for key, value in figures_of(means).items():
        low, high = interval(drawn[key])
        row |= {key: float(value), f"{key}_low": low, f"{key}_high": high}
    return row

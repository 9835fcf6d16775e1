"""Bootstrap: how far a mean over pictures could lie from that over all pictures of the kind.

Efron 1979; percentile intervals. Pictures are drawn with replacement, as many as there are, the
same ones for every column of a call: differences of columns are paired.
"""

from dataclasses import dataclass

import numpy as np

RESAMPLES = 2000

# Resamples whose counts are held at a time: with 50,000 pictures, 20 MB.
_AT_A_TIME = 50


@dataclass(frozen=True)
class Interval:
    """The middle 95 % of the resamples."""

    low: float
    high: float


def resampled_means(values: np.ndarray, resamples: int = RESAMPLES, seed: int = 0) -> np.ndarray:
    """Means over pictures drawn anew.

    Args:
        values: float [N, columns], a row a picture.
        resamples: how often to draw.
        seed: of the draws; the same for equal results.
    Returns:
        float64 [resamples, columns].
    """
    pictures = len(values)
    rng = np.random.default_rng(seed)
    means = []
    for start in range(0, resamples, _AT_A_TIME):
        rows = min(_AT_A_TIME, resamples - start)
        drawn = rng.integers(0, pictures, (rows, pictures))
        drawn += np.arange(rows)[:, None] * pictures
        counts = np.bincount(drawn.ravel(), minlength=rows * pictures).reshape(rows, pictures)
        means.append(counts @ np.asarray(values, np.float64) / pictures)
    return np.concatenate(means)


def interval(means: np.ndarray) -> Interval:
    """The 95 % interval of one column of `resampled_means`: float [resamples]."""
    low, high = np.percentile(means, [2.5, 97.5])
    return Interval(float(low), float(high))

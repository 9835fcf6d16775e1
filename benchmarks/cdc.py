"""CDC, the colour distribution consistency of a film (Liu et al., "Temporally Consistent Video
Colorization with Deep Feature Propagation and Self-regularization Learning", 2021, section 4.1)."""

import numpy as np

# Frames apart.
DISTANCES = (1, 2, 4)


class ColourConsistency:
    """The mean Jensen-Shannon divergence between the colour histograms of frames of one shot.

    Histograms have 256 bins for each of B, G and R; the divergence is in nats; the means at each
    distance are averaged. A film without colours has the divergence of its luma: lower is calmer,
    but it is to be read beside the grey row.
    """

    def __init__(self) -> None:
        self._recent: list[tuple[int, np.ndarray]] = []
        self._sums = dict.fromkeys(DISTANCES, 0.0)
        self._pairs = dict.fromkeys(DISTANCES, 0)

    def add(self, picture: np.ndarray, shot: int) -> None:
        """Take the next frame, uint8 [H, W, 3] RGB, and the number of its shot."""
        histograms = np.stack(
            [np.bincount(picture[..., c].ravel(), minlength=256) for c in range(3)]
        ) / (picture.size / 3)
        for distance in DISTANCES:
            if distance <= len(self._recent) and self._recent[-distance][0] == shot:
                self._sums[distance] += divergence(self._recent[-distance][1], histograms)
                self._pairs[distance] += 1
        self._recent = [*self._recent, (shot, histograms)][-max(DISTANCES) :]

    @property
    def value(self) -> float:
        """CDC; 0.0 while there is nothing to compare."""
        means = [self._sums[d] / self._pairs[d] for d in DISTANCES if self._pairs[d]]
        return float(np.mean(means)) if means else 0.0


def divergence(one: np.ndarray, other: np.ndarray) -> float:
    """The mean over channels of the Jensen-Shannon divergence, in nats, of [C, N] that sum to 1."""
    middle = (one + other) / 2
    return float((_relative(one, middle) + _relative(other, middle)).sum() / (2 * len(one)))


def _relative(p: np.ndarray, q: np.ndarray) -> np.ndarray:
    """p * log(p / q), 0 where p is."""
    return p * np.log(np.divide(p, q, out=np.ones_like(p), where=p > 0))

"""How much each of the 313 colours counts, so that rare ones are learnt (Zhang et al. 2016)."""

import cv2
import numpy as np

from edge_runtime.colour.cielab import rgb_to_lab
from train.data.store import Store
from train.networks.ab_bins import AB_BINS

_PICTURES = 2000
_SIDE = 40  # colours of a picture of this size; more of them would say the same
_MIX = 0.5  # share of the uniform distribution


def colour_prior(store: Store) -> np.ndarray:
    """How often each of `train.networks.ab_bins.AB_BINS` occurs: float64 [313], its sum 1."""
    counts = np.zeros(len(AB_BINS))
    # |ab - bin|^2 = |ab|^2 - 2 (ab . bin - |bin|^2 / 2): the nearest bin has the largest bracket.
    bins = AB_BINS.T.astype(np.float64)
    for picture in store.spread(_PICTURES):
        small = cv2.resize(picture, (_SIDE, _SIDE), interpolation=cv2.INTER_AREA)
        closeness = rgb_to_lab(small)[..., 1:].reshape(-1, 2) @ bins - np.square(bins).sum(0) / 2
        counts += np.bincount(closeness.argmax(axis=1), minlength=len(AB_BINS))
    return counts / counts.sum()


def rebalancing_weights(prior: np.ndarray) -> np.ndarray:
    """How much a pixel of each bin counts (equation 4): float32 [313].

    w is proportional to 1 / (prior / 2 + 1 / 626), and its mean under the prior is 1.
    """
    weights = 1 / ((1 - _MIX) * prior + _MIX / len(prior))
    return (weights / (prior @ weights)).astype(np.float32)

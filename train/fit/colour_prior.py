"""How often each of the 313 colours occurs in the training pictures, for rebalancing."""

import cv2
import numpy as np

from edge_runtime.colour.cielab import rgb_to_lab
from train.data.store import Store
from train.networks.ab_bins import AB_BINS, nearest_bins

_PICTURES = 2000
_SIDE = 40  # colours of a picture of this size; more of them would say the same


def colour_prior(store: Store) -> np.ndarray:
    """The share of each bin of `train.networks.ab_bins.AB_BINS`: float64 [313], its sum 1."""
    chosen = np.linspace(0, len(store) - 1, min(_PICTURES, len(store))).astype(int)
    counts = np.zeros(len(AB_BINS))
    for index in chosen:
        small = cv2.resize(store[index], (_SIDE, _SIDE), interpolation=cv2.INTER_AREA)
        nearest, _ = nearest_bins(rgb_to_lab(small)[..., 1:])
        counts += np.bincount(nearest[..., 0].ravel(), minlength=len(AB_BINS))
    return counts / counts.sum()

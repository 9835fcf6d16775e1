"""How often colours occur, and how much rare ones count."""

import cv2
import numpy as np
import pytest
from skimage.color import rgb2lab

from train.data.store import Store
from train.fit.rebalancing import colour_prior, rebalancing_weights
from train.networks.ab_bins import AB_BINS


def test_a_pixel_counts_for_its_nearest_bin(prepared):
    store = Store(prepared, "val")
    expected = np.zeros(313)
    for index in range(len(store)):
        small = cv2.resize(store[index], (40, 40), interpolation=cv2.INTER_AREA)
        for ab in rgb2lab(small)[..., 1:].reshape(-1, 2):
            expected[np.square(AB_BINS - ab).sum(axis=1).argmin()] += 1
    prior = colour_prior(store)
    assert prior.sum() == pytest.approx(1)
    # Another Lab may put a pixel that lies between two bins to the other.
    assert np.abs(prior - expected / expected.sum()).sum() < 0.01


def test_rebalancing():
    prior = np.random.default_rng(0).dirichlet(np.full(313, 0.1))
    weights = rebalancing_weights(prior)
    assert weights.dtype == np.float32
    assert prior @ weights == pytest.approx(1, abs=1e-5)
    # Equation 4, relative to one bin.
    raw = 1 / (0.5 * prior + 0.5 / 313)
    assert weights / weights[0] == pytest.approx(raw / raw[0], rel=1e-4)
    assert weights[prior.argmax()] == weights.min()

"""Losses against NumPy."""

import numpy as np
import pytest

from train.fit.losses import LOSSES

rng = np.random.default_rng(0)
TRUE = rng.normal(0, 0.2, (3, 8, 8, 2)).astype(np.float32)
OURS = rng.normal(0, 0.2, (3, 8, 8, 2)).astype(np.float32)


def test_huber():
    error = np.abs(TRUE - OURS)
    expected = np.where(error < 0.1, error**2 / 2, 0.1 * (error - 0.05)).mean(axis=(1, 2, 3))
    assert np.asarray(LOSSES["huber"](TRUE, OURS)) == pytest.approx(expected, rel=1e-5)


@pytest.mark.parametrize("name", LOSSES)
def test_the_truth_is_the_least_loss(name):
    perfect = np.asarray(LOSSES[name](TRUE, TRUE))
    assert np.all(perfect < np.asarray(LOSSES[name](TRUE, OURS)))

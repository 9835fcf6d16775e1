"""The Fréchet distance against its closed form and against SciPy's matrix root."""

import numpy as np
import pytest
from scipy.linalg import sqrtm

from benchmarks.frechet import frechet_distance


def test_distance_equals_the_formula_of_fid_with_scipys_root():
    rng = np.random.default_rng(1)
    mix = rng.normal(0, 1, (6, 6))
    true, ours = rng.normal(0, 1, (300, 6)) @ mix, rng.normal(0.5, 2, (300, 6))
    a, b = np.cov(true.T), np.cov(ours.T)
    apart = ((true.mean(axis=0) - ours.mean(axis=0)) ** 2).sum()
    expected = apart + np.trace(a + b - 2 * sqrtm(a @ b).real)
    assert frechet_distance(true, ours) == pytest.approx(expected, rel=1e-4)


def test_one_dimension_has_a_closed_form():
    rng = np.random.default_rng(2)
    true, ours = rng.normal(0, 1, (500, 1)), rng.normal(3, 2, (500, 1))
    expected = (true.mean() - ours.mean()) ** 2 + (true.std(ddof=1) - ours.std(ddof=1)) ** 2
    assert frechet_distance(true, ours) == pytest.approx(expected, rel=1e-4)


def test_fewer_pictures_than_features_are_no_trouble():
    rows = np.random.default_rng(3).normal(0, 1, (10, 40))
    assert frechet_distance(rows, rows) == pytest.approx(0, abs=1e-6)
    assert frechet_distance(rows, rows + 1) == pytest.approx(40, rel=1e-4)

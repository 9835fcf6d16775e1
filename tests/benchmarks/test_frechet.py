"""The Fréchet distance against its closed form and against SciPy's matrix root."""

import numpy as np
import pytest
from scipy.linalg import sqrtm

from benchmarks.frechet import FeatureMoments, TrueSet


def moments(rows):
    found = FeatureMoments(rows.shape[1])
    for row in rows:
        found.add(row)
    return found


def test_moments_are_those_of_numpy():
    # More rows than are held back at a time, and a remainder.
    rows = np.random.default_rng(0).normal(2, 1, (150, 7)).astype(np.float32)
    found = moments(rows)
    np.testing.assert_allclose(found.mean(), rows.mean(axis=0), rtol=1e-5)
    np.testing.assert_allclose(found.covariance(), np.cov(rows.T), atol=1e-6)


def test_distance_equals_the_formula_of_fid_with_scipys_root():
    rng = np.random.default_rng(1)
    mix = rng.normal(0, 1, (6, 6))
    true, ours = rng.normal(0, 1, (300, 6)) @ mix, rng.normal(0.5, 2, (300, 6))
    a, b = np.cov(true.T), np.cov(ours.T)
    apart = ((true.mean(axis=0) - ours.mean(axis=0)) ** 2).sum()
    expected = apart + np.trace(a + b - 2 * sqrtm(a @ b).real)
    assert TrueSet(moments(true)).distance(moments(ours)) == pytest.approx(expected, rel=1e-4)


def test_one_dimension_has_a_closed_form():
    rng = np.random.default_rng(2)
    true, ours = rng.normal(0, 1, (500, 1)), rng.normal(3, 2, (500, 1))
    expected = (true.mean() - ours.mean()) ** 2 + (true.std(ddof=1) - ours.std(ddof=1)) ** 2
    assert TrueSet(moments(true)).distance(moments(ours)) == pytest.approx(expected, rel=1e-4)


def test_fewer_pictures_than_features_are_no_trouble():
    rows = np.random.default_rng(3).normal(0, 1, (10, 40))
    true = TrueSet(moments(rows))
    assert true.distance(moments(rows)) == pytest.approx(0, abs=1e-6)
    assert true.distance(moments(rows + 1)) == pytest.approx(40, rel=1e-4)

"""Intervals against the theory of means, and their pairing."""

import numpy as np
import pytest

from benchmarks.bootstrap import interval, resampled_means


def test_the_interval_of_a_mean_is_that_of_theory():
    values = np.random.default_rng(5).normal(3, 2, (400, 1))
    found = interval(resampled_means(values)[:, 0])
    reach = 1.96 * values.std() / np.sqrt(400)
    assert found.low == pytest.approx(values.mean() - reach, abs=0.15 * reach)
    assert found.high == pytest.approx(values.mean() + reach, abs=0.15 * reach)


def test_columns_are_paired_and_equal_tables_give_equal_results():
    rng = np.random.default_rng(6)
    pictures = rng.normal(20, 5, 300)
    table = np.column_stack([pictures, pictures + 0.1])
    means = resampled_means(table)
    # Each alone is uncertain by half a dB; their difference is not uncertain at all.
    assert interval(means[:, 0]).high - interval(means[:, 0]).low > 0.8
    difference = interval(means[:, 1] - means[:, 0])
    assert difference.low == pytest.approx(0.1)
    assert difference.high == pytest.approx(0.1)
    np.testing.assert_array_equal(means, resampled_means(table))


def test_one_picture_has_no_spread():
    means = resampled_means(np.array([[7.0]]))
    assert means.shape == (2000, 1)
    assert set(means.ravel()) == {7.0}

"""Scaling to the network's size."""

import cv2
import numpy as np
import pytest

from edge_runtime.shrink import shrink, shrink_exactly


def test_area_averages_as_in_training(grey):
    expected = cv2.resize(grey, (32, 48), interpolation=cv2.INTER_AREA)
    np.testing.assert_array_equal(shrink(grey, 48, 32), expected)


@pytest.mark.parametrize("shape", [(1, 1), (1, 500), (500, 1), (20, 300), (300, 20), (64, 64)])
@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_any_shape_reaches_the_size(shape, dtype):
    result = shrink(np.full(shape, 77, dtype), 64, 64)
    assert result.shape == (64, 64)
    assert result.dtype == dtype
    assert (result == 77).all()


def test_ties_are_rounded_up_on_every_processor():
    ties = np.tile(np.array([[10, 11], [11, 10]], np.uint8), (16, 16))  # every average is 10.5
    assert (shrink_exactly(ties, 16, 16) == 11).all()


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_exact_averages_are_those_of_the_plain_ones_within_a_tie(dtype):
    rng = np.random.default_rng(0)
    picture = rng.integers(0, np.iinfo(dtype).max + 1, (301, 217, 3)).astype(dtype)
    ours, plain = (f(picture, 64, 48).astype(int) for f in (shrink_exactly, shrink))
    assert np.abs(ours - plain).max() <= 1
    grown = shrink_exactly(picture, 400, 300)
    assert np.array_equal(grown, shrink(picture, 400, 300))


def test_colour_keeps_its_channels():
    assert shrink(np.zeros((30, 200, 3), np.uint8), 64, 64).shape == (64, 64, 3)


def test_the_long_side_is_averaged_though_the_short_one_grows():
    stripes = np.tile(np.array([0, 255], np.uint8), (8, 1000))
    assert np.abs(shrink(stripes, 64, 50).astype(int) - 128).max() <= 1

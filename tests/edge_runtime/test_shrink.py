"""Scaling to the network's size."""

import cv2
import numpy as np
import pytest

from edge_runtime.shrink import shrink


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


def test_colour_keeps_its_channels():
    assert shrink(np.zeros((30, 200, 3), np.uint8), 64, 64).shape == (64, 64, 3)


def test_the_long_side_is_averaged_though_the_short_one_grows():
    stripes = np.tile(np.array([0, 255], np.uint8), (8, 1000))
    assert np.abs(shrink(stripes, 64, 50).astype(int) - 128).max() <= 1

"""Scaling to the network's size."""

import cv2
import numpy as np
import pytest

from edge_runtime.colour import shrink as module
from edge_runtime.colour.shrink import shrink, shrink_exactly


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
    steps = np.array([[0, 2]], np.uint8)  # grown to four: 0, 0.5, 1.5, 2
    assert shrink_exactly(steps, 1, 4).tolist() == [[0, 1, 2, 2]]


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_exact_averages_are_those_of_the_plain_ones_within_a_tie(dtype):
    rng = np.random.default_rng(0)
    picture = rng.integers(0, np.iinfo(dtype).max + 1, (301, 217, 3)).astype(dtype)
    ours, plain = (f(picture, 64, 48).astype(int) for f in (shrink_exactly, shrink))
    assert np.abs(ours - plain).max() <= 1
    ours, plain = (f(picture, 400, 300).astype(int) for f in (shrink_exactly, shrink))
    assert np.abs(ours - plain).max() <= 1


@pytest.mark.parametrize("shape", [(72, 96), (67, 171), (170, 168), (16, 24), (427, 640)])
def test_exact_levels_follow_the_written_formulas(shape):
    """Those of tests/golden/README.md, in float64: area averages, then a bilinear growth."""
    picture = np.random.default_rng(1).integers(0, 256, shape).astype(np.uint8)
    smaller = [min(side, 160) for side in shape]
    expected = picture
    for weights, size in ((area_weights, smaller), (linear_weights, (160, 160))):
        rows, columns = (weights(*pair) for pair in zip(expected.shape, size, strict=True))
        expected = np.floor(rows @ expected @ columns.T + 0.501)
    np.testing.assert_array_equal(shrink_exactly(picture, 160, 160), expected)


def area_weights(old: int, new: int) -> np.ndarray:
    """How much each old pixel counts in each new one's average: float64 [new, old]."""
    edges = np.arange(new + 1) * old / new
    pixels = np.arange(old)
    starts = np.maximum(edges[:-1, None], pixels)
    stops = np.minimum(edges[1:, None], pixels + 1)
    return np.maximum(stops - starts, 0) * new / old


def linear_weights(old: int, new: int) -> np.ndarray:
    """The same for a line between the nearest two centres: float64 [new, old]."""
    centres = np.clip((np.arange(new) + 0.5) * old / new - 0.5, 0, old - 1)
    return np.maximum(1 - np.abs(centres[:, None] - np.arange(old)), 0)


def test_colour_keeps_its_channels():
    assert shrink(np.zeros((30, 200, 3), np.uint8), 64, 64).shape == (64, 64, 3)


def test_the_long_side_is_averaged_though_the_short_one_grows():
    stripes = np.tile(np.array([0, 255], np.uint8), (8, 1000))
    assert np.abs(shrink(stripes, 64, 50).astype(int) - 128).max() <= 1


@pytest.mark.parametrize("shape", [(300, 400), (225, 301), (128, 64), (64, 500), (97, 101, 3)])
def test_bands_equal_the_whole(monkeypatch, shape):
    """Heights with a common divisor, without one, and one that stays."""
    picture = np.random.default_rng(1).integers(0, 256, shape).astype(np.uint8)
    monkeypatch.setattr(module, "_PIXELS_AT_ONCE", 10**9)
    whole = shrink_exactly(picture, 64, 48)
    monkeypatch.setattr(module, "_PIXELS_AT_ONCE", 1)
    np.testing.assert_array_equal(shrink_exactly(picture, 64, 48), whole)

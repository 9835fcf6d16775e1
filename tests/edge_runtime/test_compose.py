"""Full-resolution composition: the picture's own L*, upsampled ab, strip by strip."""

import warnings

import cv2
import numpy as np
import pytest
from skimage.color import lab2rgb, rgb2lab

from edge_runtime import compose as module
from edge_runtime.compose import compose

NEUTRAL = np.zeros((4, 5, 2), np.float32)


def soft_ab(height: int, width: int, strength: float = 25) -> np.ndarray:
    noise = np.random.default_rng(7).normal(0, strength, (height, width, 2))
    return cv2.GaussianBlur(noise.astype(np.float32), (0, 0), 1.0)


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_neutral_ab_gives_back_every_grey_level(dtype):
    levels = np.arange(np.iinfo(dtype).max + 1, dtype=dtype).reshape(16, -1)
    result = compose(levels, NEUTRAL)
    for channel in range(3):
        np.testing.assert_array_equal(result[..., channel], levels)


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_neutral_ab_on_equal_channels_gives_them_back(dtype):
    levels = np.arange(0, np.iinfo(dtype).max, 7, dtype=dtype)[None].repeat(3, 0)
    picture = np.repeat(levels[..., None], 3, axis=2)
    np.testing.assert_array_equal(compose(picture, NEUTRAL), picture)


@pytest.mark.parametrize("depth", [8, 16])
@pytest.mark.parametrize("kind", ["grey", "colour"])
def test_within_one_level_of_scikit_image(depth, kind):
    top = 2**depth - 1
    dtype = np.uint8 if depth == 8 else np.uint16
    rng = np.random.default_rng(3)
    shape = (70, 90) if kind == "grey" else (70, 90, 3)
    picture = rng.integers(0, top + 1, shape).astype(dtype)
    ab = soft_ab(12, 12)

    as_rgb = np.repeat(picture[..., None], 3, axis=2) if kind == "grey" else picture
    lab = rgb2lab(as_rgb / top)
    lab[..., 1:] = cv2.resize(ab, (90, 70), interpolation=cv2.INTER_LINEAR)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # scikit-image tells of colours outside sRGB
        expected = lab2rgb(lab) * top
    difference = np.abs(compose(picture, ab).astype(float) - np.rint(expected))
    assert difference.max() <= (1 if depth == 8 else 257)


@pytest.mark.parametrize("size", [(200, 333), (7, 900), (900, 7), (1, 1), (1, 50), (50, 1)])
def test_strips_equal_the_whole(monkeypatch, size):
    picture = np.random.default_rng(5).integers(0, 65536, size).astype(np.uint16)
    ab = soft_ab(20, 30)
    monkeypatch.setattr(module, "STRIP_PIXELS", 10**9)
    whole = compose(picture, ab)
    monkeypatch.setattr(module, "STRIP_PIXELS", 1000)
    np.testing.assert_array_equal(compose(picture, ab), whole)
    np.testing.assert_array_equal(compose(picture, ab, threads=3), whole)


def test_ab_is_upsampled_as_opencv_does_it():
    """The lightness is constant, so that a* and b* of the result show the upsampling."""
    picture = np.full((123, 77), 40000, np.uint16)
    ab = soft_ab(9, 11, strength=8)
    expected = cv2.resize(ab, (77, 123), interpolation=cv2.INTER_LINEAR)
    lab = rgb2lab(compose(picture, ab) / 65535)
    assert np.abs(lab[..., 1:] - expected).max() < 0.03
    assert np.abs(lab[..., 0] - lab[0, 0, 0]).max() < 0.01


def test_colours_outside_srgb_are_clipped():
    picture = np.array([[0, 128, 255]], np.uint8)
    result = compose(picture, np.full((1, 1, 2), 110, np.float32))
    assert result.dtype == np.uint8
    assert result[0, 1].tolist() == [255, 0, 0]
    assert result[0, 2, 0] == 255


def test_lightness_is_kept_where_the_colour_is_in_srgb(grey):
    result = compose(grey, soft_ab(6, 6, strength=6))
    middle = (grey > 60) & (grey < 200)
    kept = rgb2lab(np.repeat(grey[..., None], 3, 2))[..., 0]
    assert np.abs(rgb2lab(result)[..., 0] - kept)[middle].max() < 0.5

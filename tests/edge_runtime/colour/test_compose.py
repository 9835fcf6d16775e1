"""Full-resolution composition: the picture's own L*, upsampled ab, strip by strip."""

import cv2
import numpy as np
import pytest
from skimage import data as photos
from skimage.color import lab2rgb, rgb2lab

from edge_runtime.colour import compose as module
from edge_runtime.colour.compose import compose

NEUTRAL = np.zeros((4, 5, 2), np.float32)


@pytest.fixture(scope="module")
def photo() -> np.ndarray:
    """uint8 [300, 400, 3]: coffee and its red cup."""
    return cv2.resize(photos.coffee(), (400, 300), interpolation=cv2.INTER_AREA)


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
def test_within_one_level_of_scikit_image(depth, kind, as_srgb_holds):
    top = 2**depth - 1
    dtype = np.uint8 if depth == 8 else np.uint16
    rng = np.random.default_rng(3)
    shape = (70, 90) if kind == "grey" else (70, 90, 3)
    picture = rng.integers(0, top + 1, shape).astype(dtype)
    ab = soft_ab(12, 12)

    as_rgb = np.repeat(picture[..., None], 3, axis=2) if kind == "grey" else picture
    lab = rgb2lab(as_rgb / top)
    lab[..., 1:] = cv2.resize(ab, (90, 70), interpolation=cv2.INTER_LINEAR)
    held = as_srgb_holds(lab)
    difference = np.abs(compose(picture, ab).astype(float) - np.rint(lab2rgb(held) * top))
    inside = (held == lab).all(axis=-1)
    assert difference[inside].max() <= (1 if depth == 8 else 257)
    # Where red, green or blue is near 0, a little chroma is many levels of it.
    assert np.quantile(difference[~inside], 0.99) <= (2 if depth == 8 else 514)


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


@pytest.mark.parametrize("saturation", [1.3, 3])
def test_a_strongly_saturated_photo_keeps_lightness_and_hue(photo, saturation):
    """The photo's own colours, sharpened: a fifth of them and more are outside sRGB."""
    own = rgb2lab(photo)
    small = cv2.resize(own[..., 1:], (90, 60), interpolation=cv2.INTER_AREA) * saturation * 1.7
    wanted = cv2.resize(small, photo.shape[1::-1], interpolation=cv2.INTER_LINEAR)
    found = rgb2lab(compose(photo, small.astype(np.float32)))
    assert np.abs(found[..., 0] - own[..., 0]).max() < 0.6
    reduced = np.hypot(*np.moveaxis(found[..., 1:], -1, 0))
    outside = reduced < np.hypot(*np.moveaxis(wanted, -1, 0)) - 3
    assert outside.mean() > 0.2

    deep = photo.astype(np.uint16) * 257
    found = rgb2lab(compose(deep, small.astype(np.float32)) / 65535)
    assert np.abs(found[..., 0] - own[..., 0]).max() < 0.2
    turned = np.angle(
        (found[..., 1] + 1j * found[..., 2]) * (wanted[..., 0] - 1j * wanted[..., 1]), deg=True
    )
    assert np.abs(turned[reduced > 5]).max() < 1


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_white_and_black_beside_strong_colour_stay(dtype):
    top = np.iinfo(dtype).max
    picture = np.array([[0, top // 2, top, top // 2, 0]], dtype)
    strong = np.full((1, 1, 2), -110, np.float32)
    for given in (picture, np.repeat(picture[..., None], 3, axis=2)):
        result = compose(given, strong)
        assert result[0, 2].tolist() == [top] * 3
        assert result[0, 0].tolist() == result[0, 4].tolist() == [0] * 3
        assert np.ptp(result[0, 1].astype(int)) > top // 4

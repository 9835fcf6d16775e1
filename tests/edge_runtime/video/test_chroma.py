"""Chroma from luma and ab, against scikit-image's Lab and the formulas of BT.601 and BT.709."""

import cv2
import numpy as np
import pytest
from skimage.color import lab2rgb, rgb2lab
from skimage.data import rocket

from edge_runtime.video import chroma as module
from edge_runtime.video.chroma import ChromaMaker
from edge_runtime.video.luma import half_size, lightness_of
from edge_runtime.video.signal import Signal

# (matrix code, Kr, Kb): ITU-R BT.709, BT.601, BT.2020.
MATRICES = [(1, 0.2126, 0.0722), (6, 0.299, 0.114), (5, 0.299, 0.114), (9, 0.2627, 0.0593)]


def soft_ab(height: int, width: int, strength: float) -> np.ndarray:
    noise = np.random.default_rng(7).normal(0, strength, (height, width, 2))
    return cv2.GaussianBlur(noise.astype(np.float32), (0, 0), 1.0)


def made(signal: Signal, half: np.ndarray, ab: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    cb, cr = np.empty_like(half), np.empty_like(half)
    ChromaMaker(signal).fill(half, ab, cb, cr)
    return cb, cr


@pytest.mark.parametrize("full", [False, True], ids=["limited", "full"])
@pytest.mark.parametrize("depth", [8, 10])
@pytest.mark.parametrize(("matrix", "kr", "kb"), MATRICES)
def test_within_one_level_of_the_formulas(matrix, kr, kb, depth, full, as_srgb_holds):
    scale = 1 << (depth - 8)
    low, high = (0, 256 * scale - 1) if full else (16 * scale, 235 * scale)
    dtype = np.uint8 if depth == 8 else np.uint16
    half = np.random.default_rng(3).integers(low, high + 1, (48, 60)).astype(dtype)
    ab = soft_ab(10, 12, strength=25)

    grey = (half.astype(float) - low) / (high - low)
    lab = rgb2lab(np.repeat(grey[..., None], 3, 2))
    lab[..., 1:] = cv2.resize(ab, (60, 48), interpolation=cv2.INTER_LINEAR)
    held = as_srgb_holds(lab)
    assert (held != lab).any(axis=-1).mean() > 0.1
    red, green, blue = np.moveaxis(lab2rgb(held), -1, 0)
    luma = kr * red + (1 - kr - kb) * green + kb * blue
    span = 256 * scale - 1 if full else 224 * scale
    for plane, part, weight in zip(
        made(Signal(matrix, full, depth), half, ab), (blue, red), (kb, kr), strict=True
    ):
        expected = 128 * scale + span * (part - luma) / (2 - 2 * weight)
        expected = np.clip(np.rint(expected), 0, 256 * scale - 1)
        assert np.abs(plane - expected).max() <= (1 if depth == 8 else 2)
        assert np.ptp(plane) > 20 * scale  # not all grey


@pytest.mark.parametrize("depth", [8, 10])
@pytest.mark.parametrize("full", [False, True])
@pytest.mark.parametrize("primaries", [1, 9])
@pytest.mark.parametrize("matrix", [1, 4, 5, 6, 7, 9, 10])
def test_every_grey_level_stays_exactly_neutral(matrix, primaries, full, depth):
    dtype = np.uint8 if depth == 8 else np.uint16
    levels = np.arange(1 << depth, dtype=dtype).reshape(16, -1)
    signal = Signal(matrix, full, depth, primaries)
    for plane in made(signal, levels, np.zeros((4, 4, 2), np.float32)):
        assert (plane == 1 << (depth - 1)).all()


@pytest.mark.parametrize("size", [(200, 333), (3, 4097), (1, 1), (1, 50), (50, 1)])
def test_strips_equal_the_whole(monkeypatch, size):
    half = np.random.default_rng(5).integers(0, 256, size, np.uint8)
    signal, ab = Signal(1, False), soft_ab(20, 30, strength=20)
    monkeypatch.setattr(module, "STRIP_PIXELS", 10**9)
    whole = made(signal, half, ab)
    monkeypatch.setattr(module, "STRIP_PIXELS", 500)
    for plane, expected in zip(made(signal, half, ab), whole, strict=True):
        np.testing.assert_array_equal(plane, expected)


@pytest.mark.parametrize("full", [False, True])
@pytest.mark.parametrize("depth", [8, 10])
@pytest.mark.parametrize("primaries", [1, 9])
def test_white_and_black_beside_strong_colour_stay_neutral(primaries, depth, full):
    signal = Signal(1, full, depth, primaries)
    middle = (signal.black + signal.white) // 2
    row = [signal.black, middle, signal.white, middle, signal.black]
    half = np.array([row], np.uint8 if depth == 8 else np.uint16)
    for plane in made(signal, half, np.full((1, 1, 2), -90, np.float32)):
        assert plane[0, ::2].tolist() == [signal.neutral] * 3
        assert abs(int(plane[0, 1]) - signal.neutral) > 10 << (depth - 8)


def test_wide_primaries_need_less_chroma_for_the_same_colour():
    """BT.2020's red is stronger than BT.709's: the same red lies nearer to grey in it."""
    half = np.full((4, 4), 120, np.uint8)
    red = np.tile(np.float32([40, 25]), (2, 2, 1))
    _, narrow = made(Signal(9, False, 8, 1), half, red)
    _, wide = made(Signal(9, False, 8, 9), half, red)
    assert 128 < wide[0, 0] < narrow[0, 0]


def test_half_size_is_the_mean_of_four():
    luma = np.random.default_rng(1).integers(0, 256, (32, 48), np.uint8)
    expected = luma.reshape(16, 2, 24, 2).mean((1, 3))
    assert np.abs(half_size(luma) - expected).max() <= 0.5


@pytest.mark.parametrize("full", [False, True])
@pytest.mark.parametrize("depth", [8, 10])
def test_lightness_is_that_of_scikit_image(full, depth):
    scale = 1 << (depth - 8)
    low, high = (0, 256 * scale - 1) if full else (16 * scale, 235 * scale)
    luma = np.linspace(low, high, 64 * 64).reshape(64, 64)
    luma = np.rint(luma).astype(np.uint8 if depth == 8 else np.uint16)
    signal = Signal(1, full, depth)
    ours = lightness_of(luma, half_size(luma), (64, 64), signal)
    grey = (luma.astype(float) - low) / (high - low)
    expected = rgb2lab(np.repeat(grey[..., None], 3, 2))[..., 0]
    assert np.abs(ours - expected).max() < 0.01


def test_what_lies_beyond_black_and_white_is_clipped():
    luma = np.array([[0, 8, 16, 235, 245, 255]], np.uint8).repeat(6, 0)
    lightness = lightness_of(luma, half_size(luma), (6, 6), Signal(1, full=False))
    np.testing.assert_allclose(lightness[0], [0, 0, 0, 100, 100, 100], atol=1e-3)


def test_the_way_over_half_size_changes_little():
    # Without grain, of which the mean's lightness is another than the mean lightness.
    luma = cv2.cvtColor(np.ascontiguousarray(rocket()[:360, :480]), cv2.COLOR_RGB2GRAY)
    signal = Signal(1, full=True)
    quick = lightness_of(luma, half_size(luma), (64, 64), signal)
    exact = lightness_of(luma, half_size(luma)[:10], (64, 64), signal)
    assert 0 < np.abs(quick - exact).mean() < 0.2

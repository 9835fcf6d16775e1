"""The colour maths against scikit-image's."""

import numpy as np
import pytest
from skimage.color import lab2rgb, rgb2lab

from edge_runtime.colour import cielab


def every_ninth_colour() -> np.ndarray:
    levels = np.append(np.arange(0, 255, 9), 255).astype(np.uint8)
    return np.stack(np.meshgrid(levels, levels, levels), -1).reshape(-1, 30, 3)


def test_lab_equals_scikit_image_within_0_02():
    rgb = every_ninth_colour()
    assert np.abs(cielab.rgb_to_lab(rgb) - rgb2lab(rgb)).max() < 0.02


def test_lab_of_dark_colours_where_the_curve_is_a_line():
    levels = np.arange(25, dtype=np.uint8)
    rgb = np.stack(np.meshgrid(levels, levels, levels), -1)
    # Seen from behind, as a mirrored crop is.
    assert np.abs(cielab.rgb_to_lab(rgb[::-1]) - rgb2lab(rgb[::-1])).max() < 0.02


def test_lab_of_no_pixels():
    assert cielab.rgb_to_lab(np.zeros((0, 4, 3), np.uint8)).shape == (0, 4, 3)


def test_lab_of_16_bits_equals_scikit_image():
    rgb = np.random.default_rng(0).integers(0, 65536, (40, 50, 3), dtype=np.uint16)
    assert np.abs(cielab.rgb_to_lab(rgb) - rgb2lab(rgb / 65535)).max() < 0.02


def test_rgb_of_lab_equals_scikit_image():
    lab = rgb2lab(every_ninth_colour())
    ours = cielab.lab_to_rgb(lab.astype(np.float32)) * 255
    assert np.abs(ours - lab2rgb(lab) * 255).max() < 0.25


def test_lightness_of_grey_is_that_of_equal_channels():
    levels = np.arange(256, dtype=np.uint8).reshape(16, 16)
    three = np.repeat(levels[..., None], 3, axis=2)
    assert np.abs(cielab.lightness(levels) - cielab.lightness(three)).max() < 1e-3
    assert np.abs(cielab.lightness(levels) - rgb2lab(three)[..., 0]).max() < 0.02


def test_grey_has_no_ab():
    three = np.repeat(np.arange(256, dtype=np.uint8)[:, None, None], 3, axis=2)
    assert np.abs(cielab.rgb_to_lab(three)[..., 1:]).max() < 1e-3


def test_table_encoding_is_within_a_twentieth_of_a_level():
    linear = np.random.default_rng(1).random((500, 400), np.float32) ** 3
    exact = cielab.linear_to_srgb(linear) * 255
    coded = np.empty(linear.shape, np.uint8)
    cielab.linear_to_integer(linear.copy(), coded)
    assert np.abs(coded - exact).max() < 0.5 + 0.05


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_encoding_undoes_decoding_for_every_level(dtype):
    levels = np.arange(np.iinfo(dtype).max + 1, dtype=dtype)
    back = np.empty_like(levels)
    cielab.linear_to_integer(cielab.integer_to_linear(levels), back)
    np.testing.assert_array_equal(back, levels)


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_encoding_clips(dtype):
    coded = np.empty(3, dtype)
    cielab.linear_to_integer(np.array([-0.3, 1.7, 1.0], np.float32), coded)
    assert coded.tolist() == [0, np.iinfo(dtype).max, np.iinfo(dtype).max]


def test_floats_are_no_picture():
    with pytest.raises(TypeError, match="uint8 or uint16"):
        cielab.lightness(np.zeros((4, 4)))

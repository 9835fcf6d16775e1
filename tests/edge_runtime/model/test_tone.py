"""The tone view against its formula in float64, and what it is for."""

import numpy as np
import pytest
from skimage import data as photos
from skimage.color import rgb2gray

from edge_runtime.colour import cielab
from edge_runtime.model.contract import as_input
from edge_runtime.model.tone import TONE_VIEW, ToneView


def in_float64(lightness, low=0.01, high=0.99, least_range=20.0):
    """The contract's words, by a full sort."""
    values = np.sort(np.asarray(lightness, np.float64), axis=None)
    dark, bright = (values[int(part * (values.size - 1) + 0.5)] for part in (low, high))
    spread = max(bright - dark, least_range)
    return 2 * np.clip((lightness - (dark + bright) / 2) / spread + 0.5, 0, 1) - 1


@pytest.fixture
def levels():
    """A photo: uint8 [160, 160]."""
    return np.round(rgb2gray(photos.coffee()[:320:2, :320:2]) * 255).astype(np.uint8)


@pytest.fixture
def lightness(levels):
    return cielab.lightness(levels)


@pytest.mark.parametrize("shape", [(160, 160), (64, 384), (2, 50), (1, 51), (7, 7), (1, 2), (1, 1)])
@pytest.mark.parametrize("least", [0, 45, 50])
def test_the_formula_of_the_contract(shape, least):
    values = np.random.default_rng(least).uniform(least, 100 - least, shape).astype(np.float32)
    found = TONE_VIEW.input_of(values)
    assert (found.dtype, found.shape) == (np.float32, shape)
    assert np.abs(found - in_float64(values)).max() < 2e-6


def test_other_views_follow_their_numbers(lightness):
    view = ToneView(0.2, 0.7, 65.0)
    assert np.abs(view.input_of(lightness) - in_float64(lightness, 0.2, 0.7, 65.0)).max() < 2e-6
    widest = ToneView(0.0, 1.0, 1.0).input_of(lightness)
    assert (widest.min(), widest.max()) == (-1, 1)


def test_a_grey_card_of_any_level_is_the_same():
    for level in range(256):
        card = cielab.lightness(np.full((16, 16), level, np.uint8))
        assert not TONE_VIEW.input_of(card).any()


def test_a_linear_fade_of_lightness_changes_nothing(lightness):
    faded = 40 + lightness * np.float32(0.3)
    assert np.abs(TONE_VIEW.input_of(faded) - TONE_VIEW.input_of(lightness)).max() < 2e-6


def test_a_faded_print_looks_nearly_as_its_original(levels, lightness):
    """Levels 95 to 205: the fade is linear in levels, of which L* is nearly a line."""
    faded = np.round(95 + levels * (110 / 255)).astype(np.uint8)
    apart = np.abs(TONE_VIEW.input_of(cielab.lightness(faded)) - TONE_VIEW.input_of(lightness))
    without = np.abs(as_input(cielab.lightness(faded), None) - as_input(lightness, None))
    assert apart.mean() < 0.04
    assert apart.max() < 0.15
    assert without.mean() > 0.3  # what the network of version 1 has to cope with


def test_noise_on_a_flat_picture_stays_noise():
    noise = np.random.default_rng(0).normal(3, 0.5, (160, 160)).astype(np.float32)
    assert TONE_VIEW.input_of(noise).std() == pytest.approx(2 * 0.5 / 20, rel=0.02)


def test_a_few_bright_pixels_do_not_count(lightness):
    dusty = lightness.copy()
    dusty[::32, ::32] = 100
    assert np.abs(TONE_VIEW.input_of(dusty) - TONE_VIEW.input_of(lightness))[1::2].max() < 0.01


def test_the_argument_is_left_alone_and_may_be_a_view(lightness):
    lightness.setflags(write=False)
    turned = TONE_VIEW.input_of(lightness[::-1].T)
    np.testing.assert_array_equal(turned, TONE_VIEW.input_of(lightness)[::-1].T)


def test_version_1_sees_lightness_as_it_is(lightness):
    seen = as_input(lightness, None)
    assert seen.dtype == np.float32
    assert np.abs(seen - (lightness.astype(np.float64) / 50 - 1)).max() < 1e-6
    np.testing.assert_array_equal(as_input(lightness, TONE_VIEW), TONE_VIEW.input_of(lightness))


@pytest.mark.parametrize(
    "numbers",
    [
        (-0.01, 0.99, 20.0),
        (0.5, 0.5, 20.0),
        (0.01, 1.01, 20.0),
        (float("nan"), 0.99, 20.0),
        (0.01, float("nan"), 20.0),
        (0.01, 0.99, float("nan")),
        (0.01, 0.99, 0.5),
        (0.01, 0.99, float("inf")),
    ],
)
def test_numbers_out_of_range_are_refused(numbers):
    with pytest.raises(ValueError, match="0 <= low < high <= 1"):
        ToneView(*numbers)

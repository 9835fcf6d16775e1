"""Less chroma for colours out of gamut, against halving with scikit-image's colours in float64."""

import numpy as np
import pytest
from skimage.color import deltaE_ciede2000, rgb2lab

from edge_runtime.colour import cielab


def every_kind_of_colour(strongest: float) -> np.ndarray:
    """L*a*b* in and out of sRGB, a third of them dark, float64 [k, 3]."""
    rng = np.random.default_rng(11)
    lightness = np.append(rng.uniform(0, 100, 40_000), rng.uniform(0, 12, 20_000))
    return np.column_stack([lightness, rng.uniform(-strongest, strongest, (len(lightness), 2))])


def chroma(lab: np.ndarray) -> np.ndarray:
    return np.hypot(lab[:, 1], lab[:, 2])


@pytest.mark.parametrize("strongest", [60, 110, 330])  # 330: three times the saturation
def test_lightness_and_hue_stay_and_chroma_is_the_largest(strongest, as_srgb_holds):
    lab = every_kind_of_colour(strongest)
    held = as_srgb_holds(lab)
    outside = (held != lab).any(axis=1)
    found = rgb2lab(cielab.lab_to_rgb(lab).astype(np.float64))
    assert np.abs(found[:, 0] - lab[:, 0]).max() < 0.2
    difference = (chroma(found) - chroma(held))[outside]
    # Some bright yellows are inside, outside and inside again: one edge or the other is found.
    assert np.quantile(np.abs(difference), 0.99) < 0.5
    assert np.abs(found - held)[~outside].max() < 0.1
    turned = np.angle((found[:, 1] + 1j * found[:, 2]) * (lab[:, 1] - 1j * lab[:, 2]), deg=True)
    assert np.abs(turned[chroma(found) > 5]).max() < 1


@pytest.mark.parametrize("hue", range(0, 360, 12))
def test_no_hue_misleads(hue, as_srgb_holds):
    """Far out, at every lightness, dark blue among them."""
    lightness = np.arange(1, 96, 0.25)  # above: the yellows with two edges
    a, b = 200 * np.cos(np.radians(hue)), 200 * np.sin(np.radians(hue))
    lab = np.column_stack([lightness, np.full_like(lightness, a), np.full_like(lightness, b)])
    found = rgb2lab(cielab.lab_to_rgb(lab).astype(np.float64))
    assert deltaE_ciede2000(found, as_srgb_holds(lab)).max() < 1


def test_white_and_black_lose_all_chroma():
    lab = np.array([[100, 60, -80], [100, -40, 110], [0, 60, -80], [0, -40, 110]], float)
    expected = np.repeat([[1.0], [1.0], [0.0], [0.0]], 3, axis=1)
    np.testing.assert_allclose(cielab.lab_to_linear(lab), expected, atol=1e-6)


def test_colours_do_not_depend_on_their_neighbours():
    lab = every_kind_of_colour(330)[:5000]
    whole = cielab.lab_to_rgb(lab)
    np.testing.assert_allclose(cielab.lab_to_rgb(lab[::-1]), whole[::-1], atol=1e-6)
    np.testing.assert_allclose(cielab.lab_to_rgb(lab[::97]), whole[::97], atol=1e-6)

"""SSIM and CIEDE2000 against scikit-image and published values, colourfulness by hand."""

import numpy as np
import pytest
from skimage import color, metrics
from skimage import data as photos

from benchmarks.ciede2000 import ciede2000
from benchmarks.ssim import ssim
from edge_runtime.colour import rgb_to_lab

# Sharma, Wu and Dalal 2005, table 1: L, a, b of two colours, and their difference.
SHARMA = """
50.0000 2.6772 -79.7751 50.0000 0.0000 -82.7485 2.0425
50.0000 3.1571 -77.2803 50.0000 0.0000 -82.7485 2.8615
50.0000 2.8361 -74.0200 50.0000 0.0000 -82.7485 3.4412
50.0000 -1.3802 -84.2814 50.0000 0.0000 -82.7485 1.0000
50.0000 -1.1848 -84.8006 50.0000 0.0000 -82.7485 1.0000
50.0000 -0.9009 -85.5211 50.0000 0.0000 -82.7485 1.0000
50.0000 0.0000 0.0000 50.0000 -1.0000 2.0000 2.3669
50.0000 -1.0000 2.0000 50.0000 0.0000 0.0000 2.3669
50.0000 2.4900 -0.0010 50.0000 -2.4900 0.0009 7.1792
50.0000 2.4900 -0.0010 50.0000 -2.4900 0.0010 7.1792
50.0000 2.4900 -0.0010 50.0000 -2.4900 0.0011 7.2195
50.0000 2.4900 -0.0010 50.0000 -2.4900 0.0012 7.2195
50.0000 -0.0010 2.4900 50.0000 0.0009 -2.4900 4.8045
50.0000 -0.0010 2.4900 50.0000 0.0010 -2.4900 4.8045
50.0000 -0.0010 2.4900 50.0000 0.0011 -2.4900 4.7461
50.0000 2.5000 0.0000 50.0000 0.0000 -2.5000 4.3065
50.0000 2.5000 0.0000 73.0000 25.0000 -18.0000 27.1492
50.0000 2.5000 0.0000 61.0000 -5.0000 29.0000 22.8977
50.0000 2.5000 0.0000 56.0000 -27.0000 -3.0000 31.9030
50.0000 2.5000 0.0000 58.0000 24.0000 15.0000 19.4535
50.0000 2.5000 0.0000 50.0000 3.1736 0.5854 1.0000
50.0000 2.5000 0.0000 50.0000 3.2972 0.0000 1.0000
50.0000 2.5000 0.0000 50.0000 1.8634 0.5757 1.0000
50.0000 2.5000 0.0000 50.0000 3.2592 0.3350 1.0000
60.2574 -34.0099 36.2677 60.4626 -34.1751 39.4387 1.2644
63.0109 -31.0961 -5.8663 62.8187 -29.7946 -4.0864 1.2630
61.2901 3.7196 -5.3901 61.4292 2.2480 -4.9620 1.8731
35.0831 -44.1164 3.7933 35.0232 -40.0716 1.5901 1.8645
22.7233 20.0904 -46.6940 23.0331 14.9730 -42.5619 2.0373
36.4612 47.8580 18.3852 36.2715 50.5065 21.2231 1.4146
90.8027 -2.0831 1.4410 91.1528 -1.6435 0.0447 1.4441
90.9257 -0.5406 -0.9208 88.6381 -0.8985 -0.7239 1.5381
6.7747 -0.2908 -2.4247 5.8714 -0.0985 -2.2286 0.6377
2.0776 0.0795 -1.1350 0.9033 -0.0636 -0.5514 0.9082
"""


def pairs():
    """Photos, and what could be made of them: grey, noisy, another, nearly the same."""
    rng = np.random.default_rng(0)
    for photo in (photos.coffee(), photos.chelsea(), photos.astronaut()):
        true = np.ascontiguousarray(photo[:256, :256])
        grey = np.round(color.rgb2gray(true)[..., None] * 255).astype(np.uint8)
        yield true, np.repeat(grey, 3, axis=-1)
        noise = rng.integers(-12, 13, true.shape)
        yield true, np.clip(true.astype(int) + noise, 0, 255).astype(np.uint8)
        yield true, np.ascontiguousarray(true[::-1])
        yield true, true // 2 + 60


def test_ciede2000_gives_the_published_values():
    table = np.array([line.split() for line in SHARMA.split("\n") if line], np.float64)
    assert table.shape == (34, 7)
    ours = ciede2000(table[:, :3], table[:, 3:6])
    # The pairs at 180 degrees tell whether the mean hue turns the right way.
    np.testing.assert_allclose(ours, table[:, 6], atol=1e-4)
    np.testing.assert_allclose(ciede2000(table[:, 3:6], table[:, :3]), ours, atol=1e-4)


def test_ciede2000_equals_scikit_image():
    for true, ours in pairs():
        first, second = rgb_to_lab(true), rgb_to_lab(ours)
        expected = color.deltaE_ciede2000(first.astype(np.float64), second.astype(np.float64))
        found = ciede2000(first, second)
        assert found.dtype == np.float32
        # A pixel in thousands has opposite hues, where the formula itself jumps.
        assert np.quantile(np.abs(found - expected), 0.999) < 1e-4
        assert float(found.mean(dtype=np.float64)) == pytest.approx(expected.mean(), abs=1e-4)
    assert ciede2000(first, first).max() == 0


def test_ssim_equals_scikit_image():
    for true, ours in pairs():
        expected = metrics.structural_similarity(
            true,
            ours,
            channel_axis=-1,
            gaussian_weights=True,
            sigma=1.5,
            use_sample_covariance=False,
            data_range=255,
        )
        assert ssim(true, ours) == pytest.approx(expected, abs=1e-4)
    assert ssim(true, true) == pytest.approx(1, abs=1e-6)


def test_ssim_refuses_what_it_cannot_measure():
    with pytest.raises(ValueError, match="one size"):
        ssim(np.zeros((12, 12, 3), np.uint8), np.zeros((12, 13, 3), np.uint8))
    with pytest.raises(ValueError, match="one size"):
        ssim(np.zeros((10, 12, 3), np.uint8), np.zeros((10, 12, 3), np.uint8))

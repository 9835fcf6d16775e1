"""Figures against scikit-image and against calculations by hand."""

import numpy as np
import pytest
from skimage import color, metrics
from skimage import data as photos

from edge_runtime import Colorizer
from edge_runtime.colour import rgb_to_lab
from edge_runtime.interpreter import Network
from train.errors import SourceError
from train.evaluate import evaluate, network_input, with_ab
from train.metrics import colourfulness, lab8, psnr, rgb_mse


def crop(picture, side=256):
    return np.ascontiguousarray(picture[:side, :side])


def grey_of(picture):
    lab = color.rgb2lab(picture)
    lab[..., 1:] = 0
    return np.round(color.lab2rgb(lab) * 255).astype(np.uint8)


def test_psnr_equals_scikit_image():
    true, ours = crop(photos.coffee()), crop(grey_of(photos.coffee()))
    expected = metrics.peak_signal_noise_ratio(true, ours, data_range=255)
    assert psnr(rgb_mse(true, ours)) == pytest.approx(expected, abs=1e-4)
    assert psnr(rgb_mse(true, true)) == float("inf")


def test_lab8_is_opencv_layout():
    lab = color.rgb2lab(crop(photos.chelsea()))
    expected = np.round(lab * [2.55, 1, 1] + [0, 128, 128])
    ours = lab8(rgb_to_lab(crop(photos.chelsea())))
    assert np.abs(ours - expected).max() <= 1
    assert np.mean(ours != expected) < 0.01


def test_colourfulness_by_hand():
    grey = np.full((8, 8, 3), 90, np.uint8)
    assert colourfulness(grey) == 0
    # One colour only: no spread, so 0.3 times the distance of the mean (rg, yb) from grey.
    red = np.zeros((8, 8, 3), np.uint8)
    red[..., 0] = 200
    assert colourfulness(red) == pytest.approx(0.3 * np.hypot(200, 100))
    # Half red, half green: rg is +-200, yb is 100 everywhere.
    both = red.copy()
    both[:, 4:] = (0, 200, 0)
    assert colourfulness(both) == pytest.approx(200 + 0.3 * 100)


class TestEvaluate:
    true = (crop(photos.coffee()), crop(photos.chelsea()))

    def test_grey_row_is_the_grey_picture(self):
        scores = evaluate({}, self.true)["grey"]
        expected = [
            metrics.peak_signal_noise_ratio(true, grey_of(true), data_range=255)
            for true in self.true
        ]
        assert scores.rgb_psnr == pytest.approx(np.mean(expected), abs=0.02)
        assert scores.colourfulness_ratio == pytest.approx(0, abs=0.01)
        assert scores.gain == 0
        assert scores.pictures == 2

    def test_a_network_that_says_nothing_equals_grey(self):
        scores = evaluate({"mute": (lambda x: np.zeros((4, 4, 2), np.float32), 64)}, self.true)
        assert scores["mute"] == scores["grey"]

    def test_a_network_that_knows_the_truth_is_far_better(self):
        truth = iter([rgb_to_lab(true)[..., 1:] / 110 for true in self.true])
        scores = evaluate({"oracle": (lambda x: next(truth), 128)}, self.true)["oracle"]
        assert scores.rgb_psnr > 45
        assert scores.gain > 20
        assert scores.colourfulness_ratio == pytest.approx(1, abs=0.01)
        assert scores.ab_psnr > 45

    def test_no_pictures_is_refused(self):
        with pytest.raises(SourceError, match="no colour pictures"):
            evaluate({}, [])


def test_network_input_follows_the_contract():
    seen = network_input(crop(photos.coffee()), 64)
    assert seen.shape == (64, 64)
    assert seen.dtype == np.float32
    lightness = color.rgb2lab(crop(photos.coffee()))[..., 0]
    assert seen.mean() == pytest.approx(lightness.mean() / 50 - 1, abs=0.02)


def test_measured_pictures_are_those_that_the_runtime_makes(tiny_model):
    picture = crop(photos.coffee())
    colorizer = Colorizer(tiny_model)
    ab = Network(tiny_model, 1).run(network_input(picture, colorizer.input_size))
    measured = with_ab(rgb_to_lab(picture)[..., 0], ab).astype(int)
    made = colorizer.colorize(picture)
    assert np.abs(measured - made).max() <= 1
    assert np.mean(measured != made) < 0.01


def test_own_lightness_is_kept():
    picture = crop(photos.chelsea())
    lightness = color.rgb2lab(picture)[..., 0].astype(np.float32)
    coloured = with_ab(lightness, np.full((8, 8, 2), 0.05, np.float32))
    again = color.rgb2lab(coloured)[..., 0]
    assert np.abs(again - lightness).mean() < 0.2

"""Figures against scikit-image and against calculations by hand."""

import numpy as np
import pytest
from skimage import color, metrics, transform
from skimage import data as photos

from edge_runtime import Colorizer, Look
from edge_runtime.colour.cielab import rgb_to_lab
from train.errors import PictureSourceError
from train.measure.evaluate import (
    AT_A_TIME,
    OpenNetwork,
    evaluate,
    network_input,
    painted,
    upsampled,
    with_ab,
)
from train.measure.metrics import AbSums, colourfulness, lab8, psnr, rgb_mse
from train.measure.open_networks import open_networks


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


class TestAbSums:
    rng = np.random.default_rng(1)
    true = rng.normal(5, 20, (9, 7, 2)).astype(np.float32)
    ours = (0.3 * true + rng.normal(-2, 8, true.shape)).astype(np.float32)

    def test_rho_is_the_correlation_of_values_and_their_negatives(self):
        # A sample that is mirrored at zero has the mean zero: NumPy's correlation takes off none.
        both = [np.concatenate([x.ravel(), -x.ravel()]) for x in (self.ours, self.true)]
        assert AbSums.of(self.ours, self.true).rho == pytest.approx(np.corrcoef(*both)[0, 1])

    def test_chroma_and_gain_by_their_definitions(self):
        sums = AbSums.of(self.ours, self.true)
        lengths = [np.linalg.norm(x) for x in (self.ours, self.true, self.true - self.ours)]
        assert sums.chroma_ratio == pytest.approx(lengths[0] / lengths[1])
        assert sums.gain == pytest.approx(20 * np.log10(lengths[1] / lengths[2]))

    def test_gain_follows_from_rho_and_chroma_and_is_best_where_they_are_equal(self):
        rho = AbSums.of(self.ours, self.true).rho
        for factor in (0.5, 1, 2):
            sums = AbSums.of(self.ours * factor, self.true)
            c = sums.chroma_ratio
            assert sums.rho == pytest.approx(rho)
            assert sums.gain == pytest.approx(-10 * np.log10(1 + c**2 - 2 * c * rho))
        best = self.ours * (rho / AbSums.of(self.ours, self.true).chroma_ratio)
        assert AbSums.of(best, self.true).gain == pytest.approx(-10 * np.log10(1 - rho**2))

    def test_pooling_is_not_the_mean_of_pictures(self):
        parts = [AbSums.of(self.ours[:2], self.true[:2]), AbSums.of(self.ours[2:], self.true[2:])]
        whole = AbSums.of(self.ours, self.true)
        assert sum(parts, AbSums()).rho == pytest.approx(whole.rho)
        assert np.mean([part.rho for part in parts]) != pytest.approx(whole.rho, abs=1e-4)

    def test_truth_half_of_it_and_grey(self):
        perfect, half, grey = (AbSums.of(self.true * k, self.true) for k in (1, 0.5, 0))
        assert (perfect.rho, perfect.chroma_ratio) == pytest.approx((1, 1))
        assert perfect.gain == float("inf")
        assert (half.rho, half.chroma_ratio) == pytest.approx((1, 0.5))
        assert half.gain == pytest.approx(20 * np.log10(2))
        assert (grey.rho, grey.chroma_ratio, grey.gain) == (0, 0, 0)


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
        mute = OpenNetwork(lambda x: np.zeros((4, 4, 2), np.float32), 64)
        scores = evaluate({"mute": mute}, self.true)
        assert scores["mute"] == scores["grey"]

    def test_a_network_that_knows_the_truth_is_far_better(self):
        truth = iter([rgb_to_lab(true)[..., 1:] / 110 for true in self.true])
        scores = evaluate({"oracle": OpenNetwork(lambda x: next(truth), 128)}, self.true)["oracle"]
        assert scores.rgb_psnr > 45
        assert scores.gain > 20
        assert scores.colourfulness_ratio == pytest.approx(1, abs=0.01)
        assert scores.ab_psnr > 45

    def test_rho_and_chroma_are_of_what_was_predicted(self):
        # Scaled beyond what sRGB holds: the pictures are clipped, these figures are not.
        for factor in (0.5, 1, 3):
            truth = iter([rgb_to_lab(true)[..., 1:] / 110 for true in self.true])
            it = OpenNetwork(lambda x, t=truth, f=factor: next(t) * f, 64)
            scores = evaluate({"it": it}, self.true)
            assert scores["it"].rho == pytest.approx(1, abs=1e-5)
            assert scores["it"].chroma_ratio == pytest.approx(factor, rel=1e-5)
        assert (scores["grey"].rho, scores["grey"].chroma_ratio) == (0, 0)

    def test_rho_against_scikit_image(self):
        def network(seen):
            return np.stack([seen, seen**2], axis=-1)[::8, ::8] * np.float32(0.3)

        predicted, true = [], []
        for picture in self.true:
            ab = network(network_input(picture, 64, None)) * 110
            predicted.append(transform.resize(ab, (256, 256), order=1, mode="edge"))
            true.append(color.rgb2lab(picture)[..., 1:])
        both = [np.concatenate([np.ravel(x), -np.ravel(x)]) for x in (predicted, true)]
        scores = evaluate({"it": OpenNetwork(network, 64)}, self.true)["it"]
        assert scores.rho == pytest.approx(np.corrcoef(*both)[0, 1], abs=1e-4)
        assert scores.chroma_ratio == pytest.approx(both[0].std() / both[1].std(), rel=1e-3)

    def test_a_network_that_takes_batches_is_given_them_and_measured_alike(self):
        def one(seen):
            return np.stack([seen, -seen], axis=-1)[::4, ::4] * np.float32(0.2)

        class Batches:
            sizes = ()

            def __call__(self, seen):
                raise AssertionError("asked for one picture")

            def batch(self, seen):
                self.sizes += (len(seen),)
                return np.stack([one(picture) for picture in seen])

        pictures, done = [*self.true] * AT_A_TIME, []
        pictures.append(self.true[0])
        networks = {"one": OpenNetwork(one, 64), "many": OpenNetwork(Batches(), 64)}
        scores = evaluate(networks, pictures, on_picture=lambda: done.append(1))
        assert scores["many"] == scores["one"]
        assert networks["many"].run.sizes == (AT_A_TIME, AT_A_TIME, 1)
        assert len(done) == scores["one"].pictures == len(pictures)

    def test_the_cores_do_not_show_in_the_figures(self, monkeypatch):
        """To the last digit: the sums are made in the pictures' order, one after the other."""

        def network(seen):
            return np.stack([seen, seen**2], axis=-1)[::8, ::8] * np.float32(0.3)

        pictures = [np.roll(true, 16 * k, axis=k % 2) for k in range(6) for true in self.true]
        scores = []
        for cores in (1, 5):
            monkeypatch.setattr("train.measure.evaluate.usable_cores", lambda cores=cores: cores)
            scores.append(evaluate({"it": OpenNetwork(network, 64)}, pictures))
        assert scores[0] == scores[1]
        sums, ours = AbSums(), []
        for true in pictures:
            ab, lab = network(network_input(true, 64, None)), rgb_to_lab(true)
            sums += AbSums.of(upsampled(ab, 256, 256), lab[..., 1:])
            ours.append(psnr(rgb_mse(true, painted(true, ab))))
        it = scores[0]["it"]
        assert (it.rho, it.chroma_ratio) == (sums.rho, sums.chroma_ratio)
        assert it.rgb_psnr == pytest.approx(np.mean(ours), rel=1e-12)

    def test_no_pictures_is_refused(self):
        with pytest.raises(PictureSourceError, match="no colour pictures"):
            evaluate({}, [])


def test_network_input_follows_the_contract():
    seen = network_input(crop(photos.coffee()), 64, None)
    assert seen.shape == (64, 64)
    assert seen.dtype == np.float32
    lightness = color.rgb2lab(crop(photos.coffee()))[..., 0]
    assert seen.mean() == pytest.approx(lightness.mean() / 50 - 1, abs=0.02)


@pytest.mark.parametrize("version", [1, 2])
def test_measured_pictures_are_those_that_the_runtime_makes(version, tiny_model, tiny_view_model):
    picture = crop(photos.coffee())
    model = [tiny_model, tiny_view_model][version - 1]
    colorizer = Colorizer(model)
    (network,) = open_networks([str(model)], None, [1.0]).values()
    assert (network.view is None) == (version == 1)
    (ab,) = network.ab_of([picture])
    look = Look(whole=True)
    np.testing.assert_array_equal(painted(picture, ab), colorizer.colorize(picture, look))
    predicted = colorizer.predict(colorizer.see(picture, look))
    np.testing.assert_array_equal(np.clip(ab, -1, 1) * np.float32(110), predicted)


def test_own_lightness_is_kept():
    picture = crop(photos.chelsea())
    lightness = color.rgb2lab(picture)[..., 0].astype(np.float32)
    coloured = with_ab(lightness, np.full((8, 8, 2), 0.05, np.float32))
    again = color.rgb2lab(coloured)[..., 0]
    assert np.abs(again - lightness).mean() < 0.2

"""Looking twice: the windows cover the picture, and one look is what the runtime does."""

import numpy as np
import pytest
from skimage import data as photos
from skimage.metrics import peak_signal_noise_ratio

from benchmarks.detail import joined, measure_detail, windows
from edge_runtime import Colorizer, Look
from edge_runtime.colour.compose import compose
from train.errors import PictureSourceError


@pytest.mark.parametrize("count", [2, 3])
def test_windows_cover_the_picture(count):
    framing = windows(count, 64, 32)
    assert framing.scaled_shape == (32 * (count + 1),) * 2
    ramp = np.add.outer(np.arange(16.0 * (count + 1)), np.arange(16.0 * (count + 1)))
    parts = [ramp[t : t + 32, left : left + 32, None].repeat(2, 2) for t, left in framing.windows]
    np.testing.assert_allclose(framing.join(parts)[..., 0], ramp, rtol=1e-5)


def test_what_agrees_stays():
    ab = np.full((32, 32, 2), 20, np.float32)
    for way in joined(ab, ab.repeat(2, 0).repeat(2, 1)).values():
        np.testing.assert_allclose(way, 20, rtol=1e-3)


def test_one_look_is_the_runtimes(tiny_model):
    photo = np.ascontiguousarray(photos.astronaut()[::3, ::3])
    scores = measure_detail(str(tiny_model), [photo])
    ours = Colorizer(tiny_model).colorize(photo, Look(whole=True))
    grey = compose(photo, np.zeros((1, 1, 2), np.float32))
    gain = peak_signal_noise_ratio(photo, ours) - peak_signal_noise_ratio(photo, grey)
    assert scores[0].way == "one look"
    assert scores[0].gain == pytest.approx(gain, abs=1e-3)
    assert [score.runs for score in scores] == [1, 4, 5, 5, 5, 9, 10, 10, 10]


def test_no_pictures(tiny_model):
    with pytest.raises(PictureSourceError, match="no colour pictures"):
        measure_detail(str(tiny_model), [])

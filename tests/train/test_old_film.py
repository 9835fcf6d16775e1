"""Ageing of lightness: nothing unasked, what was asked, and never out of range."""

import numpy as np
import pytest
from skimage import data as photos
from skimage.color import rgb2lab

from train.old_film import OldFilm, age


@pytest.fixture(scope="module")
def lightness():
    pictures = [photos.coffee()[:128, :128], photos.chelsea()[:128, :128]] * 8
    return (rgb2lab(np.stack(pictures))[..., :1] / 50 - 1).astype(np.float32)


def rng():
    return np.random.default_rng(5)


def test_nothing_is_done_unasked(lightness):
    assert np.array_equal(age(lightness, OldFilm(), rng()), lightness)


def test_the_same_chance_gives_the_same_film(lightness):
    film = OldFilm(fading=0.3, blur=1.5, grain=6)
    before = lightness.copy()
    assert np.array_equal(age(lightness, film, rng()), age(lightness, film, rng()))
    assert np.array_equal(lightness, before)
    assert age(lightness, film, rng()).dtype == np.float32


def test_fading_takes_contrast_up_to_its_share(lightness):
    faded = age(lightness, OldFilm(fading=0.5), rng())
    kept = faded.std(axis=(1, 2, 3)) / lightness.std(axis=(1, 2, 3))
    assert kept.min() > 0.499
    assert kept.max() < 1.001
    assert kept.min() < 0.6 < 0.9 < kept.max()


def test_blur_takes_detail_and_keeps_the_mean(lightness):
    blurred = age(lightness, OldFilm(blur=2), rng())
    detail = lambda x: np.abs(np.diff(x, axis=1)).mean()  # noqa: E731
    assert detail(blurred) < 0.8 * detail(lightness)
    assert np.abs(blurred.mean(axis=(1, 2)) - lightness.mean(axis=(1, 2))).max() < 0.02


def test_grain_is_as_strong_as_said(lightness):
    middle = np.zeros_like(lightness)
    grain = age(middle, OldFilm(grain=6), rng()).std(axis=(1, 2, 3)) * 50
    assert 3 < grain.max() <= 6.01
    assert grain.min() < 3


def test_the_result_stays_in_range(lightness):
    aged = age(np.sign(lightness), OldFilm(fading=0.3, blur=2, grain=20), rng())
    assert aged.min() >= -1
    assert aged.max() <= 1

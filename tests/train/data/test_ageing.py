"""Ageing of lightness: nothing unasked, what was asked, and never out of range."""

import numpy as np
import pytest
import torch
from skimage import data as photos
from skimage.color import rgb2lab

from train.data.ageing import film_lightness, without_colour
from train.data.old_film import AS_IT_IS, REAL_FILM, OldFilm


@pytest.fixture(scope="module")
def pictures():
    """uint8 [32, 128, 128, 3]."""
    return np.stack([photos.coffee()[:128, :128], photos.chelsea()[:128, :128]] * 16)


@pytest.fixture(scope="module")
def linear(pictures):
    """float32 [32, 3, 128, 128], linear RGB."""
    encoded = pictures / 255
    light = np.where(encoded > 0.04045, ((encoded + 0.055) / 1.055) ** 2.4, encoded / 12.92)
    return torch.from_numpy(light.transpose(0, 3, 1, 2).astype(np.float32))


@pytest.fixture(scope="module")
def plain(pictures):
    return torch.from_numpy(rgb2lab(pictures)[..., 0].astype(np.float32))[:, None]


def aged(linear, film, seed=5):
    return film_lightness(linear, film, torch.Generator().manual_seed(seed))


def test_nothing_is_done_unasked(linear, plain):
    assert (aged(linear, AS_IT_IS) - plain).abs().max() < 0.02
    # A share alone has nothing to do.
    assert (aged(linear, OldFilm(share=1)) - plain).abs().max() < 0.02


def test_the_same_chance_gives_the_same_film(linear):
    before = linear.clone()
    assert torch.equal(aged(linear, REAL_FILM), aged(linear, REAL_FILM))
    assert not torch.equal(aged(linear, REAL_FILM), aged(linear, REAL_FILM, seed=6))
    assert torch.equal(linear, before)


def test_a_quarter_stays_as_it_is(linear, plain):
    untouched = sum(
        int(((aged(linear, REAL_FILM, seed) - plain).abs().amax(dim=(1, 2, 3)) < 0.02).sum())
        for seed in range(8)
    )
    assert 0.15 < untouched / (8 * 32) < 0.35


def test_all_of_it_stays_within_the_range(linear):
    for seed in range(4):
        light = aged(linear, REAL_FILM, seed)
        assert torch.isfinite(light).all()
        assert 0 <= light.min() <= light.max() <= 100


def test_orthochromatic_film_sees_no_red_and_much_blue():
    colours = torch.zeros(32, 3, 32, 32)
    colours[:, 0] = 0.5  # red
    red = aged(colours, OldFilm(share=1, spectral=1)).mean(dim=(1, 2, 3))
    blue = aged(colours.flip(1), OldFilm(share=1, spectral=1)).mean(dim=(1, 2, 3))
    # Half of them are seen by such film alone; CIE L* of a tenth of the light that luma sees.
    panchromatic = rgb2lab(np.float32([[[0.7354, 0, 0]]]))[0, 0, 0]
    assert (red < panchromatic + 0.1).all()
    assert (red < 30).sum() >= 12
    assert (blue > 60).sum() >= 12


def test_white_stays_white_for_every_film():
    white = torch.ones(16, 3, 32, 32)
    assert (aged(white, OldFilm(share=1, spectral=1)) - 100).abs().max() < 0.01


def test_fading_takes_contrast_up_to_its_share(linear, plain):
    faded = aged(linear, OldFilm(share=1, fading=0.5))
    kept = faded.std(dim=(1, 2, 3)) / plain.std(dim=(1, 2, 3))
    assert kept.min() > 0.499
    assert kept.max() < 1.001
    assert kept.min() < 0.6 < 0.9 < kept.max()


def test_blur_takes_detail_and_keeps_the_mean(linear, plain):
    blurred = aged(linear, OldFilm(share=1, blur=2))

    def detail(x):
        return (x[..., 1:] - x[..., :-1]).abs().mean()

    assert detail(blurred) < 0.8 * detail(plain)
    assert (blurred.mean(dim=(2, 3)) - plain.mean(dim=(2, 3))).abs().max() < 1


def test_grain_is_as_strong_as_said():
    middle = torch.full((32, 3, 96, 96), 0.2)
    grain = aged(middle, OldFilm(share=1, grain=6)).std(dim=(1, 2, 3))
    assert grain.max() < 6.1
    assert grain.max() > 4
    assert grain.min() < 2


def test_dust_lies_on_its_share_and_on_few_pixels():
    middle = torch.full((200, 3, 64, 64), 0.2)
    light = aged(middle, OldFilm(share=1, dust=0.3))
    hurt = ((light - light.flatten(1).median(dim=1).values.view(-1, 1, 1, 1)).abs() > 1).float()
    share = hurt.mean(dim=(1, 2, 3))
    assert 0.2 < (share > 0).float().mean() < 0.4
    assert share.max() < 0.1


def colourless(film, count=400):
    light = torch.full((count, 1, 32, 32), 50.0)
    light[..., ::3] = 80
    ab = torch.full((count, 2, 16, 16), 0.3)
    return light, *without_colour(light, ab, film, torch.Generator().manual_seed(2))


def test_flat_pictures_have_no_colour_and_nearly_one_tone():
    _, light, ab = colourless(OldFilm(flat=0.25))
    flat = (ab == 0).all(dim=1).all(dim=1).all(dim=1)
    assert 0.18 < flat.float().mean() < 0.32
    assert (ab[~flat] == 0.3).all()
    assert light[flat].std(dim=(1, 2, 3)).max() < 8
    assert light[flat].std(dim=(1, 2, 3)).min() < 0.5
    assert (light.min() >= 0) & (light.max() <= 100)
    # Of every level, black and white among them.
    means = light[flat].mean(dim=(1, 2, 3))
    assert means.min() < 15
    assert means.max() > 85


def test_margins_have_no_colour_and_the_picture_keeps_its_own():
    before, light, ab = colourless(OldFilm(border=0.5))
    bordered = (ab == 0).flatten(1).any(dim=1)
    assert 0.35 < bordered.float().mean() < 0.6
    assert torch.equal(light[~bordered], before[~bordered])
    margin = (ab[:, :1] == 0).repeat_interleave(2, 2).repeat_interleave(2, 3)
    assert torch.equal(light[~margin], before[~margin])
    for plane, outside in zip(light[bordered], margin[bordered], strict=True):
        assert plane[outside].std() < 1e-3
    assert margin[bordered].float().mean(dim=(1, 2, 3)).max() < 0.5

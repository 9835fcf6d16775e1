"""Training batches: crops, the contract's scales, and the same batch for the same step."""

import numpy as np
import pytest
from skimage import color
from skimage import data as photos

from train.data import CropBatches, random_crop, to_network
from train.store import Store


def batches(prepared, **changes):
    options = {"batch_size": 4, "crop_size": 64, "first_step": 0, "steps": 5, "seed": 7}
    return CropBatches(Store(prepared, "train"), **{**options, **changes})


def test_batches_follow_the_contract():
    pictures = np.stack([photos.coffee()[:64, :64], photos.chelsea()[:64, :64]])
    lightness, ab = to_network(pictures)
    assert lightness.shape == (2, 64, 64, 1)
    assert ab.shape == (2, 32, 32, 2)
    assert lightness.dtype == ab.dtype == np.float32
    lab = color.rgb2lab(pictures)
    assert np.abs((lightness[..., 0] + 1) * 50 - lab[..., 0]).max() < 0.02
    cell = lab[1, 10:12, 20:22, 1:].mean(axis=(0, 1))
    assert np.abs(ab[1, 5, 10] * 110 - cell).max() < 0.02


def test_crops_lie_in_the_picture_and_take_at_least_their_share():
    # Every pixel says where it is, so that a crop tells what was cut.
    height, width = 120, 180
    rows, columns = np.mgrid[:height, :width].astype(np.uint8)
    picture = np.dstack([rows, columns, rows])
    rng = np.random.default_rng(0)
    shares, mirrored = [], 0
    for _ in range(300):
        crop = random_crop(picture, 32, rng, min_area=0.35).astype(int)
        mirrored += crop[0, 0, 1] > crop[0, -1, 1]
        # A pixel of the crop is the mean of 1/32 of the side: add that much at the ends.
        tall = (crop[-1, 0, 0] - crop[0, 0, 0]) * 32 / 31
        wide = abs(crop[0, -1, 1] - crop[0, 0, 1]) * 32 / 31
        shares.append(tall * wide / (height * width))
    assert min(shares) > 0.3
    assert max(shares) > 0.9
    assert 100 < mirrored < 200


def test_same_step_gives_the_same_batch_wherever_the_round_began(prepared):
    whole, later = batches(prepared), batches(prepared, first_step=3, steps=2)
    for ours, expected in zip(later[1], whole[4], strict=True):
        assert np.array_equal(ours, expected)
    assert not np.array_equal(whole[0][0], whole[1][0])
    assert not np.array_equal(whole[0][0], batches(prepared, seed=8)[0][0])


def test_every_picture_is_seen_once_in_a_pass(prepared):
    data = batches(prepared)
    total = len(Store(prepared, "train"))
    assert sorted(data._order(0)) == list(range(total))
    assert list(data._order(0)) != list(data._order(1))


@pytest.mark.parametrize("shape", [(96, 96), (96, 144), (40, 300), (32, 32)])
def test_any_shape_gives_a_square(shape):
    picture = np.zeros((*shape, 3), np.uint8)
    crop = random_crop(picture, 64, np.random.default_rng(1))
    assert crop.shape == (64, 64, 3)

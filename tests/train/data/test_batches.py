"""Batches made on a device: OpenCV's crops, scikit-image's Lab, the contract's view, in order."""

import math
from dataclasses import replace
from types import SimpleNamespace

import cv2
import numpy as np
import pytest
import torch
from skimage import color
from skimage import data as photos

from edge_runtime.colour.cielab import lightness
from edge_runtime.model.tone import TONE_VIEW
from train.config import FitConfig
from train.data.ageing import lightness_of
from train.data.batches import Batches, Boxes, Pictures, RoundBatches, half_ab, seen_through
from train.data.keras_batches import KerasBatches
from train.data.old_film import OldFilm
from train.data.store import Store


def store_of(pictures):
    """What `train.data.store.Store` gives, of pictures in memory."""
    entries, offset = [], 0
    for picture in pictures:
        height, width = picture.shape[:2]
        entries.append(SimpleNamespace(offset=offset, height=height, width=width))
        offset += picture.size
    pixels = np.concatenate([picture.ravel() for picture in pictures])
    return SimpleNamespace(entries=entries, pixels=pixels)


@pytest.fixture(scope="module")
def two():
    return [photos.coffee()[:200, :150], photos.chelsea()[:120, :180]]


def boxes(*rows):
    top, left, height, width, flipped = zip(*rows, strict=True)
    numbers = [torch.tensor(values) for values in (top, left, height, width)]
    return Boxes(*numbers, torch.tensor(flipped))


def by_opencv(picture, top, left, height, width, flipped, size):
    crop = picture[top : top + height, left : left + width]
    kind = cv2.INTER_AREA if min(height, width) > size else cv2.INTER_LINEAR
    crop = cv2.resize(crop, (size, size), interpolation=kind)
    return crop[:, ::-1] if flipped else crop


@pytest.mark.parametrize("make", ["crops", "product_crops"])
def test_crops_are_those_of_opencv(two, make):
    """Shrinking, growing, the whole picture, its last corner; on a GPU it is products."""
    rows = [
        (0, 0, 200, 150, False),
        (80, 50, 120, 100, False),
        (3, 5, 40, 31, False),
        (150, 100, 50, 50, False),
        (10, 7, 97, 65, False),
    ]
    pictures = Pictures(store_of(two))
    index = torch.zeros(len(rows), dtype=torch.long)
    made = getattr(pictures, make)(index, boxes(*rows), 64)
    assert made.dtype == torch.float32
    for ours, row in zip(made, rows, strict=True):
        expected = by_opencv(two[0], *row, 64)
        difference = np.abs(ours.permute(1, 2, 0).numpy() - expected)
        assert difference.max() <= 1
        assert difference.mean() < 0.2  # OpenCV grows with weights of 11 bits


def test_both_kinds_of_crops_agree_on_random_boxes(two):
    pictures = Pictures(store_of(two))
    index = torch.arange(2).repeat(40)
    chosen = pictures.boxes(index, torch.Generator().manual_seed(1))
    opencv = pictures.crops(index, chosen, 32)
    products = pictures.product_crops(index, chosen, 32)
    products = torch.where(chosen.flipped[:, None, None, None], products.flip(3), products)
    assert (opencv - products).abs().max() <= 1


def test_boxes_lie_in_the_picture_and_take_at_least_their_share(two):
    pictures = Pictures(store_of(two))
    index = torch.tensor([0, 1]).repeat(500)
    chosen = pictures.boxes(index, torch.Generator().manual_seed(0), min_area=0.35)
    height, width = (torch.tensor([p.shape[i] for p in two])[index] for i in (0, 1))
    assert (chosen.top >= 0).all()
    assert (chosen.left >= 0).all()
    assert (chosen.top + chosen.height <= height).all()
    assert (chosen.left + chosen.width <= width).all()
    share = (chosen.height * chosen.width).float() / (height * width)
    assert 0.33 < share.min() < 0.4
    assert share.max() > 0.95
    aspect = (chosen.height / height) / (chosen.width / width)
    assert aspect.max() < 1.25
    assert 400 < chosen.flipped.sum() < 600
    # The last row and column are reached.
    assert (chosen.top + chosen.height == height).any()


def linear_of(pictures):
    """float32 [N, 3, H, W] of uint8 [N, H, W, 3], by scikit-image's transfer curve."""
    encoded = pictures / 255
    linear = np.where(encoded > 0.04045, ((encoded + 0.055) / 1.055) ** 2.4, encoded / 12.92)
    return torch.from_numpy(linear.transpose(0, 3, 1, 2).astype(np.float32))


def test_lab_is_that_of_scikit_image(two):
    crops = np.stack([picture[:64, :64] for picture in two])
    lab = color.rgb2lab(crops)
    linear = linear_of(crops)
    weights = torch.tensor([0.212671, 0.715160, 0.072169]).view(1, 3, 1, 1)
    light = lightness_of((linear * weights).sum(1))
    assert np.abs(light.numpy() - lab[..., 0]).max() < 0.02
    cells = lab[..., 1:].reshape(2, 32, 2, 32, 2, 2).mean(axis=(2, 4))
    ours = half_ab(linear).permute(0, 2, 3, 1).numpy() * 110
    assert np.abs(ours - cells).max() < 0.03


def test_the_view_is_that_of_the_contract(two):
    crops = [picture[:64, :64] for picture in two] + [np.full((64, 64, 3), 90, np.uint8)]
    light = np.stack([lightness(crop) for crop in crops])
    seen = seen_through(TONE_VIEW, torch.from_numpy(light)[:, None])
    for ours, plane in zip(seen[:, 0].numpy(), light, strict=True):
        assert np.abs(ours - TONE_VIEW.input_of(plane)).max() < 1e-6
    plain = seen_through(None, torch.from_numpy(light)[:, None])
    assert np.abs(plain[:, 0].numpy() - (light / 50 - 1)).max() < 1e-6


def of_store(prepared, extra=None, **changes):
    config = FitConfig(name="x", alpha=0.35, steps=1, batch_size=4, seed=7)
    return Batches(replace(config, **changes), Store(prepared, "train"), extra)


def test_a_batch_is_a_function_of_seed_and_step(prepared):
    film = OldFilm(share=1, grain=5, flat=0.2)
    one, two = of_store(prepared, film=film), of_store(prepared, film=film)
    two.batch(1, 64)
    for ours, theirs in zip(one.batch(5, 64), two.batch(5, 64), strict=True):
        assert torch.equal(ours, theirs)
    assert not torch.equal(one.batch(0, 64)[0], one.batch(1, 64)[0])
    assert not torch.equal(
        one.batch(0, 64)[0], of_store(prepared, film=film, seed=8).batch(0, 64)[0]
    )


def test_every_picture_is_seen_once_in_a_pass(prepared):
    batches = of_store(prepared)
    total = len(Store(prepared, "train"))
    steps = math.lcm(total, 4) // 4
    seen = np.concatenate([batches.chosen(step)[0] for step in range(steps)])
    for first in range(0, len(seen), total):
        assert sorted(seen[first : first + total]) == list(range(total))
    assert list(seen[:total]) != list(seen[total : 2 * total]) or len(seen) == total


def test_extra_pictures_have_their_share(prepared):
    red = np.zeros((100, 100, 3), np.uint8)
    red[..., 0] = 200
    _, ab = of_store(prepared, store_of([red]), batch_size=8, extra_share=0.25).batch(0, 32)
    expected = color.rgb2lab(red[:1, :1])[0, 0, 1:] / 110
    alike = (ab - torch.tensor(expected, dtype=torch.float32).view(1, 2, 1, 1)).abs()
    assert [float(each) < 1e-3 for each in alike.amax(dim=(1, 2, 3))] == [False] * 6 + [True] * 2


def test_the_truth_keeps_a_share_of_its_tint(prepared):
    (seen, ab), (same, less) = (
        of_store(prepared, batch_size=8, tint_share=share).batch(3, 32) for share in (1.0, 0.25)
    )
    tint = ab.mean((2, 3))
    assert tint.abs().max() > 0.01
    assert torch.equal(seen, same)
    torch.testing.assert_close(less.mean((2, 3)), 0.25 * tint)
    torch.testing.assert_close(less.std((2, 3)), ab.std((2, 3)))


def test_keras_gets_the_same_channels_last(prepared):
    round_of = RoundBatches(of_store(prepared), first_step=3, steps=2, crop_size=64)
    keras_batches = KerasBatches(round_of)
    assert len(keras_batches) == 2
    light, ab = keras_batches[1]
    assert (light.shape, ab.shape) == ((4, 64, 64, 1), (4, 32, 32, 2))
    assert np.array_equal(light[..., 0], round_of[1][0][:, 0].numpy())
    assert np.array_equal(ab, round_of[1][1].permute(0, 2, 3, 1).numpy())

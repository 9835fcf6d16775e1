"""The loss on val against one by hand."""

import keras
import numpy as np
import pytest
from skimage import color
from skimage import data as photos

from edge_runtime.model.tone import TONE_VIEW
from train.config import FitConfig
from train.fit.val_loss import ValLoss
from train.measure.evaluate import network_input

CONFIG = FitConfig(name="x", alpha=0.35, steps=1, loss="l1", val_size=64)

# Of unlike shapes; the squares in their middles are whole multiples of 64 px.
PICTURES = [photos.astronaut()[:256, 20:340], photos.coffee()[40:168, :128]] * 5


def true_ab(picture):
    """a*, b* / 110 of the middle, 32 x 32."""
    height, width = picture.shape[:2]
    side = min(height, width)
    top, left = (height - side) // 2, (width - side) // 2
    square = picture[top : top + side, left : left + side].astype(float)
    cells = square.reshape(64, side // 64, 64, side // 64, 3).mean(axis=(1, 3))
    lab = color.rgb2lab(np.round(cells) / 255)
    return lab[..., 1:].reshape(32, 2, 32, 2, 2).mean(axis=(1, 3)) / 110


def network_of(weight):
    """ab is the lightness that it sees times `weight`, the mean of 2 x 2."""
    start = keras.Input((64, 64, 1))
    small = keras.layers.AveragePooling2D(2)(start)
    out = keras.layers.Conv2D(2, 1, use_bias=False, kernel_initializer="ones")(small)
    model = keras.Model(start, out)
    model.set_weights([np.full((1, 1, 1, 2), weight, np.float32)])
    return model


def test_no_colour_misses_by_all_of_it():
    loss = ValLoss(CONFIG, network_of(0.0), PICTURES, None)()
    expected = np.mean([np.abs(true_ab(picture)).mean() for picture in PICTURES])
    assert loss == pytest.approx(expected, rel=2e-3)


def test_the_network_sees_through_its_view():
    picture = photos.astronaut()[:256, :256]
    seen = network_input(picture, 64, TONE_VIEW).reshape(32, 2, 32, 2).mean(axis=(1, 3))
    loss = ValLoss(CONFIG, network_of(1.0), [picture], TONE_VIEW)()
    assert loss == pytest.approx(np.abs(seen[..., None] - true_ab(picture)).mean(), rel=2e-3)

"""The losses of how a picture looks, against scikit-image, Keras and NumPy."""

import keras
import numpy as np
import pytest
import torch
from skimage import color
from skimage import data as photos

from train.errors import WeightsError
from train.fit.vivid import Vgg16, colourfulness, rgb_of
from train.measure.metrics import colourfulness as colourfulness_of_uint8

WIDTHS = {1: (8, 8), 2: (12, 12), 3: (16, 16, 16)}


@pytest.fixture(scope="module")
def pictures():
    """uint8 [2, 32, 32, 3]."""
    return np.stack([photos.coffee()[100:132, 200:232], photos.chelsea()[60:92, 90:122]])


@pytest.fixture(scope="module")
def weights(tmp_path_factory):
    """Of a VGG16 with few channels."""
    rng = np.random.default_rng(0)
    values, channels = {}, 3
    for block, widths in WIDTHS.items():
        for place, width in enumerate(widths, 1):
            kernel = rng.normal(0, (2 / (9 * channels)) ** 0.5, (3, 3, channels, width))
            values[f"block{block}_conv{place}/kernel"] = kernel.astype(np.float16)
            values[f"block{block}_conv{place}/bias"] = rng.normal(0, 1, width).astype(np.float32)
            channels = width
    file = tmp_path_factory.mktemp("vgg") / "vgg.npz"
    np.savez(file, **values)
    return file


def first(values):
    return torch.from_numpy(np.ascontiguousarray(np.moveaxis(values, -1, 1)).astype(np.float32))


def test_rgb_is_that_of_scikit_image(pictures):
    lab = color.rgb2lab(pictures)
    rgb = rgb_of(first(lab[..., :1]), first(lab[..., 1:] / 110))
    assert np.abs(rgb.numpy() * 255 - np.moveaxis(pictures, -1, 1)).max() < 0.5


def test_gradients_reach_ab_from_black_white_and_beyond_the_gamut():
    ab = torch.tensor([0.0, 0.9, -0.9]).view(1, 1, 1, 3).repeat(1, 2, 3, 1).requires_grad_()
    lightness = torch.tensor([0.0, 50.0, 100.0]).view(1, 1, 3, 1).expand(1, 1, 3, 3)
    rgb = rgb_of(lightness, ab)
    (rgb.sum() + colourfulness(rgb).sum()).backward()
    assert torch.isfinite(ab.grad).all()
    assert 0 <= rgb.min() <= rgb.max() <= 1


def test_colourfulness_is_that_of_the_scores(pictures):
    ours = colourfulness(first(pictures) / 255)
    expected = [colourfulness_of_uint8(picture) for picture in pictures]
    assert np.allclose(ours.numpy(), expected, rtol=1e-3)


def test_features_are_those_that_keras_computes(pictures, weights):
    ours = Vgg16(weights)(first(pictures) / 255)
    x = keras.ops.convert_to_tensor(
        pictures[..., ::-1].astype(np.float32) - np.float32([103.939, 116.779, 123.68])
    )
    values = np.load(weights)
    for block, widths in WIDTHS.items():
        if block > 1:
            x = keras.ops.max_pool(x, 2, 2)
        for place in range(1, len(widths) + 1):
            name = f"block{block}_conv{place}"
            kernel = values[f"{name}/kernel"].astype(np.float32)
            bias = keras.ops.convert_to_tensor(values[f"{name}/bias"])
            x = keras.ops.relu(keras.ops.conv(x, kernel, padding="same") + bias)
        expected = keras.ops.convert_to_numpy(x)
        own = ours[block - 1].permute(0, 2, 3, 1).numpy()
        assert np.abs(own - expected).max() < 1e-3 * np.abs(expected).max()


def test_distance_is_none_for_equal_pictures_and_grows_as_colour_goes(pictures, weights):
    network = Vgg16(weights)
    true = first(pictures) / 255
    grey = true.mean(1, keepdim=True).expand_as(true)
    half = (true + grey) / 2
    assert network.distance(true, true).abs().max() == 0
    assert (network.distance(true, half) < network.distance(true, grey)).all()
    assert (network.distance(true, half) > 0).all()


def test_what_is_no_vgg16_is_one_sentence(tmp_path):
    np.savez(tmp_path / "other.npz", a=np.zeros(3))
    (tmp_path / "text.npz").write_text("no")
    for name in ("other.npz", "text.npz", "none.npz"):
        with pytest.raises(WeightsError, match="does not hold VGG16"):
            Vgg16(tmp_path / name)

"""The SqueezeNet feature distance against the same network and formula in torch."""

import keras
import numpy as np
import pytest
import torch
from torch.nn import functional

from benchmarks.feature_distance import FeatureDistance
from benchmarks.squeezenet import load_squeezenet
from train.errors import WeightsError

SIDE = 64

# Channels: squeezed and expanded, of fire2 to fire9.
FIRES = [(16, 64), (16, 64), (32, 128), (32, 128), (48, 192), (48, 192), (64, 256), (64, 256)]


@pytest.fixture(scope="module")
def weights(tmp_path_factory):
    """Random numbers in the layers of SqueezeNet 1.1: the list, and a file of them."""
    rng = np.random.default_rng(0)

    def layer(side, inside, outside):
        scale = np.sqrt(2 / (side * side * inside))
        kernel = rng.normal(0, scale, (side, side, inside, outside)).astype(np.float32)
        return [kernel, rng.normal(0, 0.1, outside).astype(np.float32)]

    values, channels = layer(3, 3, 64), 64
    for squeeze, expand in FIRES:
        values += layer(1, channels, squeeze)
        values += layer(1, squeeze, expand) + layer(3, squeeze, expand)
        channels = 2 * expand
    # Filled in the order of the published file: squeeze, expand 1x1, expand 3x3.
    x = image = keras.Input((SIDE, SIDE, 3))
    x = keras.layers.Conv2D(64, 3, strides=2)(x)
    convolutions = [3]
    for number, (squeeze, expand) in enumerate(FIRES):
        if number in (0, 2, 4):
            x = keras.layers.MaxPooling2D(3, strides=2)(x)
        x = keras.layers.Conv2D(squeeze, 1)(x)
        one = keras.layers.Conv2D(expand, 1)(x)
        three = keras.layers.Conv2D(expand, 3, padding="same")(x)
        x = keras.layers.Concatenate()([one, three])
        convolutions += [1, 1, 3]
    network = keras.Model(image, x)
    network.set_weights(values)
    file = tmp_path_factory.mktemp("squeezenet") / "random.weights.h5"
    network.save_weights(file)
    return values, file


def torch_distance(values, true, ours):
    """LPIPS for `lpips=False`, written anew."""
    mean = np.array([103.939, 116.779, 123.68])
    layers = iter(
        (torch.tensor(kernel).permute(3, 2, 0, 1), torch.tensor(bias))
        for kernel, bias in zip(values[::2], values[1::2], strict=True)
    )

    def convolve(x, **options):
        kernel, bias = next(layers)
        return functional.relu(functional.conv2d(x, kernel, bias, **options))

    batch = np.stack([true, ours])[..., ::-1] - mean
    x = convolve(torch.tensor(batch.astype(np.float32)).permute(0, 3, 1, 2), stride=2)
    taps = [x]
    for number in range(8):
        if number in (0, 2, 4):
            x = functional.max_pool2d(x, 3, 2)
        x = convolve(x)
        # One after the other: the layers come in order.
        one = convolve(x)
        three = convolve(x, padding=1)
        x = torch.cat([one, three], dim=1)
        if number in (1, 3, 4, 5, 6, 7):
            taps.append(x)
    total = 0.0
    for tap in taps:
        unit = tap / tap.norm(dim=1, keepdim=True)
        total += ((unit[0] - unit[1]) ** 2).sum(dim=0).mean().item()
    return total


def test_distance_equals_the_same_formula_in_torch(weights):
    values, file = weights
    rng = np.random.default_rng(1)
    true = rng.integers(0, 256, (SIDE, SIDE, 3)).astype(np.uint8)
    ours = np.stack([true, true // 2, true[::-1], np.full_like(true, 128)])
    found = FeatureDistance(file, SIDE)(true, ours)
    assert found.shape == (4,)
    assert found[0] == 0
    expected = [torch_distance(values, true, picture) for picture in ours[1:]]
    np.testing.assert_allclose(found[1:], expected, rtol=1e-3)
    assert 0 < found[1] < found[2]


def test_taps_are_those_of_lpips(weights):
    model = load_squeezenet(keras, weights[1], 224)
    shapes = [tuple(output.shape[1:]) for output in model.outputs]
    assert shapes == [
        (111, 111, 64),
        (55, 55, 128),
        (27, 27, 256),
        (13, 13, 384),
        (13, 13, 384),
        (13, 13, 512),
        (13, 13, 512),
    ]


def test_a_missing_file_is_refused(tmp_path):
    with pytest.raises(WeightsError, match="does not fit"):
        FeatureDistance(tmp_path / "missing.weights.h5", SIDE)

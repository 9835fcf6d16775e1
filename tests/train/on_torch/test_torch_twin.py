"""The torch twin of a Keras network: the same answers, the same weights, the same training."""

import keras
import numpy as np
import pytest
import torch

from train.errors import ConfigError
from train.fit.seed import set_seed
from train.networks.pix2pix_mobilenetv2 import build_generator
from train.networks.registry import NETWORKS
from train.networks.torch_twin import TorchTwin


@pytest.fixture(scope="module")
def generator():
    set_seed(3)
    model = build_generator(keras, alpha=0.35, input_size=64)
    rng = np.random.default_rng(3)
    # BatchNorm as it is after training, not ones and zeros; variances are positive.
    model.set_weights([w + np.abs(rng.normal(0, 0.1, w.shape)) for w in model.get_weights()])
    return model


@pytest.fixture
def lightness():
    return np.random.default_rng(1).uniform(-1, 1, (3, 64, 64, 1)).astype(np.float32)


def through(twin, lightness):
    ab = twin(torch.from_numpy(lightness).permute(0, 3, 1, 2))
    return ab.permute(0, 2, 3, 1).detach().numpy()


def test_it_answers_as_keras_does(generator, lightness):
    expected = keras.ops.convert_to_numpy(generator(lightness, training=False))
    with torch.no_grad():
        ours = through(TorchTwin(generator).eval(), lightness)
    assert np.abs(expected).max() > 0.01
    assert np.abs(ours - expected).max() < 1e-5 * max(1, np.abs(expected).max())


def test_it_answers_as_keras_does_in_training(generator, lightness):
    before = generator.get_weights()
    expected = keras.ops.convert_to_numpy(generator(lightness, training=True))
    keras_after = generator.get_weights()
    generator.set_weights(before)
    twin = TorchTwin(generator)
    ours = through(twin, lightness)
    assert np.abs(ours - expected).max() < 1e-3 * max(1, np.abs(expected).max())
    names = [weight.path for weight in generator.weights]
    every = zip(names, before, twin.to_keras(twin.tensors()), keras_after, strict=True)
    for name, old, own, theirs in every:
        if not name.endswith("moving_variance"):
            assert np.abs(own - theirs).max() < 1e-3 * max(1, np.abs(theirs).max()), name
            continue
        # What this batch brings in: torch takes the unbiased variance, of 12 values or more.
        kept = 0.99 if name.startswith("decoder") else 0.999
        ratio = (own - kept * old) / (theirs - kept * old)
        assert ratio.min() > 0.98, name
        assert ratio.max() < 1.02 * 12 / 11, name


@pytest.mark.parametrize("name", [name for name in NETWORKS if NETWORKS[name].torch_twin])
def test_every_network_that_has_a_twin_answers_as_it(name, lightness):
    set_seed(4)
    model = NETWORKS[name].build(keras, input_size=64)
    expected = keras.ops.convert_to_numpy(model(lightness, training=False))
    twin = TorchTwin(model)
    with torch.no_grad():
        ours = through(twin.eval(), lightness)
    assert np.abs(expected).max() > 0
    assert np.abs(ours - expected).max() < 1e-4 * min(1, np.abs(expected).max())
    for own, theirs in zip(twin.to_keras(twin.tensors()), model.get_weights(), strict=True):
        assert np.array_equal(own, theirs)


def test_networks_without_a_twin_are_known():
    assert {name for name in NETWORKS if not NETWORKS[name].torch_twin} == {
        "ab_classifier",
        "inception_fusion",
    }


def test_weights_come_back_as_they_went_in(generator):
    twin = TorchTwin(generator)
    for ours, expected in zip(twin.to_keras(twin.tensors()), generator.get_weights(), strict=True):
        assert np.array_equal(ours, expected)


def test_other_sizes_go_through(generator):
    with torch.no_grad():
        assert TorchTwin(generator)(torch.zeros(2, 1, 96, 96)).shape == (2, 2, 48, 48)


def test_frozen_layers_stay_and_the_others_move(generator, lightness):
    twin = TorchTwin(generator, frozen_to="block_2_add")
    optimizer = torch.optim.SGD([p for p in twin.parameters() if p.requires_grad], 0.1)
    twin(torch.from_numpy(lightness).permute(0, 3, 1, 2)).square().mean().backward()
    optimizer.step()
    names = [weight.path for weight in generator.weights]
    last = max(i for i, name in enumerate(names) if name.startswith("block_2_"))
    pairs = zip(names, twin.to_keras(twin.tensors()), generator.get_weights(), strict=True)
    moved = {name: not np.array_equal(ours, old) for name, ours, old in pairs}
    assert not any(moved[name] for name in names[: last + 1])
    assert moved["block_4_expand/kernel"]
    assert moved["block_4_expand_BN/moving_mean"]
    assert moved["ab/kernel"]


def test_what_has_no_twin_is_refused(generator):
    picture = keras.Input((8, 8, 1))
    other = keras.Model(picture, keras.layers.Softmax(name="likely")(picture))
    with pytest.raises(ConfigError, match="likely: torch has no twin of a Softmax"):
        TorchTwin(other)
    other = keras.Model(picture, keras.layers.Conv2D(2, 1, activation="gelu", name="c")(picture))
    with pytest.raises(ConfigError, match="c: torch has no twin of gelu"):
        TorchTwin(other)
    with pytest.raises(ConfigError, match="no layer 'block_99'"):
        TorchTwin(generator, frozen_to="block_99")

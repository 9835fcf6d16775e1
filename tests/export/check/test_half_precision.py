"""Half precision: what is computed is IEEE's binary16, and an overflow is found wherever it is."""

from pathlib import Path

import keras
import numpy as np
import pytest
import tensorflow as tf

from edge_runtime.model.contract import AB_SCALE
from edge_runtime.model.shipped import shipped_names
from export.check.extreme_inputs import extreme_inputs
from export.check.half_precision import check_half_precision, half_network
from train.networks.load import build_network, load_generator

WEIGHTS = Path(__file__).parents[3] / "weights"
layers = keras.layers


def judged(model):
    return check_half_precision(model, extreme_inputs(model.input_shape[1]))


def network(*steps):
    """Layers one after the other, on lightness [1, 16, 16, 1]."""
    x = lightness = layers.Input((16, 16, 1), name="lightness")
    for step in steps:
        x = step(x)
    return keras.Model(lightness, x)


def conv(weights, name, bias=0, **options):
    """A convolution by a kernel [1, 1, I, O]."""
    kernel = np.float32(weights)[None, None]
    made = layers.Conv2D(kernel.shape[-1], 1, name=name, **options)
    made.build((None, 16, 16, kernel.shape[-2]))
    made.set_weights([kernel, np.full(kernel.shape[-1], bias, np.float32)])
    return made


def test_numpys_halves_are_as_far_off():
    """Also of a layer that asks for float32, as a GPU asks nothing of layers."""
    weights = np.float32([[0.3, -0.7]])
    result = judged(network(conv(weights, "ab", dtype="float32")))
    for name, lightness in extreme_inputs(16).items():
        exact = lightness[..., None] * weights[0]
        halves = lightness[..., None].astype(np.float16) * weights[0].astype(np.float16)
        expected = np.sqrt(np.mean((halves.astype(np.float64) - exact) ** 2)) * AB_SCALE
        assert expected > 0
        assert result.figures["rms_ab"][name] == pytest.approx(expected, abs=1e-5)
    assert result.status == "pass"


def hidden(hot):
    """In float32 all is well: 1e5 and more, cut to 6, brought back to 0.3."""
    return network(hot, layers.ReLU(6.0), conv([[0.05, 0.05]], "ab"))


def inside(model):
    """The same as one layer of another model."""
    return network(model)


@pytest.mark.parametrize(
    "model",
    [
        lambda: hidden(conv([[1e5]], "hot")),
        lambda: hidden(conv([[1e5]], "hot", activation="relu6")),
        lambda: hidden(conv([[1e5]], "hot", activation="tanh")),
        lambda: inside(hidden(conv([[1e5]], "hot"))),
        lambda: network(conv([[1e5]], "hot"), conv([[1e-5, 1e-5]], "ab")),
    ],
    ids=["behind ReLU6", "in a fused ReLU6", "in a fused tanh", "in a model inside", "in sight"],
)
def test_an_overflow_is_named(model):
    result = judged(model())
    assert result.status == "fail"
    assert result.detail == "overflow at hot on black: half precision ends at 65504"
    assert result.figures["peak"] is None


def test_a_sum_that_overflows_in_both_directions_is_no_number_and_found():
    def difference(x):
        return layers.Subtract(name="odd")([conv([[9e4]], "first")(x), conv([[9e4]], "again")(x)])

    result = judged(network(difference, conv([[1, 1]], "ab")))
    assert (result.status, "overflow at" in result.detail) == ("fail", True)


def test_near_an_overflow():
    result = judged(network(conv([[3e4]], "warm"), conv([[1e-5, 1e-5]], "ab")))
    assert result.status == "fail"
    assert "warm reaches 30000 on black, more than 16376" in result.detail
    assert judged(network(conv([[1e4]], "warm"), conv([[1e-5, 1e-5]], "ab"))).status == "pass"


def test_digits_that_are_lost():
    """Halves near 4000 are 2 apart: what is added and taken away again does not come back."""
    result = judged(network(conv([[0.3, 0.2]], "up", 4000), conv(np.eye(2), "ab", -4000)))
    assert result.status == "fail"
    assert "units of ab off (" in result.detail
    assert "more than" in result.detail


def test_strong_colours_may_be_off_by_a_tenth():
    """Halves near 100 are 1/16 apart: a root mean square of 2 units, of colours of 60 and more."""
    result = judged(network(conv([[1, 0.9]], "up", 100), conv(np.eye(2), "ab", -100)))
    assert result.status == "pass"
    assert result.figures["rms_ab"]["noise"] == pytest.approx(110 / 16 / np.sqrt(12), rel=0.1)


@pytest.mark.parametrize("kind", ["whole", "depthwise"])
def test_a_norm_is_one_with_its_convolution(kind):
    """As in a file: what the norm takes back cannot overflow before it."""
    bias = {"use_bias": kind == "whole", "bias_initializer": "ones"}
    if kind == "whole":
        made = layers.Conv2D(4, 1, name="odd", **bias)
    else:
        made = layers.DepthwiseConv2D(1, depth_multiplier=2, name="odd", **bias)
    norm = layers.BatchNormalization(name="norm")
    model = network(conv([[1, -2]], "seen"), made, norm, conv(np.ones((4, 2)), "ab"))
    rng = np.random.default_rng(3)
    size = made.get_weights()[0].shape
    made.set_weights([rng.uniform(1e5, 2e5, size), *made.get_weights()[1:]])
    gamma, beta, mean = rng.uniform(0.1, 1, (3, 4))
    norm.set_weights([gamma, beta, mean * 1e5, np.full(4, 1e11)])
    result = judged(model)
    assert result.status == "pass", result.detail
    assert max(result.figures["rms_ab"].values()) < 0.5


def test_a_norm_that_follows_an_activation_stays():
    made = conv([[1e5]], "hot", activation="relu6")
    norm = layers.BatchNormalization(name="norm")
    result = judged(network(made, norm, conv([[0.1, 0.1]], "ab")))
    assert result.detail.startswith("overflow at hot on ")


class Beta(layers.Layer):
    """TensorFlow has it in float32 and float64."""

    def call(self, x):
        return tf.math.betainc(x, x, x)


def test_what_cannot_be_computed_is_not_passed():
    result = judged(network(conv([[1, 1]], "ab"), Beta()))
    assert (result.status, "Beta.call()" in result.detail) == ("skipped", True)


def test_all_layers_are_seen_and_the_network_stays_as_it_was():
    lightness = layers.Input((16, 16, 1), name="lightness")
    first = conv([[1, 2]], "first")(lightness)
    norm = layers.BatchNormalization(name="norm")(first)
    twice = layers.Concatenate(name="twice")([norm, layers.Softmax(name="softmax")(first)])
    ab = network(layers.MaxPooling2D(name="pool"), conv([[1, 2]], "inside"))
    model = keras.Model(lightness, ab(layers.Conv2D(1, 1, name="one")(twice)))
    copy, seen = half_network(model)
    names = {"first", "norm", "softmax", "twice", "one", "pool", "inside", ab.name}
    assert {each.layer for each in seen} == names
    assert {layer.compute_dtype for layer in model.layers} == {"float32"}
    for ours, theirs in zip(copy.get_weights(), model.get_weights(), strict=True):
        np.testing.assert_array_equal(ours, theirs)


@pytest.mark.parametrize("name", shipped_names())
def test_the_shipped_networks_keep_their_colours(name):
    result = judged(load_generator(WEIGHTS / name))
    assert result.status == "pass", result.detail


@pytest.mark.parametrize(
    "name",
    [
        "baseline_cnn",
        "ab_classifier",
        pytest.param("inception_fusion", marks=pytest.mark.slow),
        pytest.param("pix2pix_densenet121", marks=pytest.mark.slow),
    ],
)
def test_the_other_networks(name):
    keras.utils.set_random_seed(1)
    size = 80 if name == "inception_fusion" else 32
    _, model = build_network(keras, network=name, alpha=None, input_size=size)
    result = judged(model)
    assert result.status == "pass", result.detail

"""Networks that do not end in a linear 1x1 head: a 3x3 one with tanh, and a classifier's."""

import keras
import numpy as np
import pytest
from ai_edge_litert.interpreter import Interpreter

from export.convert import FloatModel
from export.recipes import RECIPES
from train.data.open_pictures import TruePictures
from train.measure.evaluate import network_input
from train.measure.open_networks import keras_network
from train.networks.ab_bins import AB_BINS
from train.networks.ab_classifier import with_annealed_mean
from train.networks.baseline_cnn import build_baseline_cnn

SIZE = 32


@pytest.fixture(scope="module")
def inputs(pictures):
    return [network_input(picture, SIZE, None) for picture in TruePictures(str(pictures))]


def plain():
    model = build_baseline_cnn(keras, input_size=SIZE)
    head = model.get_layer("ab")
    kernel, bias = head.get_weights()
    head.set_weights([0.5 * kernel, bias + np.array([0.1, -0.1])])  # within tanh's slope
    return model


def classifier():
    """A small one, its logits as uneven as a trained one's, rare colours less likely."""
    layers = keras.layers
    lightness = layers.Input((SIZE, SIZE, 1), name="lightness")
    x = lightness
    for number, stride in enumerate((2, 1, 2, 1)):
        x = layers.Conv2D(
            16,
            3,
            strides=stride,
            padding="same",
            kernel_initializer="he_normal",
            name=f"conv{number}",
        )(x)
        x = layers.ReLU(name=f"conv{number}_relu")(x)
    head = layers.Conv2D(len(AB_BINS), 1, name="logits")
    model = keras.Model(lightness, head(x), name="small_classifier")
    kernel, bias = head.get_weights()
    head.set_weights([8 * kernel, bias - np.square(AB_BINS).sum(axis=1) / (2 * 30**2)])
    return with_annealed_mean(keras, model)


def through(model, inputs):
    interpreter = Interpreter(model_content=model)
    interpreter.allocate_tensors()
    network = interpreter.get_signature_runner("serving_default")
    return np.stack([network(lightness=x[None, :, :, None])["ab"][0] for x in inputs])


@pytest.mark.parametrize("build", [plain, classifier])
def test_they_keep_their_colours(build, inputs):
    keras.utils.set_random_seed(7)
    model = build()
    float_model = FloatModel(model)
    expected = np.stack([keras_network(model)(x) for x in inputs[150:]])
    assert expected.std(axis=(0, 1, 2)).min() * 110 > 1, "the test's network colours nothing"
    for recipe, most, scale in (("fp32", 0.02, 0.001), ("int8_ptq", 3.0, 0.05)):
        ours = through(RECIPES[recipe](float_model, inputs[:150]), inputs[150:])
        assert 110 * np.sqrt(np.square(ours - expected).mean()) < most
        assert (ours * expected).sum() / np.square(expected).sum() == pytest.approx(1, abs=scale)

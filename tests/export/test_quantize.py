"""Rounding a float `.tflite`: what joins gets one scale, known ranges are taken."""

from collections import Counter

import keras
import numpy as np
import pytest
from ai_edge_litert.interpreter import Interpreter

from export.convert import FloatModel
from export.errors import ExportError
from export.quantize import quantized

SIZE = 32


@pytest.fixture(scope="module")
def float_model():
    """Two branches of very different ranges, joined; one of them is used elsewhere as well."""
    keras.utils.set_random_seed(1)
    layers = keras.layers
    lightness = layers.Input((SIZE, SIZE, 1), name="lightness")
    x = layers.Conv2D(4, 3, padding="same", activation="relu", name="first")(lightness)
    low = layers.Conv2D(4, 3, strides=2, padding="same", activation="relu", name="low")(x)
    up = layers.UpSampling2D(2, interpolation="bilinear", name="up")(low)
    skip = layers.Conv2D(4, 1, activation="relu", name="skip")(x)
    twice = layers.Conv2D(4, 1, activation="relu", name="twice")(x)
    x = layers.Concatenate(name="concat")([up, skip, twice])
    x = layers.Conv2D(4, 1, activation="relu", name="mix")(x)
    x = layers.Add(name="add")([x, twice])
    model = keras.Model(lightness, layers.Conv2D(2, 1, name="ab")(x), name="joined")
    for name, scale in (("low", 9), ("skip", 1), ("twice", 3)):
        layer = model.get_layer(name)
        layer.set_weights([scale * weight for weight in layer.get_weights()])
    return FloatModel(model).convert()


@pytest.fixture(scope="module")
def inputs():
    return list(np.random.default_rng(0).uniform(-1, 1, (40, SIZE, SIZE)).astype(np.float32))


def scales(model):
    interpreter = Interpreter(model_content=model)
    interpreter.allocate_tensors()
    found = {}
    for detail in interpreter.get_tensor_details():
        layer = detail["name"].split(";")[0].split("/")
        if detail["dtype"] == np.int8 and detail["shape"][0] == 1:  # no kernel
            found.setdefault(layer[1] if len(layer) > 1 else layer[0], detail["quantization"][0])
    return found, Counter(op["op_name"] for op in interpreter._get_ops_details())


def test_what_is_joined_shares_a_scale(float_model, inputs):
    found, operators = scales(quantized(float_model, inputs))
    names = {name.removesuffix("_1"): scale for name, scale in found.items()}
    assert names["low"] == names["up"] == names["skip"] == names["concat"]
    assert names["twice"] != names["concat"]
    # The input, and `twice` on its way into the other scale.
    assert (operators["QUANTIZE"], operators["DEQUANTIZE"]) == (2, 1)


def test_known_ranges_are_taken(float_model, inputs):
    found, _ = scales(quantized(float_model, inputs, {"mix": (0.0, 51.0)}))
    names = {name.removesuffix("_1"): scale for name, scale in found.items()}
    assert names["mix"] == pytest.approx(51 / 255, rel=1e-3)


def test_a_range_of_no_layer(float_model, inputs):
    with pytest.raises(ExportError, match="has no layer nothing"):
        quantized(float_model, inputs[:3], {"nothing": (0, 1)})

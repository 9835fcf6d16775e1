"""From a `.tflite` to `.onnx`: the same numbers, one file for every batch, the contract inside."""

import numpy as np
import onnx
import onnxruntime
import pytest

from edge_runtime.engine.interpreter import InterpreterEngine, Network
from edge_runtime.model.model_file import read_model
from export.errors import ExportError
from export.to_onnx import OPSET, to_onnx

SIZE = 30  # of odd halves: `same` then pads one side only


@pytest.fixture(scope="module")
def integers():
    """The shipped nano, quantization-aware training and all, as ONNX."""
    return to_onnx(read_model("nano").data)


def session(model):
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    options.add_session_config_entry("session.x64quantprecision", "1")
    return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])


def lightness(size, count):
    return np.random.default_rng(4).uniform(-1, 1, (count, 1, size, size)).astype(np.float32)


def test_the_integers_give_the_colours_of_the_tflite(integers):
    ours, litert, inputs = session(integers), Network("nano", 1), lightness(160, 3)
    batch = ours.run(None, {"lightness": inputs})[0]
    assert (batch.shape, batch.dtype) == ((3, 2, 80, 80), np.float32)
    for x, ab in zip(inputs, batch, strict=True):
        expected = litert.run(x[0])
        assert 110 * expected.std() > 1
        # The two round in other places.
        distance = ab.transpose(1, 2, 0) - expected
        assert 110 * np.sqrt(np.square(distance).mean()) < 0.9
        alone = ours.run(None, {"lightness": x[None]})[0][0]
        np.testing.assert_allclose(alone, ab, atol=0.01)


def test_what_a_reader_finds_in_it(integers):
    model = onnx.load_from_string(integers)
    onnx.checker.check_model(model, full_check=True)
    assert [(entry.domain, entry.version) for entry in model.opset_import] == [("", OPSET)]
    kinds = {weights.name: weights.data_type for weights in model.graph.initializer}
    kernels = [node.input[1] for node in model.graph.node if node.op_type == "Conv"]
    assert len(kernels) == 68
    # Two layers stay float, and ONNX Runtime is given no licence to round them after all.
    assert sum(kinds.get(name) == onnx.TensorProto.FLOAT for name in kernels) == 2
    assert "Clip" not in {node.op_type for node in model.graph.node}
    made = {node.output[0]: node for node in model.graph.node}
    for name in kernels:
        if name not in kinds:
            source, scale, zero = made[name].input
            values = {weights.name: weights for weights in model.graph.initializer}
            assert kinds[source] == onnx.TensorProto.INT8
            assert not onnx.numpy_helper.to_array(values[zero]).any()
            assert values[scale].dims[0] == values[source].dims[0]


def test_half_precision_keeps_float_ends(tiny_model):
    data = read_model(tiny_model).data
    ours, litert = session(to_onnx(data, half=True)), Network(tiny_model, 1)
    kinds = {node.op_type for node in onnx.load_from_string(to_onnx(data, half=True)).graph.node}
    assert kinds == {"Cast", "Conv"}
    for x in lightness(64, 2):
        found = ours.run(None, {"lightness": x[None]})[0][0].transpose(1, 2, 0)
        assert found.dtype == np.float32
        np.testing.assert_allclose(found, litert.run(x[0]), atol=2e-3)


def many_layers(keras):
    """Of each operator that a network of ours may have, one."""
    layers = keras.layers
    x = start = layers.Input((SIZE, SIZE, 1), name="lightness")
    x = layers.Conv2D(8, 3, strides=2, padding="same", use_bias=False)(x)
    x = layers.LeakyReLU(0.2)(x)
    x = layers.ZeroPadding2D(((1, 0), (0, 1)))(x)
    x = layers.Conv2D(8, 3, padding="same", dilation_rate=2, activation="relu")(x)
    x = layers.BatchNormalization()(x)
    left = layers.MaxPooling2D(2)(x)
    right = layers.AveragePooling2D(3, strides=2, padding="same")(x)
    x = layers.Concatenate()([left, right])
    x = layers.DepthwiseConv2D(3, padding="same")(x)
    x = layers.ReLU(6.0)(x)
    x = layers.Softmax()(x)
    x = layers.Add()([x, layers.Conv2D(16, 1)(x)])
    x = layers.UpSampling2D(2, interpolation="bilinear")(x)
    x = layers.ReLU()(x)
    return keras.Model(start, layers.Conv2D(2, 1, activation="tanh", name="ab")(x))


def test_every_operator_is_that_of_litert():
    import keras

    from export.convert import FloatModel

    keras.utils.set_random_seed(3)
    model = many_layers(keras)
    norm = next(x for x in model.layers if isinstance(x, keras.layers.BatchNormalization))
    rng = np.random.default_rng(1)
    norm.set_weights([rng.uniform(0.5, 1.5, weights.shape) for weights in norm.get_weights()])
    data = FloatModel(model).convert()
    litert, ours = InterpreterEngine(data, 1), session(to_onnx(data))
    for x in lightness(SIZE, 3):
        expected = litert.run(x[0])
        assert expected.std() > 1e-3
        found = ours.run(None, {ours.get_inputs()[0].name: x[None]})[0][0].transpose(1, 2, 0)
        np.testing.assert_allclose(found, expected, atol=1e-5)


def test_an_operator_without_words_is_named():
    import keras

    from export.convert import FloatModel

    start = keras.layers.Input((SIZE, SIZE, 1), name="lightness")
    ab = keras.layers.Conv2D(2, 1, activation="sigmoid", name="ab")(start)
    with pytest.raises(ExportError, match=r"LOGISTIC at .* has no words in ONNX here"):
        to_onnx(FloatModel(keras.Model(start, ab)).convert())

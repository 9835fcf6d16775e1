"""Quantization-aware training: the rounded twin, its ranges, its steps, what a cut-off leaves."""

import json
from collections import Counter
from dataclasses import replace
from itertools import count
from types import SimpleNamespace

import keras
import numpy as np
import pytest
from ai_edge_litert.interpreter import Interpreter

from export.convert import FloatModel
from export.errors import ExportError
from export.qat.fine_tuned import FineTuned
from export.qat.options import QatOptions
from export.quantize import quantized
from export.recipes import int8_qat
from train.config import FitConfig
from train.data.old_film import AS_IT_IS, OldFilm
from train.data.open_pictures import TruePictures
from train.data.prepare import PrepareOptions, prepare
from train.errors import TrainError
from train.measure.evaluate import network_input

tf_keras = pytest.importorskip("tf_keras")
learned_range = pytest.importorskip("export.qat.learned_range")

from export.qat.fine_tune import fine_tune  # noqa: E402
from export.qat.scheme import measure_ranges, rounded_twin  # noqa: E402

SIZE = 32
CONFIG = FitConfig(
    name="small",
    network="baseline_cnn",
    steps=12,
    batch_size=8,
    crop_sizes=((1.0, SIZE),),
    learning_rate=1e-3,
    teacher_share=0.999,
    checkpoint_seconds=60.0,
    val_size=SIZE,
)
# Layers that the file gives one scale: what is upsampled, what stands beside it, and both together.
TOGETHER = {"reduce_relu", "up", "skip_relu", "concat"}


def small(namespace):
    """All kinds of layers of the U-Nets, in a network of some hundred weights."""
    layers = namespace.layers

    def convolve(x, width, name, size=1, stride=1, linear=False):
        x = layers.Conv2D(width, size, stride, padding="same", use_bias=False, name=name)(x)
        x = layers.BatchNormalization(epsilon=1e-3, name=f"{name}_BN")(x)
        return x if linear else layers.ReLU(6.0, name=f"{name}_relu")(x)

    lightness = layers.Input((SIZE, SIZE, 1), name="lightness")
    first = convolve(lightness, 8, "first", 3, 2)
    x = layers.DepthwiseConv2D(3, padding="same", use_bias=False, name="depthwise")(first)
    x = layers.BatchNormalization(epsilon=1e-3, name="depthwise_BN")(x)
    x = layers.ReLU(6.0, name="depthwise_relu")(x)
    x = convolve(x, 12, "down", 3, 2)
    x = convolve(x, 8, "project", linear=True)
    x = layers.Add(name="add")([x, convolve(x, 8, "again", linear=True)])
    x = layers.UpSampling2D(2, interpolation="bilinear", name="up")(convolve(x, 8, "reduce"))
    x = layers.Concatenate(name="concat")([x, convolve(first, 4, "skip")])
    x = convolve(x, 8, "mix", 3)
    return namespace.Model(lightness, layers.Conv2D(2, 1, name="ab")(x), name="small")


@pytest.fixture(scope="module")
def network():
    keras.utils.set_random_seed(3)
    model = small(keras)
    # Statistics as after a training: with the initial ones BatchNorm would be the identity.
    rng = np.random.default_rng(0)
    for layer in model.layers:
        if isinstance(layer, keras.layers.BatchNormalization):
            gamma, beta, mean, variance = layer.get_weights()
            spread = rng.uniform(0.5, 1.5, variance.shape)
            layer.set_weights([2 * gamma * spread, beta + 0.5, mean + 0.1, variance * spread])
    return model


@pytest.fixture(scope="module")
def inputs(pictures):
    return [network_input(picture, SIZE, None) for picture in TruePictures(str(pictures))]


@pytest.fixture(scope="module")
def data(pictures, tmp_path_factory):
    out = tmp_path_factory.mktemp("prepared") / "data"
    prepare([pictures], out, PrepareOptions(short_side=48, fractions=(0.9, 0.1)))
    return out


@pytest.fixture
def untraced():
    """Some steps are taken sooner than TensorFlow makes a graph of one."""
    import tensorflow as tf

    tf.config.run_functions_eagerly(True)
    yield
    tf.config.run_functions_eagerly(False)


@pytest.fixture(scope="module")
def finished(data, network, inputs, tmp_path_factory):
    """A whole run: its folder and what it made."""
    folder = tmp_path_factory.mktemp("runs") / "whole"
    return folder, fine_tune(rounded_copy(network, inputs[:40]), CONFIG, data, folder)


def rounded_copy(network, inputs):
    twin = small(tf_keras)
    twin.set_weights(network.get_weights())
    return rounded_twin(twin, ("ab",), inputs)


def said(model, inputs):
    return np.asarray(model(np.stack(inputs)[..., None], training=False))


def distance(a, b):
    return float(np.sqrt(np.square(a - b).mean()))


def test_ranges_are_the_extremes(network, inputs):
    # Batches of twenty and their rest, against all pictures at once; of one layer, and of two.
    twin = small(tf_keras)
    twin.set_weights(network.get_weights())
    both = measure_ranges(twin, ["add", "mix_relu"], inputs[:30])
    for name in both:
        values = said(tf_keras.Model(twin.input, twin.get_layer(name).output), inputs[:30])
        ours = measure_ranges(twin, [name], inputs[:30])[name]
        assert ours == both[name]
        low, high = min(values.min(), 0), max(values.max(), 0)
        assert ours == pytest.approx((low, high), rel=1e-4)


def test_what_is_rounded(network, inputs):
    rounded = rounded_copy(network, inputs[:20])
    groups = {}
    for name, each in rounded.ranges.items():
        groups.setdefault(id(each), set()).add(name)
    assert sorted(groups.values(), key=sorted) == sorted(
        [
            {"first_relu"},
            {"depthwise_relu"},
            {"down_relu"},
            {"project_BN"},
            {"again_BN"},
            {"add"},
            TOGETHER,
            {"mix_relu"},
        ],
        key=sorted,
    )
    kernel = rounded.model.get_layer("quant_depthwise")
    assert type(kernel).__name__ == "QuantizeWrapperV2"
    assert type(rounded.model.get_layer("ab")).__name__ == "Conv2D"
    for ours, theirs in zip(rounded.weights(), network.get_weights(), strict=True):
        np.testing.assert_array_equal(ours, theirs)


def test_a_range_learns_by_the_formula_of_lsq():
    import tensorflow as tf

    # Esser et al. 2020, equations 1 to 3, for steps of 1 from 0 to 255.
    x = np.array([-3.0, 0.3, 7.8, 254.6, 300.0], np.float32)
    upstream = np.array([1.0, 2.0, 3.0, 4.0, 5.0], np.float32)
    each = learned_range.LearnedRange(0.0, 255.0)
    with tf.GradientTape() as tape:
        value = tf.constant(x)
        tape.watch(value)
        loss = tf.reduce_sum(each.rounded(value) * upstream)
    gradient, of_range = tape.gradient(loss, [value, each.variable])
    np.testing.assert_allclose(each.rounded(x), [0, 0, 8, 255, 255], atol=1e-4)
    np.testing.assert_array_equal(gradient, [0, 2, 3, 4, 0])
    step = 2 * (0 - 0.3) + 3 * (8 - 7.8) + 4 * (255 - 254.6) + 5 * 255
    # The end is 255 steps, and moves by ten times itself for 1 of the variable.
    assert of_range.numpy() == pytest.approx([0, step / 255 * 255 * 10], rel=1e-3)


def test_rounding_is_that_of_the_file(network, inputs):
    rounded = rounded_copy(network, inputs)
    ranges = {n: tuple(map(float, each.ends())) for n, each in rounded.ranges.items()}
    file = quantized(FloatModel(network).convert(), inputs[:20], ranges)
    interpreter = Interpreter(model_content=file)
    interpreter.allocate_tensors()
    runner = interpreter.get_signature_runner("serving_default")
    ours = np.stack([runner(lightness=x[None, :, :, None])["ab"][0] for x in inputs[:40]])
    import tensorflow as tf

    seen = tf.quantization.fake_quant_with_min_max_args(np.stack(inputs[:40])[..., None], -1, 1)
    predicted = np.asarray(rounded.model(seen, training=False))
    exact = said(rounded.float_twin, inputs[:40])
    assert distance(ours, predicted) < 0.5 * distance(ours, exact)
    operators = Counter(op["op_name"] for op in interpreter._get_ops_details())
    # One for the input and one for the float head: no scale has to be changed on the way.
    assert (operators["QUANTIZE"], operators["DEQUANTIZE"]) == (1, 1)


def test_fine_tuning_nears_the_float_network(network, inputs, data, tmp_path):
    rounded = rounded_copy(network, inputs)
    before = distance(said(rounded.model, inputs), said(rounded.float_twin, inputs))
    steps = []
    longer = replace(CONFIG, steps=120, learning_rate=3e-4)
    tuned = fine_tune(rounded, longer, data, tmp_path / "qat", steps.append)
    after = distance(said(rounded.model, inputs), said(rounded.float_twin, inputs))
    assert after < 0.9 * before
    assert [step.number for step in steps] == list(range(1, 121))
    assert (steps[-1].done, steps[-1].seconds_left) == (1, 0)
    names = [weight.name for weight in rounded.float_twin.weights]
    for name, new, old in zip(names, tuned.weights, network.get_weights(), strict=True):
        if "moving_" in name:
            np.testing.assert_array_equal(new, old, err_msg=name)
        elif "kernel" in name:
            assert not np.array_equal(new, old), name
    shared = {tuned.ranges[name] for name in TOGETHER}
    assert len(shared) == 1


@pytest.mark.slow
def test_a_run_that_was_cut_off_ends_the_same(finished, network, inputs, data, tmp_path):
    _, whole = finished

    def cut_off(step):
        if step.number == 7:
            raise KeyboardInterrupt

    cut, folder = replace(CONFIG, checkpoint_seconds=1e-9), tmp_path / "cut"
    with pytest.raises(KeyboardInterrupt):
        fine_tune(rounded_copy(network, inputs[:40]), cut, data, folder, cut_off)
    numbers = []
    rounded = rounded_copy(network, inputs[:40])
    resumed = fine_tune(rounded, cut, data, folder, lambda step: numbers.append(step.number))
    # What came after the last checkpoint is done again.
    assert numbers == [7, 8, 9, 10, 11, 12]
    for ours, theirs in zip(resumed.weights, whole.weights, strict=True):
        np.testing.assert_allclose(ours, theirs, atol=1e-6)


def test_what_is_done_is_not_done_again(finished, network, inputs, data):
    folder, whole = finished
    # Earlier versions did not write what share was done.
    file = folder / "checkpoint" / "progress.json"
    file.write_text(json.dumps(json.loads(file.read_text()) | {"done": 0.0}))
    # Neither are its ranges measured again, on whatever pictures.
    again = fine_tune(rounded_copy(network, inputs[:5]), CONFIG, data, folder, pytest.fail)
    assert again.ranges == whole.ranges
    for ours, theirs in zip(again.weights, whole.weights, strict=True):
        np.testing.assert_array_equal(ours, theirs)


def test_it_ends_by_minutes(untraced, network, inputs, data, tmp_path, monkeypatch):
    # Each look at the clock takes ten seconds: six steps a minute, and no more in truth.
    looks = count()
    clock = SimpleNamespace(monotonic=lambda: 10.0 * next(looks))
    monkeypatch.setattr("train.fit.clock.time", clock)
    steps = []
    timed = replace(CONFIG, steps=None, minutes=1)
    fine_tune(rounded_copy(network, inputs[:20]), timed, data, tmp_path / "qat", steps.append)
    assert [step.done for step in steps] == pytest.approx([k / 6 for k in range(1, 7)])
    assert [step.seconds_left for step in steps] == pytest.approx([50, 40, 30, 20, 10, 0])


def test_it_sees_what_the_network_learnt_from(untraced, network, inputs, data, tmp_path):
    """Rounding fills flat pictures with colour, where fine-tuning never saw one."""

    def first_loss(film, folder):
        steps = []
        fine_tune(
            rounded_copy(network, inputs[:20]),
            replace(CONFIG, film=film, steps=1),
            data,
            tmp_path / folder,
            steps.append,
        )
        return steps[0].distance

    flat = OldFilm(flat=1.0)
    assert first_loss(flat, "flat") == pytest.approx(first_loss(flat, "again"))
    assert first_loss(flat, "flat of old") != pytest.approx(first_loss(AS_IT_IS, "none"), rel=0.1)


class TestRefusals:
    @pytest.fixture
    def rounded(self, network, inputs):
        return rounded_copy(network, inputs[:20])

    def test_a_loss_that_is_no_number(self, untraced, rounded, data, tmp_path):
        says = r"^the loss became (nan|inf) at step \d of fine-tuning: lower the learning rate$"
        with pytest.raises(ExportError, match=says):
            fine_tune(rounded, replace(CONFIG, learning_rate=1e30), data, tmp_path / "qat")

    def test_the_folder_of_other_weights(self, finished, inputs, data):
        other = rounded_twin(small(tf_keras), ("ab",), inputs[:20])
        with pytest.raises(ExportError, match=r"another fine-tuning \(other weights_sha256\)"):
            fine_tune(other, CONFIG, data, finished[0])

    def test_the_folder_of_other_options(self, finished, rounded, data):
        other = replace(CONFIG, learning_rate=1e-5, seed=1)
        with pytest.raises(ExportError, match=r"\(other learning_rate, seed\)"):
            fine_tune(rounded, other, data, finished[0])

    def test_a_damaged_folder(self, rounded, data, tmp_path):
        (tmp_path / "qat.json").write_text("[")
        with pytest.raises(ExportError, match="is damaged"):
            fine_tune(rounded, CONFIG, data, tmp_path)

    def test_a_damaged_checkpoint(self, rounded, data, tmp_path):
        (tmp_path / "checkpoint").mkdir()
        (tmp_path / "checkpoint" / "state.npz").write_bytes(b"PK\3\4 cut off")
        with pytest.raises(TrainError, match="is damaged: remove it to start again"):
            fine_tune(rounded, CONFIG, data, tmp_path)

    def test_a_folder_that_cannot_be_made(self, rounded, data, tmp_path):
        (tmp_path / "file").touch()
        with pytest.raises(ExportError, match="cannot be written"):
            fine_tune(rounded, CONFIG, data, tmp_path / "file" / "x")

    def test_data_that_is_gone(self, rounded, tmp_path):
        with pytest.raises(TrainError, match="is not prepared data"):
            fine_tune(rounded, CONFIG, tmp_path / "nowhere", tmp_path / "qat")
        assert not (tmp_path / "qat").exists()

    @pytest.mark.parametrize(
        ("changes", "says"),
        [
            ({"minutes": 3}, "give one of them"),
            ({"steps": None}, "give one of them"),
            ({"steps": -1}, "more than 0"),
            ({"learning_rate": 0.0}, "more than 0"),
            ({"learning_rate": float("nan")}, "more than 0, not nan"),
        ],
    )
    def test_options_without_sense(self, tmp_path, changes, says):
        options = QatOptions(tmp_path, tmp_path / "qat", None, 12)
        with pytest.raises(ExportError, match=says):
            replace(options, **changes)

    def test_ranges_of_another_network(self, network, inputs):
        tuned = FineTuned(network.get_weights(), {"block_1_add": (0, 1)})
        with pytest.raises(ExportError, match="has no layer block_1_add"):
            int8_qat(FloatModel(network, tuned), inputs[:5])

    def test_a_network_that_was_not_fine_tuned(self, network, inputs):
        with pytest.raises(ExportError, match="needs fine-tuning"):
            int8_qat(FloatModel(network), inputs[:5])


def test_the_folder_says_what_it_is(finished):
    there = json.loads((finished[0] / "qat.json").read_text())
    assert (there["input_size"], there["steps"], there["minutes"]) == (SIZE, 12, None)
    assert (there["distillation_share"], there["tone_view"]) == (0.999, False)
    assert len(there["weights_sha256"]) == 64

"""What the exporter does with a file that breaks a rule, and with a converter that breaks."""

import errno
import shutil
from pathlib import Path

import keras
import numpy as np
import pytest
import tensorflow as tf
from PIL import Image

from edge_runtime.engine.interpreter import Network
from edge_runtime.model.model_file import read_model
from export import export_model as module
from export.check.gpu_rules import check_gpu_rules
from export.check.graph import Graph
from export.check.xnnpack import check_xnnpack
from export.cli import app, expand
from export.convert import FloatModel
from export.converter_errors import as_one_sentence
from export.errors import ExportError
from export.export_model import Label, export_model
from export.recipes import RECIPES, int8_ptq
from train.command import run as run_command
from train.errors import TrainError

LABEL = Label("random", "0.1", "nothing: random weights", "Apache-2.0")


def converted(function) -> bytes:
    """The `.tflite` of a TensorFlow function of lightness [1, 64, 64, 1]."""
    spec = tf.TensorSpec((1, 64, 64, 1), tf.float32, name="lightness")
    concrete = tf.function(function, input_signature=[spec]).get_concrete_function()
    return tf.lite.TFLiteConverter.from_concrete_functions([concrete]).convert()


def resized(lightness):
    """It ends in an operator that XNNPACK does not have."""
    kernel = tf.constant(np.full((3, 3, 1, 2), 0.05, np.float32))
    small = tf.nn.conv2d(lightness, kernel, 4, "SAME")
    return tf.raw_ops.ResizeNearestNeighbor(images=small, size=[32, 32])


@pytest.fixture(scope="module")
def nearest():
    """A recipe that makes a file which breaks a rule."""
    data = converted(resized)
    return lambda model, calibration: data


@pytest.fixture
def export(small_network, run, pictures, tmp_path):
    """Exports to a folder of the test's, by a recipe or two."""

    def export(*recipes, **changes):
        options = {"calibration": str(pictures)} | changes
        return export_model(run, recipes or ["fp32"], tmp_path / "out", LABEL, **options)

    return export


def test_an_overflow_stops_before_the_file_appears(small_network, export, tmp_path):
    weights = small_network.get_layer("ab").get_weights()
    small_network.get_layer("ab").set_weights([weights[0] * 1e6, weights[1]])
    with pytest.raises(ExportError, match="fp32: half precision: overflow at ab on "):
        export()
    assert nothing_in(tmp_path / "out")


def not_convertible(model, calibration):
    """TensorFlow's own error, of an operator that LiteRT does not have."""
    return converted(tf.math.erf)


def nothing_in(folder):
    return list(folder.iterdir()) == []


def test_a_broken_rule_stops_before_the_file_appears(export, nearest, tmp_path, monkeypatch):
    monkeypatch.setitem(RECIPES, "fp32", nearest)
    says = r"fp32: xnnpack: 1 of 2 operators in 1 piece; left out: RESIZE_NEAREST_NEIGHBOR at ab "
    with pytest.raises(ExportError, match=says):
        export()
    assert nothing_in(tmp_path / "out")


def test_it_can_be_written_anyway(
    small_network, nearest, run, pictures, tmp_path, monkeypatch, capsys
):
    monkeypatch.setitem(RECIPES, "fp32", nearest)
    words = [run, "--recipe", "fp32", "--out", tmp_path, "--calibrate", pictures, "--write-anyway"]
    with pytest.raises(SystemExit) as stop:
        run_command(app, "export", expand([str(word) for word in words]))
    assert stop.value.code == 0
    printed = " ".join(capsys.readouterr().out.split())
    assert "50%" in printed
    assert "random.fp32.tflite: xnnpack: 1 of 2 operators" in printed
    file = tmp_path / "random.fp32.tflite"
    assert Network(file, threads=1).output_size == 32
    assert check_xnnpack(read_model(file).data, Graph(file.read_bytes())).status == "fail"


@pytest.mark.parametrize(
    ("recipe", "says"),
    [
        (not_convertible, "fp32: the converter failed: 'tf.Erf' op is neither a custom op nor"),
        ("RuntimeError", "fp32: the converter failed: failed to create XNNPACK runtime$"),
        ("KeyError", "fp32: the converter failed: KeyError$"),
    ],
)
def test_a_converter_that_fails_is_one_line(export, tmp_path, monkeypatch, recipe, says):
    def broken(model, calibration):
        if recipe == "KeyError":
            raise KeyError
        raise RuntimeError("failed to create XNNPACK runtime\nNode number 91 failed to prepare.")

    monkeypatch.setitem(RECIPES, "fp32", broken if isinstance(recipe, str) else recipe)
    with pytest.raises(ExportError, match=says) as stop:
        export()
    assert "\n" not in str(stop.value)
    assert nothing_in(tmp_path / "out")


def test_errors_for_people_and_interrupts_pass():
    for error in (TrainError("one sentence"), OSError(28, "No space left"), KeyboardInterrupt()):
        with pytest.raises(type(error)) as stop, as_one_sentence("fp32"):
            raise error
        assert stop.value is error


def test_what_was_written_before_stays(export, tmp_path, monkeypatch):
    monkeypatch.setitem(RECIPES, "fp16", not_convertible)
    with pytest.raises(ExportError, match="fp16: the converter failed"):
        export("fp32", "fp16")
    assert [file.name for file in (tmp_path / "out").iterdir()] == ["random.fp32.tflite"]
    assert Network(tmp_path / "out" / "random.fp32.tflite", threads=1).contract.recipe == "fp32"


class TestBadInput:
    def test_weights_of_another_network(self, run, pictures, tmp_path):
        folder = tmp_path / "run"
        shutil.copytree(run, folder)
        config = folder / "config.json"
        config.write_text(config.read_text().replace("0.35", "1.0"))
        with pytest.raises(TrainError, match="does not fit this network"):
            export_model(folder, ["fp32"], tmp_path / "out", LABEL, calibration=str(pictures))
        assert nothing_in(tmp_path / "out")

    def test_grey_calibration_pictures(self, export, pictures, tmp_path):
        grey = tmp_path / "grey"
        grey.mkdir()
        for file in pictures.iterdir():
            Image.open(file).convert("L").convert("RGB").save(grey / file.name)
        with pytest.raises(ExportError, match="has 0 usable colour pictures"):
            export("int8_ptq", calibration=str(grey))
        assert nothing_in(tmp_path / "out")

    def test_calibration_pictures_that_vanish(self, export, pictures, tmp_path, monkeypatch):
        folder = tmp_path / "photos"
        shutil.copytree(pictures, folder)
        read = module.lightness_inputs

        def vanishing(source, size, view):
            inputs = read(source, size, view)
            shutil.rmtree(folder)
            return inputs

        monkeypatch.setattr(module, "lightness_inputs", vanishing)
        with pytest.raises(TrainError, match="photos does not exist"):
            export(calibration=str(folder))
        assert nothing_in(tmp_path / "out")

    @pytest.mark.parametrize(
        ("left", "says"), [(0, "photos holds no pictures"), (150, "200 pictures, now 150")]
    )
    def test_measured_pictures_that_vanish_in_the_middle(
        self, export, pictures, tmp_path, monkeypatch, left, says
    ):
        folder = tmp_path / "photos"
        shutil.copytree(pictures, folder)

        def vanishing(networks, chosen):
            for number, _ in enumerate(chosen):
                if number == 10:
                    for file in sorted(folder.iterdir())[left:]:
                        file.unlink()
            return dict.fromkeys(networks)

        monkeypatch.setattr(module, "evaluate", vanishing)
        with pytest.raises(TrainError, match=says):
            export(sets={"val": str(folder)})
        assert nothing_in(tmp_path / "out")

    @pytest.mark.parametrize("target", ["/proc/tintlite", "/dev/full/models"])
    def test_a_target_that_cannot_be_written(self, run, pictures, target):
        with pytest.raises(ExportError, match=f"{target} cannot be made: "):
            export_model(run, ["fp32"], Path(target), LABEL, calibration=str(pictures))

    def test_a_disk_that_is_full(self, export, tmp_path, monkeypatch):
        def full(descriptor):
            raise OSError(errno.ENOSPC, "No space left on device")

        monkeypatch.setattr("os.fsync", full)
        with pytest.raises(ExportError, match=r"fp32\.tflite cannot be written: No space left"):
            export()
        assert nothing_in(tmp_path / "out")


def test_int8_keeps_pools_in_one_piece():
    """An average pool, as in DenseNet, and a whole picture's mean beside, as in the fusion."""
    keras.utils.set_random_seed(4)
    layers = keras.layers
    lightness = layers.Input((32, 32, 1), name="lightness")
    x = layers.ReLU()(layers.Conv2D(8, 3, padding="same", name="conv")(lightness))
    x = layers.AveragePooling2D(2, name="pool")(x)
    x = layers.ReLU()(layers.Conv2D(8, 3, padding="same", name="after")(x))
    mean = layers.Reshape((1, 1, -1))(layers.GlobalAveragePooling2D()(x))
    x = layers.Add()([x, layers.Conv2D(8, 1, name="of_mean")(mean)])
    ab = layers.Activation("tanh")(layers.Conv2D(2, 3, padding="same", name="ab")(x))
    inputs = np.random.default_rng(2).uniform(-1, 1, (20, 32, 32)).astype(np.float32)
    data = int8_ptq(FloatModel(keras.Model(lightness, ab)), list(inputs))
    graph = Graph(data)
    kinds = {(operator.kind, operator.dtype) for operator in graph.operators}
    assert {("CONV_2D", "INT8"), ("AVERAGE_POOL_2D", "FLOAT32")} <= kinds
    result = check_xnnpack(data, graph)
    assert (result.status, result.figures["partitions"]) == ("pass", 1), result.detail
    warned = check_gpu_rules(graph)
    assert (warned.status, "MEAN" in warned.detail, "TANH" in warned.detail) == (
        "warning",
        True,
        True,
    )

"""`int8_qat` along the whole line: the twin of a trained network, the file and its contract."""

from collections import Counter

import keras
import numpy as np
import pytest
from ai_edge_litert.interpreter import Interpreter

from edge_runtime import Colorizer
from edge_runtime.model.model_file import read_model
from export.cli import app, expand
from export.errors import ExportError
from export.export_model import Label, export_model
from export.qat.twin import twin_of
from train.command import run as run_command
from train.data.prepare import PrepareOptions, prepare
from train.networks.load import load_generator

pytest.importorskip("tf_keras")

LABEL = Label("random", "0.1", "nothing: random weights", "Apache-2.0")


@pytest.fixture(scope="module")
def data(pictures, tmp_path_factory):
    out = tmp_path_factory.mktemp("prepared") / "data"
    prepare([pictures], out, PrepareOptions(short_side=80, fractions=(0.9, 0.1)))
    return out


@pytest.fixture(scope="module")
def trained(run):
    return load_generator(run)


@pytest.fixture
def looks():
    rng = np.random.default_rng(0)
    return list(rng.uniform(-1, 1, (2, 64, 64)).astype(np.float32))


def test_the_twin_says_the_same(trained, looks):
    twin = twin_of(trained, network="pix2pix_mobilenetv2", alpha=0.35, inputs=looks)
    assert type(twin).__module__.startswith("tf_keras")
    batch = np.stack(looks)[..., None]
    ours, theirs = (np.asarray(m.predict_on_batch(batch)) for m in (twin, trained))
    assert np.abs(theirs).max() > 0.01
    assert np.abs(ours - theirs).max() <= 1e-5


def test_a_twin_that_differs_is_refused(trained, looks):
    class Other:
        input_shape = trained.input_shape
        get_weights = trained.get_weights

        def predict_on_batch(self, batch):
            return trained.predict_on_batch(batch) + 1e-4

    with pytest.raises(ExportError, match=r"pix2pix_mobilenetv2 differs by 0\.0001"):
        twin_of(Other(), network="pix2pix_mobilenetv2", alpha=0.35, inputs=looks)


def test_weights_of_another_network_are_refused(trained, looks):
    with pytest.raises(ExportError, match="baseline_cnn has no tf_keras twin"):
        twin_of(trained, network="baseline_cnn", alpha=None, inputs=looks)


def call(*arguments):
    with pytest.raises(SystemExit) as stop:
        run_command(app, "export", expand([str(argument) for argument in arguments]))
    return stop.value.code


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ((), "int8_qat fine-tunes: give prepared pictures with --data"),
        (("--data", "nowhere"), "nowhere is not prepared data"),
        (("--data", "DATA", "--qat-minutes", "1", "--qat-steps", "1"), "give one of them"),
        (("--data", "DATA", "--qat-steps", "-3"), "more than 0"),
    ],
)
def test_mistakes_are_found_out_before_the_work(run, pictures, data, tmp_path, more, says, capsys):
    more = [str(data) if word == "DATA" else word for word in more]
    out = ("--out", tmp_path / "out", "--calibrate", pictures)
    assert call(run, "--recipe", "int8_qat", *out, *more) == 1
    said = capsys.readouterr().err.strip().splitlines()[-1]
    assert said.startswith("export: ")
    assert says in said
    assert not (tmp_path / "out").exists()


@pytest.mark.slow
def test_the_command_makes_a_file(run, pictures, data, tmp_path, capsys):
    out = ("--out", tmp_path, "--calibrate", pictures, "--name", "random")
    qat = ("--data", data, "--qat-steps", "3")
    assert call(run, "--recipe", "int8_qat", *out, *qat) == 0
    assert "random.int8_qat.tflite" in capsys.readouterr().out
    file = tmp_path / "random.int8_qat.tflite"
    contract = read_model(file).contract
    assert (contract.name, contract.recipe, contract.input_size) == ("random", "int8_qat", 64)
    assert contract.result["rgb_psnr_to_keras_db"] > 35
    grey = np.tile(np.arange(256, dtype=np.uint8), (100, 1))
    coloured = Colorizer(file).colorize(grey)
    assert coloured.shape == (100, 256, 3)
    assert np.ptp(coloured[:, 100:150].astype(int), axis=-1).max() > 0
    interpreter = Interpreter(str(file))
    interpreter.allocate_tensors()
    operators = Counter(op["op_name"] for op in interpreter._get_ops_details())
    assert operators["DELEGATE"] == 1
    # The two ends, and the first depthwise convolution, which stays float.
    assert (operators["QUANTIZE"], operators["DEQUANTIZE"]) == (2, 2)
    # The same command goes on from where it ended, and takes no step more.
    before = file.read_bytes()
    assert call(run, "--recipe", "int8_qat", *out, *qat, "--overwrite") == 0
    assert file.read_bytes() == before


@pytest.mark.slow
def test_the_network_itself_stays_as_it_was(run, pictures, data, tmp_path):
    from export.qat.options import QatOptions

    recipes = ("fp32", "int8_qat", "int8_ptq")
    qat = QatOptions(data, tmp_path / "qat", None, 2)
    rows = export_model(run, recipes, tmp_path, LABEL, calibration=str(pictures), qat=qat)
    full, tuned, plain = (row.parity.rgb_psnr for row in rows)
    assert full > 60
    assert min(tuned, plain) > 35


@pytest.mark.slow
@pytest.mark.parametrize("network", ["baseline_cnn", "pix2pix_densenet121", "inception_fusion"])
def test_other_networks_have_twins(network):
    from train.networks.load import build_network

    keras.utils.set_random_seed(1)
    size = 80 if network == "inception_fusion" else 64
    _, model = build_network(keras, network=network, alpha=None, input_size=size)
    rng = np.random.default_rng(0)
    inputs = list(rng.uniform(-1, 1, (1, size, size)).astype(np.float32))
    twin_of(model, network=network, alpha=None, inputs=inputs)

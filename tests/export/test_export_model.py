"""From Keras weights to `.tflite`: the same colours, the contract inside, nothing half-written."""

import json
import shutil
from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
from ai_edge_litert.interpreter import Interpreter

from edge_runtime import Colorizer, Device
from edge_runtime.engine.interpreter import Network
from edge_runtime.model.contract import Contract
from edge_runtime.model.model_file import read_model
from edge_runtime.model.tone import TONE_VIEW
from export import export_model as module
from export.compact import short_name
from export.contract_writer import with_contract
from export.errors import ExportError
from export.export_model import Label, export_model
from train.errors import TrainError

LABEL = Label("random", "0.1", "nothing: random weights", "Apache-2.0")
RECIPES = ("fp32", "fp16", "int8_ptq")
ONNX_RECIPES = ("onnx_fp32", "onnx_fp16")


@pytest.fixture(scope="module")
def cuts(pictures, tmp_path_factory):
    """A few of the pictures, to measure on."""
    folder = tmp_path_factory.mktemp("cuts")
    for file in sorted(pictures.iterdir())[:20]:
        shutil.copy(file, folder)
    return folder


@pytest.fixture(scope="module")
def export_to(pictures, cuts, tmp_path_factory):
    """Exports a run to a folder by some recipes: the rows by recipe."""

    def export_to(name, run, recipes):
        out, sets = tmp_path_factory.mktemp(name), {"cuts": str(cuts)}
        rows = export_model(run, recipes, out, LABEL, calibration=str(pictures), sets=sets)
        return dict(zip(recipes, rows, strict=True))

    return export_to


@pytest.fixture(scope="module")
def exported(export_to, run):
    return export_to("exported", run, (*RECIPES, *ONNX_RECIPES))


@pytest.fixture(scope="module")
def plain_exported(export_to, plain_run):
    return export_to("plain", plain_run, ("fp32", "int8_ptq", "onnx_fp32"))


def test_fp32_is_keras(exported):
    assert exported["fp32"].parity.max_ab < 0.01
    assert exported["fp32"].parity.pictures == 64


def test_fp16_and_int8_are_near(exported):
    assert exported["fp16"].parity.rgb_psnr > 50
    assert exported["int8_ptq"].parity.rgb_psnr > 35


def test_sizes_shrink(exported):
    full = exported["fp32"].bytes
    assert exported["fp16"].bytes < 0.55 * full
    assert exported["int8_ptq"].bytes < 0.45 * full
    for row in exported.values():
        assert row.file.stat().st_size == row.bytes


@pytest.mark.parametrize("recipe", RECIPES)
def test_contract_and_tensors(exported, recipe):
    contract = read_model(exported[recipe].file).contract
    assert (contract.name, contract.recipe, contract.input_size) == ("random", recipe, 64)
    assert contract.training_set == LABEL.training_set
    scores = exported[recipe].scores["cuts"]
    assert contract.result["cuts_rgb_psnr_db"] == pytest.approx(scores.rgb_psnr, abs=1e-3)
    assert contract.result["cuts_pictures"] == scores.pictures == 20
    tensors = {t.name: (t.dtype, t.shape) for t in Network(exported[recipe].file, 1).tensors()}
    assert tensors == {
        "lightness": ("float32", (1, 64, 64, 1)),
        "ab": ("float32", (1, 32, 32, 2)),
    }


@pytest.mark.parametrize("recipe", RECIPES)
def test_named_signature_and_one_delegate(exported, recipe):
    interpreter = Interpreter(str(exported[recipe].file))
    interpreter.allocate_tensors()
    assert interpreter.get_signature_list() == {
        "serving_default": {"inputs": ["lightness"], "outputs": ["ab"]}
    }
    operators = Counter(op["op_name"] for op in interpreter._get_ops_details())
    # XNNPACK takes the network in one piece.
    assert operators["DELEGATE"] == 1
    assert operators["RESIZE_BILINEAR"] == 4
    assert not operators.keys() & {"MUL", "READ_VARIABLE", "TRANSPOSE", "RESIZE_NEAREST_NEIGHBOR"}


@pytest.mark.parametrize("recipe", RECIPES)
def test_the_runtime_colorizes_with_it(exported, recipe):
    grey = np.tile(np.arange(256, dtype=np.uint8), (100, 1))
    coloured = Colorizer(exported[recipe].file).colorize(grey)
    assert coloured.shape == (100, 256, 3)
    assert np.ptp(coloured[:, 100:150].astype(int), axis=-1).max() > 0


@pytest.mark.parametrize("recipe", ONNX_RECIPES)
def test_onnx_is_keras(exported, recipe):
    row = exported[recipe]
    assert row.file.name == f"random.{recipe.removeprefix('onnx_')}.onnx"
    assert row.bytes < 1.02 * exported[recipe.removeprefix("onnx_")].bytes
    if recipe == "onnx_fp32":
        assert row.parity.max_ab < 0.01
    else:
        assert row.parity.rgb_psnr > 50
    contract = read_model(row.file).contract
    assert (contract.name, contract.recipe, contract.input_size) == ("random", recipe, 64)
    assert contract.result["cuts_rgb_psnr_db"] == pytest.approx(
        exported["fp32"].scores["cuts"].rgb_psnr, abs=0.02
    )
    tensors = {t.name: (t.dtype, t.shape) for t in Network(row.file, 1).tensors()}
    assert tensors == {
        "lightness": ("float32", ("batch", 1, 64, 64)),
        "ab": ("float32", ("batch", 2, 32, 32)),
    }
    assert [gate.check for gate in row.gates if gate.status == "fail"] == []


def test_onnx_takes_over_the_integers_of_a_tflite(plain_exported, plain_run, pictures, tmp_path):
    def again(rounded, **changes):
        [row] = export_model(
            plain_run,
            ["onnx_int8"],
            tmp_path,
            LABEL,
            calibration=str(pictures),
            rounded=rounded,
            **changes,
        )
        return row

    # Refused before the work; the last, whose head says the opposite, by its colours.
    with pytest.raises(ExportError, match="in onnx_fp32, not int8_ptq or int8_qat"):
        again(plain_exported["onnx_fp32"].file)
    with pytest.raises(ExportError, match="another size or through another tone view"):
        again("nano")
    integers = plain_exported["int8_ptq"].file
    with pytest.raises(ExportError, match=r"dB from the float network, .*does not fit it"):
        again(integers, ab_gain=-1)
    assert list(tmp_path.iterdir()) == []
    row = again(integers)
    assert row.parity.rgb_psnr > 35
    assert row.bytes < 0.5 * plain_exported["onnx_fp32"].bytes
    ours, litert = (Network(file, 1) for file in (row.file, integers))
    rng = np.random.default_rng(4)
    inputs = rng.uniform(-1, 1, (4, 64, 64)).astype(np.float32)
    distance = [ours.run(x) - litert.run(x) for x in inputs]
    # The two round in other places.
    assert 110 * np.sqrt(np.square(distance).mean()) < 1.5


@pytest.mark.usefixtures("small_network")
def test_ab_gain_scales_the_colour(run, pictures, tmp_path):
    def said(gain):
        out = tmp_path / str(gain)
        [row] = export_model(run, ["fp32"], out, LABEL, calibration=str(pictures), ab_gain=gain)
        return Network(row.file, 1).run(lightness)

    lightness = np.random.default_rng(2).uniform(-1, 1, (64, 64)).astype(np.float32)
    assert said(1.0) == pytest.approx(said(1.5) / 1.5, abs=1e-4)


def test_a_contract_can_be_replaced(exported):
    data = exported["int8_ptq"].file.read_bytes()
    label = vars(LABEL) | {"name": "renamed"}
    once = with_contract(data, Contract(input_size=64, recipe="int8_ptq", **label))
    assert with_contract(once, Contract(input_size=64, recipe="int8_ptq", **label)) == once


def test_short_names():
    assert short_name("net_1/conv_BN_1/batchnorm/mul;net_1/conv_1/convolution") == "conv_BN"
    assert short_name("net_1/block_1_expand_relu_1/Relu6") == "block_1_expand_relu"
    assert short_name("plain") == "plain"


class TestRefusals:
    def test_unknown_recipe(self, plain_run, pictures, tmp_path):
        with pytest.raises(ExportError, match="unknown recipe int4"):
            export_model(plain_run, ["int4"], tmp_path, LABEL, calibration=str(pictures))

    def test_a_name_that_leaves_the_folder(self, plain_run, pictures, tmp_path):
        label = replace(LABEL, name="../mine")
        with pytest.raises(ExportError, match="a model's name is"):
            export_model(plain_run, ["fp32"], tmp_path, label, calibration=str(pictures))

    def test_a_set_that_is_missing_is_found_out_before_the_work(
        self, plain_run, pictures, tmp_path
    ):
        sets = {"val": str(tmp_path / "typo.tar")}
        with pytest.raises(TrainError, match=r"typo\.tar does not exist"):
            export_model(plain_run, ["fp32"], tmp_path / "out", LABEL, calibration="", sets=sets)
        assert not (tmp_path / "out").exists()

    def test_a_file_in_the_way(self, exported, plain_run, pictures):
        out = exported["fp32"].file.parent
        before = exported["fp32"].file.read_bytes()
        with pytest.raises(ExportError, match="--overwrite"):
            export_model(plain_run, ["fp32"], out, LABEL, calibration=str(pictures))
        assert exported["fp32"].file.read_bytes() == before

    def test_too_few_pictures(self, plain_run, cuts, tmp_path):
        with pytest.raises(ExportError, match="20 usable colour pictures"):
            export_model(plain_run, ["int8_ptq"], tmp_path / "out", LABEL, calibration=str(cuts))

    def test_missing_pictures(self, plain_run, tmp_path):
        with pytest.raises(TrainError, match="does not exist"):
            export_model(plain_run, ["fp32"], tmp_path, LABEL, calibration=str(tmp_path / "none"))

    def test_a_target_that_is_a_file(self, plain_run, pictures, tmp_path):
        (tmp_path / "file").write_text("")
        with pytest.raises(ExportError, match="cannot be made"):
            export_model(
                plain_run, ["fp32"], tmp_path / "file" / "x", LABEL, calibration=str(pictures)
            )

    def test_nothing_is_left_when_the_conversion_breaks(
        self, plain_run, pictures, tmp_path, monkeypatch
    ):
        def broken(model, calibration):
            raise RuntimeError("the converter gave up")

        monkeypatch.setitem(module.RECIPES, "fp32", broken)
        with pytest.raises(ExportError, match="fp32: the converter failed: the converter gave up"):
            export_model(plain_run, ["fp32"], tmp_path, LABEL, calibration=str(pictures))
        assert list(tmp_path.iterdir()) == []


def test_a_run_with_a_tone_view_becomes_a_model_of_version_2(
    plain_exported, plain_run, pictures, cuts, tmp_path
):
    viewing = tmp_path / "run"
    shutil.copytree(plain_run, viewing)
    config = json.loads((plain_run / "config.json").read_text())
    (viewing / "config.json").write_text(json.dumps(config | {"tone_view": True}))
    sets = {"cuts": str(cuts)}
    out = tmp_path / "out"
    [seeing] = export_model(viewing, ["fp32"], out, LABEL, calibration=str(pictures), sets=sets)
    made = [seeing, plain_exported["fp32"]]
    files = [row.file for row in made]
    contracts = [read_model(file).contract for file in files]
    assert [contract.contract_version for contract in contracts] == [2, 1]
    assert contracts[0].view == TONE_VIEW
    # The same network, measured through another view.
    lightness = np.random.default_rng(2).uniform(-1, 1, (64, 64)).astype(np.float32)
    np.testing.assert_array_equal(*(Network(file, 1).run(lightness) for file in files))
    assert made[0].scores["cuts"].gain != made[1].scores["cuts"].gain
    # As the runtime shows it pictures.
    level = np.full((50, 40), 200, np.uint8)
    colorizers = [Colorizer(file, Device(threads=1)) for file in files]
    card = [colorizer.predict(colorizer.see(level)) for colorizer in colorizers]
    zero = Network(files[0], 1).run(np.zeros((64, 64), np.float32))
    np.testing.assert_allclose(card[0], np.clip(zero, -1, 1) * 110, atol=1e-4)
    assert np.abs(card[0] - card[1]).max() > 0.1

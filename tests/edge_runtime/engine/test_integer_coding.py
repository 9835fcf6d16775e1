"""Full-integer models: the same colours through int8, and a refusal of unfit numbers."""

from pathlib import Path

import numpy as np
import pytest
from ai_edge_litert import schema_py_generated as schema

from edge_runtime import Colorizer
from edge_runtime.engine import interpreter
from edge_runtime.engine.integer_coding import IntegerCoding
from edge_runtime.engine.interpreter import Network
from edge_runtime.errors import ModelError, TintLiteError
from edge_runtime.model.contract import Contract
from edge_runtime.model.seal import contract_json
from export.contract_writer import with_contract
from export.flatbuffer import close_model, open_model

MODEL = Path(__file__).parents[2] / "data" / "tiny_integer.tflite"


@pytest.fixture
def relabelled(tmp_path):
    """Writes a sealed copy of a model with another recipe, or another end's parameters."""

    def write(source: Path, recipe: str, end: str = "", **values) -> Path:
        tree = open_model(source.read_bytes())
        graph = tree.subgraphs[0]
        if end:
            index = graph.inputs[0] if end == "input" else graph.outputs[0]
            parameters = schema.QuantizationParametersT()
            parameters.scale = np.array(values["scale"], np.float32)
            parameters.zeroPoint = np.array(values["zero_point"], np.int64)
            graph.tensors[index].quantization = parameters
        label = vars(Contract.from_json(contract_json(source.read_bytes()))) | {"recipe": recipe}
        file = tmp_path / f"{recipe}.tflite"
        file.write_bytes(with_contract(close_model(tree), Contract(**label)))
        return file

    return write


def test_integers_and_values():
    coding = IntegerCoding(scale=0.5, zero_point=-3)
    values = np.array([-99, -62.5, 0, 0.2, 0.3, 64, 65, 99], np.float32)
    integers = coding.encode(values)
    assert integers.dtype == np.int8
    assert integers.tolist() == [-128, -128, -3, -3, -2, 125, 127, 127]
    back = coding.decode(integers)
    assert back.dtype == np.float32
    inside = (values > -62) & (values < 65)
    assert np.abs(back - values)[inside].max() <= 0.25


def test_a_full_integer_model_colours_as_the_float_one(tiny_model, grey):
    ours, floats = Colorizer(MODEL).colorize(grey), Colorizer(tiny_model).colorize(grey)
    assert np.ptp(floats.astype(int), axis=2).max() > 50
    assert np.abs(ours.astype(int) - floats).max() <= 3


def test_its_ends_are_told():
    lightness, ab = Network(MODEL, threads=1).tensors()
    assert (lightness.dtype, ab.dtype) == ("int8", "int8")
    assert lightness.scale == pytest.approx(2 / 255, rel=1e-5)
    assert lightness.zero_point in (-1, 0)
    assert 0 < ab.scale < 0.01


def test_the_gpu_is_refused_and_auto_says_why():
    with pytest.raises(TintLiteError, match="the GPU cannot be used: this model takes and gives"):
        Network(MODEL, 1, accelerator="gpu")
    network = Network(MODEL, 1, accelerator="auto")
    assert network.accelerator == "cpu"
    assert "int8, the GPU float only" in network.accelerator_note


def test_integers_without_the_recipe_are_refused(relabelled):
    with pytest.raises(ModelError, match="its input is not 64 x 64 lightness in float32"):
        Network(relabelled(MODEL, "int8_ptq"), threads=1)


def test_the_recipe_without_integers_is_refused(relabelled, tiny_model):
    with pytest.raises(ModelError, match="its input has not one scale"):
        Network(relabelled(tiny_model, "int8_full"), threads=1)


@pytest.mark.parametrize("end", ["input", "output"])
@pytest.mark.parametrize(
    ("scale", "zero_point", "words"),
    [
        ([0], [0], "has a scale of 0$"),
        ([np.nan], [0], "has a scale of nan$"),
        ([np.inf], [0], "has a scale of inf$"),
        ([-0.5], [0], "has a scale of -0.5$"),
        ([0.5], [300], "has a zero point of 300, outside int8$"),
        ([0.5], [-(2**40)], "has a zero point of -1099511627776, outside int8$"),
        ([], [], "has not one scale and one zero point$"),
        ([0.5, 0.5], [0, 0], "has not one scale and one zero point$"),
    ],
)
def test_bad_quantization_is_refused_before_litert_sees_it(
    relabelled, monkeypatch, end, scale, zero_point, words
):
    monkeypatch.setattr(interpreter, "load_litert", lambda: pytest.fail("loaded"))
    file = relabelled(MODEL, "int8_full", end, scale=scale, zero_point=zero_point)
    with pytest.raises(ModelError, match=f"int8_full.tflite: its {end} {words}"):
        Network(file, threads=1)

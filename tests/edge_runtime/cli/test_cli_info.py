"""`tintlite info`: signature, ranges and integers of the tensors."""

from pathlib import Path

import pytest

from edge_runtime.cli.info import info
from edge_runtime.engine.interpreter import Network

DATA = Path(__file__).parents[2] / "data"


def lines(capsys, model) -> dict[str, str]:
    info(str(model))
    pairs = (line.split("  ", 1) for line in capsys.readouterr().out.splitlines())
    return {name: value.strip() for name, value in pairs}


@pytest.mark.parametrize("name", ["nano", "standard"])
def test_a_shipped_model_tells_its_signature_and_ranges(capsys, name):
    told = lines(capsys, name)
    assert told["signature"] == "serving_default"
    assert told["input tensor"] == "lightness float32 [1, 160, 160, 1]"
    assert told["input range"] == "-1 to 1"
    low, high = Network(name, threads=1).tensors()[1].range
    assert told["output range"] == f"{low:.4g} to {high:.4g}"
    assert "input integers" not in told


def test_a_full_integer_model_tells_its_scales(capsys):
    told = lines(capsys, DATA / "tiny_integer.tflite")
    assert told["recipe"] == "int8_full"
    assert told["input integers"] == "scale 0.00784314, zero point -1"


def test_what_a_file_does_not_tell_is_left_out(capsys, tiny_model):
    told = lines(capsys, tiny_model)
    assert told["signature"] == "none"
    assert "input range" not in told


def test_the_tone_view_is_told(capsys, tiny_view_model, tiny_model):
    told = lines(capsys, tiny_view_model)
    assert told["view"] == "low 0.01, high 0.99, least range 20"
    assert told["contract version"] == "2"
    assert "lightness scale" not in told
    first = lines(capsys, tiny_model)
    assert (first["lightness scale"], first["contract version"]) == ("50.0", "1")
    assert "view" not in first

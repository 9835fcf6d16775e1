"""The recipe `int8_full` on the trained nano: int8 from end to end, near the float model."""

from pathlib import Path

import numpy as np
import pytest
from ai_edge_litert.interpreter import Interpreter, OpResolverType

from edge_runtime import Colorizer
from edge_runtime.engine.interpreter import Network
from export.export_model import Label, export_model
from train.data.decode import decode
from train.measure.metrics import psnr, rgb_mse

NANO = Path(__file__).parents[2] / "weights" / "nano"
LABEL = Label("nano", "1.0", "see docs/models/nano.md", "research use")


@pytest.fixture(scope="module")
def exported(pictures, tmp_path_factory):
    out = tmp_path_factory.mktemp("integers")
    recipes = ("fp32", "int8_full")
    rows = export_model(NANO, recipes, out, LABEL, calibration=str(pictures), input_size=160)
    return dict(zip(recipes, rows, strict=True))


@pytest.mark.slow
def test_nothing_is_float(exported):
    interpreter = Interpreter(
        str(exported["int8_full"].file),
        experimental_op_resolver_type=OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES,
    )
    interpreter.allocate_tensors()
    kinds = {details["dtype"] for details in interpreter.get_tensor_details()}
    assert kinds == {np.int8, np.int32}  # int32: biases, and the sizes of the resizes


@pytest.mark.slow
def test_it_colours_as_the_float_model_does(exported, pictures):
    """38.6 dB on these cuts of four photos; docs/measurements/rounding.md: 64 whole ones."""
    floats, integers = (Colorizer(exported[recipe].file) for recipe in ("fp32", "int8_full"))
    ratios = []
    for file in sorted(pictures.iterdir())[:40]:
        grey = decode(file.read_bytes())
        ratios.append(psnr(rgb_mse(floats.colorize(grey), integers.colorize(grey))))
    assert np.mean(ratios) > 36


@pytest.mark.slow
def test_its_ends_are_int8_and_told(exported):
    lightness, ab = Network(exported["int8_full"].file, threads=1).tensors()
    assert (lightness.name, lightness.dtype) == ("lightness", "int8")
    assert (ab.name, ab.dtype) == ("ab", "int8")
    assert lightness.range == (-1, 1)
    lowest, highest = ((level - ab.zero_point) * ab.scale for level in (-128, 127))
    assert lowest <= ab.range[0] + 1e-6 < ab.range[1] - 1e-6 <= highest

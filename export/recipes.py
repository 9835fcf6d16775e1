"""The precision recipes: each makes the bytes of a model file from a float model.

Names decode themselves: `fp32`, `fp16` (weights stored in half precision), `int8_ptq` (int8
weights and activations, post-training quantization calibrated on pictures), `int8_qat` (the same
after quantization-aware training), `int8_full` (as `int8_ptq` for input, output and every operator
between them). `onnx_fp32`, `onnx_fp16` (all of it computed in half precision) and `onnx_int8` are
the same networks as `.onnx`.
"""

from collections.abc import Callable, Iterable

import numpy as np

from export.compact import with_short_names
from export.convert import FloatModel
from export.errors import ExportError
from export.quantize import quantized
from export.refit_head import with_refitted_head
from export.to_onnx import to_onnx


def fp32(model: FloatModel, calibration: Iterable[np.ndarray]) -> bytes:
    """Full precision; the reference of the others."""
    return model.convert()


def fp16(model: FloatModel, calibration: Iterable[np.ndarray]) -> bytes:
    """Weights in float16: half the size, the same colours; what GPU delegates compute in anyway."""
    return model.convert(half=True)


def int8_ptq(model: FloatModel, calibration: Iterable[np.ndarray]) -> bytes:
    """int8 weights and activations, calibrated on pictures (see `export.quantize`).

    The head is then fitted to the features that int8 gives it (see `export.refit_head`).
    """
    inputs = list(calibration)
    float_model = model.convert()
    return with_refitted_head(quantized(float_model, inputs), float_model, inputs)


def int8_qat(model: FloatModel, calibration: Iterable[np.ndarray]) -> bytes:
    """As `int8_ptq`, of the weights and ranges that fine-tuning found (see `export.qat`).

    The head is fitted to what the network said before.

    Raises:
        ExportError: the model was not fine-tuned.
    """
    if model.fine_tuned is None:
        raise ExportError("int8_qat needs fine-tuning: give prepared pictures with --data")
    inputs = list(calibration)
    tuned = FloatModel(model.fine_tuned.network(model.keras_model)).convert()
    rounded = quantized(tuned, inputs, model.fine_tuned.ranges)
    return with_refitted_head(rounded, model.convert(), inputs)


def int8_full(model: FloatModel, calibration: Iterable[np.ndarray]) -> bytes:
    """int8 from input to output, for accelerators that know no float (docs/guide/quantization.md).

    By TensorFlow's converter, whose ranges are the extremes that were seen: ai-edge-quantizer's
    are running means, which cut strong colours off where the output is int8.
    """
    return model.convert_to_integers(calibration)


def onnx_fp32(model: FloatModel, calibration: Iterable[np.ndarray]) -> bytes:
    """Full precision, as ONNX."""
    return to_onnx(with_short_names(model.convert()))


def onnx_fp16(model: FloatModel, calibration: Iterable[np.ndarray]) -> bytes:
    """Weights and what is computed in float16, input and output in float32, as ONNX."""
    return to_onnx(with_short_names(model.convert()), half=True)


def onnx_int8(model: FloatModel, calibration: Iterable[np.ndarray]) -> bytes:
    """The integers of a `.tflite`: of one that is there, else of `int8_qat`, else of `int8_ptq`."""
    rounded = model.rounded
    if rounded is None:
        rounded = (int8_qat if model.fine_tuned else int8_ptq)(model, calibration)
    return to_onnx(with_short_names(rounded))


def file_name(name: str, recipe: str) -> str:
    """What the file of a model is called: `standard.int8_qat.tflite`, `standard.fp16.onnx`."""
    precision = recipe.removeprefix("onnx_")
    return f"{name}.{precision}.{'tflite' if precision == recipe else 'onnx'}"


RECIPES: dict[str, Callable[[FloatModel, Iterable[np.ndarray]], bytes]] = {
    "fp32": fp32,
    "fp16": fp16,
    "int8_ptq": int8_ptq,
    "int8_qat": int8_qat,
    "int8_full": int8_full,
    "onnx_fp32": onnx_fp32,
    "onnx_fp16": onnx_fp16,
    "onnx_int8": onnx_int8,
}

"""The precision recipes: each makes the bytes of a `.tflite` from a float model.

Names decode themselves: `fp32`, `fp16` (weights stored in half precision), `int8_ptq` (int8
weights and activations, post-training quantization calibrated on pictures).
"""

from collections.abc import Callable, Iterable

import numpy as np
from ai_edge_quantizer import quantizer, recipe_manager
from ai_edge_quantizer.algorithm_manager import AlgorithmName
from ai_edge_quantizer.qtyping import TFLOperationName

from export.convert import SIGNATURE, FloatModel

# The name of the output, and so of the head that makes it, after conversion.
HEAD = r"^PartitionedCall:0"


def fp32(model: FloatModel, calibration: Iterable[np.ndarray]) -> bytes:
    """Full precision; the reference of the others."""
    return model.convert()


def fp16(model: FloatModel, calibration: Iterable[np.ndarray]) -> bytes:
    """Weights in float16: half the size, the same colours; what GPU delegates compute in anyway."""
    return model.convert(half=True)


def int8_ptq(model: FloatModel, calibration: Iterable[np.ndarray]) -> bytes:
    """int8 weights and activations; the linear head stays float, and so do input and output.

    The head's ab span few of int8's 256 steps, and a step there is a visible colour step: float
    costs 50 weights and gives the whole model several dB.
    """
    manager = recipe_manager.RecipeManager()
    manager.add_static_config(
        regex=".*",
        operation_name=TFLOperationName.ALL_SUPPORTED,
        activation_num_bits=8,
        weight_num_bits=8,
    )
    for regex, operation in (
        (HEAD, TFLOperationName.CONV_2D),
        (".*", TFLOperationName.INPUT),
        (".*", TFLOperationName.OUTPUT),
    ):
        manager.add_quantization_config(
            regex=regex, operation_name=operation, algorithm_key=AlgorithmName.NO_QUANTIZE
        )
    job = quantizer.Quantizer(model.convert(), manager.get_quantization_recipe())
    # A list: the quantizer goes through it twice.
    samples = [{"lightness": picture[None, :, :, None]} for picture in calibration]
    ranges = job.calibrate({SIGNATURE: samples}, num_threads=2)
    return bytes(job.quantize(ranges).quantized_model)


RECIPES: dict[str, Callable[[FloatModel, Iterable[np.ndarray]], bytes]] = {
    "fp32": fp32,
    "fp16": fp16,
    "int8_ptq": int8_ptq,
}

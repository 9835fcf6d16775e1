"""The precision recipes: each makes the bytes of a `.tflite` from a float model.

Names decode themselves: `fp32`, `fp16` (weights stored in half precision), `int8_ptq` (int8
weights and activations, post-training quantization calibrated on pictures).
"""

import os
import warnings
from collections.abc import Callable, Iterable
from contextlib import redirect_stderr, redirect_stdout

import numpy as np
from ai_edge_quantizer import quantizer, recipe_manager
from ai_edge_quantizer.algorithm_manager import AlgorithmName
from ai_edge_quantizer.qtyping import TFLOperationName

from export.convert import SIGNATURE, FloatModel
from export.refit_head import with_refitted_head

# Operators that int8 leaves in float32, by the names of their tensors after conversion. Measured
# on the trained nano (root mean square of the error of ab, CIE units, over 67 pictures): all int8
# 1.77; with the first depthwise convolution in float, whose channels differ most, 1.07; any other
# early layer 1.7. The head (48 weights) is the last step before colour. A classifier's logits are
# exponents, which bear no rounding; of its 313 probabilities most lie below int8's least step.
STAYS_FLOAT = (
    (r".*expanded_conv_depthwise.*", TFLOperationName.DEPTHWISE_CONV_2D),
    (r"^PartitionedCall:0", TFLOperationName.CONV_2D),
    (r".*/ab(_\d+)?/.*", TFLOperationName.CONV_2D),  # the head before a tanh
    (r".*/logits(_\d+)?/.*", TFLOperationName.CONV_2D),
    (r".*", TFLOperationName.SOFTMAX),
    (r".*", TFLOperationName.TANH),
)


def fp32(model: FloatModel, calibration: Iterable[np.ndarray]) -> bytes:
    """Full precision; the reference of the others."""
    return model.convert()


def fp16(model: FloatModel, calibration: Iterable[np.ndarray]) -> bytes:
    """Weights in float16: half the size, the same colours; what GPU delegates compute in anyway."""
    return model.convert(half=True)


def int8_ptq(model: FloatModel, calibration: Iterable[np.ndarray]) -> bytes:
    """int8 weights and activations, calibrated on pictures; `STAYS_FLOAT` and the ends stay float.

    The head is then fitted to the features that int8 gives it (see `export.refit_head`).
    """
    inputs = list(calibration)
    float_model = model.convert()
    manager = recipe_manager.RecipeManager()
    manager.add_static_config(
        regex=".*",
        operation_name=TFLOperationName.ALL_SUPPORTED,
        activation_num_bits=8,
        weight_num_bits=8,
    )
    for regex, operation in (
        *STAYS_FLOAT,
        (".*", TFLOperationName.INPUT),
        (".*", TFLOperationName.OUTPUT),
    ):
        manager.add_quantization_config(
            regex=regex, operation_name=operation, algorithm_key=AlgorithmName.NO_QUANTIZE
        )
    # Progress bars and notes of the quantizer would bury ours.
    with (
        open(os.devnull, "w") as silence,
        redirect_stdout(silence),
        redirect_stderr(silence),
        warnings.catch_warnings(),
    ):
        # The calibrator keeps all tensors on purpose; LiteRT warns of the memory that this takes.
        warnings.filterwarnings("ignore", "Warning: Enabling `experimental_preserve_all_tensors`")
        # A dead channel's bias may lie outside int32: measured, it changes nothing.
        warnings.filterwarnings("ignore", "invalid value encountered in cast")
        job = quantizer.Quantizer(float_model, manager.get_quantization_recipe())
        samples = [{"lightness": picture[None, :, :, None]} for picture in inputs]
        ranges = job.calibrate({SIGNATURE: samples}, num_threads=2)
        quantized = bytes(job.quantize(ranges).quantized_model)
    return with_refitted_head(quantized, float_model, inputs)


RECIPES: dict[str, Callable[[FloatModel, Iterable[np.ndarray]], bytes]] = {
    "fp32": fp32,
    "fp16": fp16,
    "int8_ptq": int8_ptq,
}

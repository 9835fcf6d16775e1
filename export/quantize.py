"""From a float `.tflite` to int8 weights and activations, by ai-edge-quantizer."""

import os
import warnings
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import redirect_stderr, redirect_stdout
from typing import Any

import numpy as np
from ai_edge_litert.schema_py_generated import BuiltinOperator
from ai_edge_quantizer import quantizer, recipe_manager
from ai_edge_quantizer.algorithm_manager import AlgorithmName
from ai_edge_quantizer.qtyping import TFLOperationName

from export.compact import short_name
from export.convert import SIGNATURE
from export.errors import ExportError
from export.flatbuffer import open_model
from export.tensor_ranges import LIGHTNESS_RANGE

# Operators that int8 leaves in float32, by the names of their tensors after conversion (by those of
# their layers: `float_layers` in `networks.registry`). Measured on the trained nano (root mean
# square of the error of ab, CIE units, over 67 pictures): all int8 1.77; with the first depthwise
# convolution in float, whose channels differ most, 1.07; any other early layer 1.7. The head (48
# weights) is the last step before colour. A classifier's logits are exponents, which bear no
# rounding; of its 313 probabilities most lie below int8's least step.
# XNNPACK has no int8 average pool: left in int8 it would cut the network in two.
STAYS_FLOAT = (
    (r".*expanded_conv_depthwise.*", TFLOperationName.DEPTHWISE_CONV_2D),
    (r"^PartitionedCall:0", TFLOperationName.CONV_2D),
    (r".*/ab(_\d+)?/.*", TFLOperationName.CONV_2D),  # the head before a tanh
    (r".*/logits(_\d+)?/.*", TFLOperationName.CONV_2D),
    (r".*", TFLOperationName.AVERAGE_POOL_2D),
    (r".*", TFLOperationName.SOFTMAX),
    (r".*", TFLOperationName.TANH),
)


def quantized(
    float_model: bytes,
    inputs: Sequence[np.ndarray],
    ranges: Mapping[str, tuple[float, float]] | None = None,
) -> bytes:
    """Round all but `STAYS_FLOAT` and the ends.

    Args:
        float_model: the bytes of a float32 `.tflite`.
        inputs: lightness float32 [S, S] each, to measure ranges on.
        ranges: that are known beforehand, by the name of the layer.
    Raises:
        ExportError: a range is of no tensor of the network.
    """
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
        measured = job.calibrate({SIGNATURE: samples}, num_threads=2)
        measured = _with(_shared(_whole_input(measured, float_model), float_model), ranges or {})
        return bytes(job.quantize(measured).quantized_model)


def _whole_input(measured: dict[str, Any], float_model: bytes) -> dict[str, Any]:
    """The input's range as it is defined: a running mean would cut black and white off."""
    graph = open_model(float_model).subgraphs[0]
    return measured | {graph.tensors[graph.inputs[0]].name.decode(): _ends(*LIGHTNESS_RANGE)}


def _ends(low: Any, high: Any) -> dict[str, np.ndarray]:
    """A range as the quantizer's table has it."""
    shape = (1, 1, 1, 1)
    return {"min": np.full(shape, low, np.float32), "max": np.full(shape, high, np.float32)}


def _shared(measured: dict[str, Any], float_model: bytes) -> dict[str, Any]:
    """One range for all tensors that copying and upsampling join.

    With ranges of their own, the quantizer rescales between them, which rounds once more. A tensor
    that is used elsewhere as well keeps its own.
    """
    tree = open_model(float_model)
    graph, codes = tree.subgraphs[0], [code.builtinCode for code in tree.operatorCodes]
    uses = Counter(int(index) for operator in graph.operators for index in operator.inputs)
    group_of: dict[int, list[int]] = {}
    for operator in graph.operators:
        code = codes[operator.opcodeIndex]
        if code == BuiltinOperator.CONCATENATION:
            joined = [*operator.inputs]
        elif code == BuiltinOperator.RESIZE_BILINEAR:
            joined = [operator.inputs[0]]
        else:
            continue
        group = [int(operator.outputs[0])]
        for index in map(int, joined):
            if uses[index] == 1:
                group += group_of.get(index, [index])
        group_of |= dict.fromkeys(group, group)
    shared = dict(measured)
    for index, group in group_of.items():
        members = [measured[graph.tensors[member].name.decode()] for member in group]
        shared[graph.tensors[index].name.decode()] = _ends(
            min(float(member["min"].min()) for member in members),
            max(float(member["max"].max()) for member in members),
        )
    return shared


def _with(measured: dict[str, Any], ranges: Mapping[str, tuple[float, float]]) -> dict[str, Any]:
    """The quantizer's own table of ranges, some of them replaced."""
    tensors = {short_name(name): name for name in measured}
    missing = sorted(set(ranges) - set(tensors))
    if missing:
        raise ExportError(f"the network to be rounded has no layer {missing[0]}")
    return measured | {tensors[layer]: _ends(*found) for layer, found in ranges.items()}

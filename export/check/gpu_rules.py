"""Which operators GPU delegates may leave to the CPU: a table of warnings.

The operators are those of tensorflow/lite/tools/versioning/gpu_compatibility.cc, with the forms of
them that it refuses; the shorter list is that of the delegate's documentation
(ai.google.dev/edge/litert/performance/gpu), which the delegates of older phones keep to.
"""

from collections.abc import Callable, Sequence
from typing import Any

from ai_edge_litert.schema_py_generated import MirrorPadMode

from export.check.graph import Graph, Operator
from export.check.result import Result, listed


def _kinds(names: str) -> frozenset[str]:
    return frozenset(names.split())


_DOCUMENTED = _kinds(
    "ADD AVERAGE_POOL_2D CONCATENATION CONV_2D DEPTHWISE_CONV_2D DEQUANTIZE EXP FULLY_CONNECTED"
    " LOGISTIC LSTM MAXIMUM MAX_POOL_2D MINIMUM MUL PAD PRELU QUANTIZE RELU RELU6 RESHAPE"
    " RESIZE_BILINEAR SOFTMAX STRIDED_SLICE SUB TRANSPOSE_CONV"
)

_NEWER = _kinds(
    "ABS ADD_N ATAN2 BATCH_MATMUL CAST CEIL COS CUMSUM DEPTH_TO_SPACE DIV ELU EQUAL FLOOR FLOOR_DIV"
    " FLOOR_MOD GATHER GELU GREATER GREATER_EQUAL HARD_SWISH LEAKY_RELU LESS LESS_EQUAL LOG"
    " LOGICAL_AND MEAN MIRROR_PAD NEG NOT_EQUAL ONE_HOT PACK PADV2 POW REDUCE_MAX REDUCE_MIN"
    " REDUCE_PROD RELU_N1_TO_1 RESIZE_NEAREST_NEIGHBOR RSQRT SELECT SELECT_V2 SIGN SIN SLICE"
    " SPACE_TO_DEPTH SPLIT SPLIT_V SQRT SQUARE SQUARED_DIFFERENCE SUM TANH TILE TRANSPOSE"
)

Shapes = Sequence[tuple[int, ...]]


def _widens_both(_: Any, shapes: Shapes) -> bool:
    first, second = shapes
    pairs = list(zip(first, second, strict=False)) if len(first) == len(second) else []
    return any(a < b for a, b in pairs) and any(a > b for a, b in pairs)


# What is refused of an operator that delegates have: in words, and by its options and its inputs.
_REFUSED: dict[str, tuple[str, Callable[[Any, Shapes], bool]]] = {
    "DEPTHWISE_CONV_2D": (
        "a depth multiplier on several channels",
        lambda options, shapes: options.depthMultiplier != 1 and shapes[0][-1] != 1,
    ),
    "MIRROR_PAD": (
        "not by reflection",
        lambda options, _: options.mode != MirrorPadMode.REFLECT,
    ),
    "MUL": ("neither input is as large as the other in every side", _widens_both),
    "RESIZE_BILINEAR": (
        "align_corners together with half_pixel_centers",
        lambda options, _: options.alignCorners and options.halfPixelCenters,
    ),
    "SOFTMAX": ("its beta is not 1", lambda options, _: options.beta != 1),
    "STRIDED_SLICE": (
        "it drops or adds an axis",
        lambda options, _: options.ellipsisMask or options.newAxisMask or options.shrinkAxisMask,
    ),
}


def check_gpu_rules(graph: Graph) -> Result:
    """A warning for each operator that some GPU delegate, or every one, leaves to the CPU."""
    broken, newer = [], []
    for operator in graph.operators:
        where = f"{operator.kind} at {operator.layer}"
        problem = _problem(operator, graph)
        if problem:
            broken.append(f"{where}: {problem}")
        elif operator.kind in _NEWER:
            newer.append(where)
    if not broken and not newer:
        detail = f"all {len(graph.operators)} operators are on the delegate's documented list"
        return Result("gpu rules", "pass", detail, {"broken": [], "newer": []})
    parts = [listed(broken)] if broken else []
    if newer:
        parts.append(f"not in older phones' delegates: {listed(newer)}")
    return Result("gpu rules", "warning", "; ".join(parts), {"broken": broken, "newer": newer})


def _problem(operator: Operator, graph: Graph) -> str | None:
    """Why no GPU delegate takes an operator."""
    if operator.kind not in _DOCUMENTED | _NEWER:
        return "no GPU delegate has it"
    words, refused = _REFUSED.get(operator.kind, ("", None))
    shapes = [graph.tensors[index].shape for index in operator.inputs if index >= 0]
    return words if refused and refused(operator.options, shapes) else None

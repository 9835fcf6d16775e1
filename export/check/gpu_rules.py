"""What TensorFlow Lite's GPU delegates take, by the rules of their own source code.

TensorFlow's analyzer told this until version 2.17; from 2.18 on it says "compatible" of every model
(github.com/tensorflow/tensorflow/issues/77042). The rules are those of
tensorflow/lite/tools/versioning/gpu_compatibility.cc, as far as a network from one picture to
another can meet them; the shorter list of operators is that of the delegate's documentation
(ai.google.dev/edge/litert/performance/gpu), which the delegates of older phones keep to.
"""

from collections.abc import Callable

from ai_edge_litert import schema_py_generated as schema

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

# Operators that take one picture; a second one must be a constant.
_ONE_INPUT = _kinds(
    "ABS AVERAGE_POOL_2D CEIL COS DEPTH_TO_SPACE ELU EXP FLOOR GELU HARD_SWISH LOG LOGISTIC"
    " MAX_POOL_2D MEAN MIRROR_PAD NEG PAD PADV2 QUANTIZE REDUCE_MAX REDUCE_MIN REDUCE_PROD RESHAPE"
    " RESIZE_BILINEAR RESIZE_NEAREST_NEIGHBOR RSQRT SIGN SIN SPACE_TO_DEPTH SQRT SQUARE SUM TANH"
    " TILE TRANSPOSE"
)

_REDUCED = {"MEAN", "REDUCE_MAX", "REDUCE_MIN", "REDUCE_PROD", "SUM"}


def check_gpu_rules(graph: Graph) -> Result:
    """Every operator is one that a GPU delegate takes, in a form that it takes."""
    broken, newer = [], []
    for operator in graph.operators:
        where = f"{operator.kind} at {operator.layer}"
        problem = _problem(operator, graph)
        if problem:
            broken.append(f"{where}: {problem}")
        elif operator.kind in _NEWER:
            newer.append(where)
    figures = {"broken": broken, "newer": newer}
    if broken:
        return Result("gpu rules", "fail", listed(broken), figures)
    if newer:
        detail = f"not in older phones' delegates: {listed(newer)}"
        return Result("gpu rules", "warning", detail, figures)
    detail = f"all {len(graph.operators)} operators are on the delegate's documented list"
    return Result("gpu rules", "pass", detail, figures)


def _problem(operator: Operator, graph: Graph) -> str | None:
    """What of the delegate's rules an operator breaks."""
    if operator.kind not in _DOCUMENTED | _NEWER:
        return "no GPU delegate has it"
    fused = getattr(operator.options, "fusedActivationFunction", 0)
    if fused == schema.ActivationFunctionType.SIGN_BIT:
        return "the activation SIGN_BIT is not supported"
    runtime = [i for i in operator.inputs if i >= 0 and not graph.tensors[i].constant]
    if operator.kind in _ONE_INPUT and len(runtime) != 1:
        return f"it takes {len(runtime)} changing inputs instead of one"
    rule = _RULES.get(operator.kind)
    return rule(operator, graph) if rule else None


def _depthwise(operator: Operator, graph: Graph) -> str | None:
    channels = graph.tensors[operator.inputs[0]].shape[-1]
    if operator.options.depthMultiplier != 1 and channels != 1:
        return f"a depth multiplier of {operator.options.depthMultiplier} on {channels} channels"
    return None


def _dequantize(operator: Operator, graph: Graph) -> str | None:
    return "from int16" if graph.tensors[operator.inputs[0]].dtype == "INT16" else None


def _softmax(operator: Operator, graph: Graph) -> str | None:
    beta = operator.options.beta
    return None if beta == 1 else f"beta is {beta:g}, not 1"


def _resize(operator: Operator, graph: Graph) -> str | None:
    both = operator.options.alignCorners and operator.options.halfPixelCenters
    return "align_corners together with half_pixel_centers" if both else None


def _reduce(operator: Operator, graph: Graph) -> str | None:
    axes = graph.tensors[operator.inputs[1]]
    return None if axes.constant and axes.dtype == "INT32" else "its axes are not constant int32"


def _multiply(operator: Operator, graph: Graph) -> str | None:
    first, second = (graph.tensors[index].shape for index in operator.inputs)
    if len(first) == len(second):
        pairs = list(zip(first, second, strict=True))
        if any(a < b for a, b in pairs) and any(a > b for a, b in pairs):
            return "neither input is as large as the other in every side"
    return None


def _strided_slice(operator: Operator, graph: Graph) -> str | None:
    options = operator.options
    if options.ellipsisMask or options.newAxisMask or options.shrinkAxisMask:
        return "it drops or adds an axis"
    return _slice(operator, graph)


def _slice(operator: Operator, graph: Graph) -> str | None:
    axes = len(graph.tensors[operator.inputs[0]].shape)
    return None if axes in (3, 4) else f"on {axes} axes instead of 3 or 4"


def _mirror_pad(operator: Operator, graph: Graph) -> str | None:
    reflects = operator.options.mode == schema.MirrorPadMode.REFLECT
    return None if reflects else "not by reflection"


_RULES: dict[str, Callable[[Operator, Graph], str | None]] = {
    "DEPTHWISE_CONV_2D": _depthwise,
    "DEQUANTIZE": _dequantize,
    "MIRROR_PAD": _mirror_pad,
    "MUL": _multiply,
    "RESIZE_BILINEAR": _resize,
    "SLICE": _slice,
    "SOFTMAX": _softmax,
    "STRIDED_SLICE": _strided_slice,
} | dict.fromkeys(_REDUCED, _reduce)

"""Which operators a network has, and that it is one plain graph of fixed sizes."""

from collections import Counter
from math import prod

from export.check.graph import Graph
from export.check.result import Result, listed

# What delegates and interpreters compute with; int16 activations, measured, leave XNNPACK nothing.
_ACTIVATIONS = {"FLOAT32", "INT8", "UINT8"}
# Constants that wait to be widened, and shapes.
_BESIDE = {"FLOAT16", "INT32", "BOOL"}


def check_operators(graph: Graph) -> Result:
    """One graph, fixed sizes, batch 1, no custom operators, float32 or int8 between them."""
    kinds = Counter(f"{op.kind} {op.dtype.lower()}" for op in graph.operators)
    problems = []
    if graph.graphs != 1:
        problems.append(f"{graph.graphs} graphs: branches or loops inside")
    for index in (*graph.inputs, *graph.outputs):
        if not graph.tensors[index].fixed:
            problems.append(f"{graph.tensors[index].name} has no fixed size")
    for operator in graph.operators:
        if operator.kind.startswith(("CUSTOM", "operator ")):
            problems.append(f"{operator.kind} at {operator.layer} is no operator of LiteRT's own")
        elif operator.dtype not in _ACTIVATIONS | _BESIDE:
            problems.append(f"{operator.kind} at {operator.layer} gives {operator.dtype.lower()}")
        elif not all(graph.tensors[index].fixed for index in operator.outputs):
            problems.append(f"{operator.kind} at {operator.layer} has no fixed size")
    work = macs(graph)
    figures = {"operators": dict(kinds), "macs": work, "problems": problems}
    if problems:
        return Result("operators", "fail", listed(problems), figures)
    counts = ", ".join(f"{count} {kind}" for kind, count in kinds.most_common())
    return Result("operators", "pass", f"{len(graph.operators)}: {counts}", figures)


def macs(graph: Graph) -> int:
    """How many multiplications with a weight one run takes: convolutions and matrix products."""
    total = 0
    for operator in graph.operators:
        if operator.kind in ("CONV_2D", "FULLY_CONNECTED", "DEPTHWISE_CONV_2D", "TRANSPOSE_CONV"):
            # A weight is used at every pixel: of the result, or of what a transposed one spreads.
            spread = operator.kind == "TRANSPOSE_CONV"
            seen = graph.tensors[operator.inputs[2] if spread else operator.outputs[0]]
            weights = graph.tensors[operator.inputs[1]]
            total += prod(weights.shape) * prod(seen.shape[:-1])
    return total

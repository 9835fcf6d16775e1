"""The hard rules, that every file must keep that the exporter writes; and the GPU's table."""

from collections import Counter
from collections.abc import Callable

import onnx

from edge_runtime.model.contract import FULL_INTEGER
from edge_runtime.model.onnx_file import is_onnx
from export.check.gpu_rules import check_gpu_rules
from export.check.graph import Graph
from export.check.operators import check_operators
from export.check.result import Result
from export.check.xnnpack import check_xnnpack

_NO_FLOAT = "the model takes and gives int8, for chips that know no float"


def gates(
    data: bytes,
    recipe: str,
    half_precision: Callable[[], Result],
    on_stage: Callable[[str], None] = lambda stage: None,
) -> list[Result]:
    """Look at the operators, XNNPACK's share, the GPU's table and half precision.

    Args:
        data: the bytes of a model file, whole and unedited.
        recipe: of the contract.
        half_precision: looks at the network that the file was made of
            (`export.check.half_precision`); not called where no GPU takes the file.
        on_stage: called with a word for each check.
    Raises:
        ExportError: the graph is damaged.
    """
    if is_onnx(data):
        results = [_onnx_operators(data)]
        on_stage("half precision")
        return [*results, half_precision()]
    graph = Graph(data)
    results = [check_operators(graph)]
    on_stage("xnnpack")
    results.append(check_xnnpack(data, graph))
    if recipe == FULL_INTEGER:
        return [
            *results,
            Result("gpu rules", "skipped", _NO_FLOAT),
            Result("half precision", "skipped", _NO_FLOAT),
        ]
    results.append(check_gpu_rules(graph))
    on_stage("half precision")
    results.append(half_precision())
    return results


def _onnx_operators(data: bytes) -> Result:
    """List the operators of an `.onnx`.

    That it has no others than ours and that ONNX Runtime runs it, whoever opens it has seen.
    """
    model = onnx.load_from_string(data)
    kinds = Counter(node.op_type for node in model.graph.node)
    (opset,) = (entry.version for entry in model.opset_import)
    counts = ", ".join(f"{count} {kind}" for kind, count in kinds.most_common())
    detail = f"{kinds.total()} of opset {opset}: {counts}"
    figures = {"operators": dict(kinds), "opset": opset}
    return Result("operators", "pass", detail, figures)

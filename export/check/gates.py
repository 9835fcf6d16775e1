"""The hard rules, that every file must keep that the exporter writes."""

from collections.abc import Callable

from edge_runtime.contract import FULL_INTEGER
from export.check.extreme_inputs import extreme_inputs
from export.check.gpu_rules import check_gpu_rules
from export.check.graph import Graph
from export.check.half_precision import check_half_precision
from export.check.operators import check_operators
from export.check.result import Result
from export.check.xnnpack import check_xnnpack

_NO_FLOAT = "the model takes and gives int8, for chips that know no float"


def gates(
    data: bytes,
    input_size: int,
    recipe: str,
    on_stage: Callable[[str], None] = lambda stage: None,
) -> list[Result]:
    """Look at the operators, the GPU's rules, XNNPACK's share and half precision.

    Args:
        data: the bytes of a model file, whole and unedited.
        input_size: S.
        recipe: of the contract.
        on_stage: called with a word for each check.
    Raises:
        ExportError: the graph is damaged.
    """
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
    results.append(check_half_precision(graph, extreme_inputs(input_size)))
    return results

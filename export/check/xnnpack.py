"""XNNPACK takes the network in one piece: how many operators it runs, and which it leaves."""

from edge_runtime.engine.litert import load_litert
from export.check.delegated import delegated_operators, pieces_of
from export.check.graph import Graph
from export.check.result import Result, listed


def check_xnnpack(data: bytes, graph: Graph) -> Result:
    """Load a network as the runtime does: one partition, no operator left out.

    Args:
        data: the bytes of a model file.
        graph: of the same bytes.
    """
    interpreter = load_litert().Interpreter(model_content=data, num_threads=1)
    try:
        interpreter.allocate_tensors()
        listed_operators = interpreter._get_ops_details()
    except (RuntimeError, ValueError) as error:
        return Result("xnnpack", "fail", f"LiteRT cannot run it: {_last_line(error)}")
    delegated, _ = delegated_operators(listed_operators)
    left = [operator for at, operator in enumerate(graph.operators) if at not in delegated]
    operators, partitions = len(graph.operators), len(pieces_of(listed_operators))
    figures = {
        "operators": operators,
        "delegated_share": round(1 - len(left) / max(operators, 1), 4),
        "partitions": partitions,
        "left": [{"kind": operator.kind, "layer": operator.layer} for operator in left],
    }
    pieces = "1 piece" if partitions == 1 else f"{partitions} pieces"
    detail = f"{operators - len(left)} of {operators} operators in {pieces}"
    if left:
        words = listed([f"{operator.kind} at {operator.layer}" for operator in left])
        detail += f"; left out: {words}"
    good = partitions == 1 and not left
    return Result("xnnpack", "pass" if good else "fail", detail, figures)


def _last_line(error: Exception) -> str:
    """What LiteRT says last names the node; before stand messages without spaces between them."""
    lines = str(error).strip().splitlines()
    return lines[-1] if lines else "no reason given"

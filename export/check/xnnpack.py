"""XNNPACK takes the network in one piece: how many operators it runs, and which it leaves."""

from dataclasses import dataclass

from edge_runtime.engine.litert import load_litert
from export.check.delegated import delegated_operators, pieces_of
from export.check.graph import Graph, Operator
from export.check.result import Result, listed
from export.errors import ExportError


@dataclass(frozen=True)
class Delegation:
    """What LiteRT's default delegate, XNNPACK, makes of a network.

    Attributes:
        operators: how many the network has.
        partitions: how many pieces XNNPACK runs.
        left: the operators that run outside, one by one.
    """

    operators: int
    partitions: int
    left: tuple[Operator, ...]

    @property
    def share(self) -> float:
        """The part of the operators that XNNPACK runs, 0 to 1."""
        return 1 - len(self.left) / max(self.operators, 1)


def delegation(data: bytes, graph: Graph) -> Delegation:
    """Load a network as the runtime does, and see what XNNPACK took.

    Args:
        data: the bytes of a model file.
        graph: of the same bytes.
    Raises:
        ExportError: LiteRT cannot run the network.
    """
    interpreter = load_litert().Interpreter(model_content=data, num_threads=1)
    try:
        interpreter.allocate_tensors()
        listed_operators = interpreter._get_ops_details()
    except (RuntimeError, ValueError) as error:
        raise ExportError(f"LiteRT cannot run it: {_last_line(error)}") from None
    taken, _ = delegated_operators(listed_operators)
    left = tuple(op for at, op in enumerate(graph.operators) if at not in taken)
    return Delegation(len(graph.operators), len(pieces_of(listed_operators)), left)


def check_xnnpack(data: bytes, graph: Graph) -> Result:
    """One partition, no operator left out."""
    try:
        found = delegation(data, graph)
    except ExportError as error:
        return Result("xnnpack", "fail", str(error))
    left = [f"{operator.kind} at {operator.layer}" for operator in found.left]
    figures = {
        "operators": found.operators,
        "delegated_share": round(found.share, 4),
        "partitions": found.partitions,
        "left": [{"kind": operator.kind, "layer": operator.layer} for operator in found.left],
    }
    taken = found.operators - len(left)
    pieces = "1 piece" if found.partitions == 1 else f"{found.partitions} pieces"
    detail = f"{taken} of {found.operators} operators in {pieces}"
    if left:
        detail += f"; left out: {listed(left)}"
    good = found.partitions == 1 and not left
    return Result("xnnpack", "pass" if good else "fail", detail, figures)


def _last_line(error: Exception) -> str:
    """What LiteRT says last names the node; before stand messages without spaces between them."""
    lines = str(error).strip().splitlines()
    return lines[-1] if lines else "no reason given"

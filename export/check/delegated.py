"""Which operators of a network LiteRT's delegates run."""

from collections.abc import Sequence
from typing import Any

_PIECE = "DELEGATE"


def pieces_of(listed: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The pieces that delegates run, of `Interpreter._get_ops_details()`."""
    return [operator for operator in listed if operator["op_name"] == _PIECE]


def delegated_operators(listed: Sequence[dict[str, Any]]) -> tuple[set[int], int]:
    """Find the operators that delegates run.

    LiteRT lists a delegated piece as one more operator, `DELEGATE`, and does not say which ones it
    stands for. They are those between its outputs and its inputs: what a piece needs from outside
    is an input of it, so a walk from its outputs against the arrows, that stops at its inputs,
    meets all of them and no other.

    Args:
        listed: of `Interpreter._get_ops_details()`, after `allocate_tensors`.
    Returns:
        their places among the network's own operators, in the order of the file; and how many of
        its own it has.
    """
    own = [operator for operator in listed if operator["op_name"] != _PIECE]
    maker = {int(tensor): at for at, op in enumerate(own) for tensor in op["outputs"]}
    taken: set[int] = set()
    for piece in pieces_of(listed):
        given = {int(tensor) for tensor in piece["inputs"]}
        todo = [int(tensor) for tensor in piece["outputs"]]
        while todo:
            tensor = todo.pop()
            at = maker.get(tensor)
            if tensor in given or at is None or at in taken:
                continue
            taken.add(at)
            todo += [int(index) for index in own[at]["inputs"]]
    return taken, len(own)

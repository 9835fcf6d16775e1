"""The graph inside a `.tflite`: operators with their layers' names, and tensors."""

import struct
from dataclasses import dataclass
from typing import Any

from ai_edge_litert import schema_py_generated as schema

from export.errors import ExportError
from export.flatbuffer import open_model

_MAX_NAME = 80


def _names(enumeration: type) -> dict[int, str]:
    return {value: name for name, value in vars(enumeration).items() if name.isupper()}


_KINDS = _names(schema.BuiltinOperator)
_TYPES = _names(schema.TensorType)


@dataclass(frozen=True)
class GraphTensor:
    """A tensor of the graph.

    Attributes:
        name: the layer's that makes it.
        shape: as it is with batch 1.
        dtype: as in the schema: `FLOAT32`, `INT8`, …
        fixed: whether no side may change when the model is run.
    """

    name: str
    shape: tuple[int, ...]
    dtype: str
    fixed: bool


@dataclass(frozen=True)
class Operator:
    """One step of the graph.

    Attributes:
        kind: as in the schema: `CONV_2D`, …; a custom one as `CUSTOM NAME`.
        layer: the name of what it makes.
        dtype: of what it makes.
        inputs, outputs: indices of tensors; an input that is left out is -1.
        options: the schema's options of its kind, or None.
    """

    kind: str
    layer: str
    dtype: str
    inputs: tuple[int, ...]
    outputs: tuple[int, ...]
    options: Any


class Graph:
    """The first graph of a model file.

    Attributes:
        operators, tensors: in the order of the file.
        inputs, outputs: indices of tensors.
        graphs: how many the file holds; more than one mean branches and loops.
    """

    def __init__(self, data: bytes) -> None:
        """Read a graph.

        Args:
            data: the bytes of a `.tflite`; whole and unedited, as `read_model` sees to.
        Raises:
            ExportError: the graph is damaged.
        """
        try:
            self._tree = open_model(data)
            self.graphs = len(self._tree.subgraphs)
            graph = self._tree.subgraphs[0]
            self.inputs = tuple(int(index) for index in graph.inputs)
            self.outputs = tuple(int(index) for index in graph.outputs)
            self.tensors = tuple(self._tensor(raw) for raw in graph.tensors or [])
            self.operators = tuple(self._operator(raw) for raw in graph.operators or [])
        except (AttributeError, IndexError, KeyError, TypeError, ValueError, struct.error) as error:
            raise ExportError(f"the model's graph cannot be read: {error}") from None

    def _tensor(self, raw: Any) -> GraphTensor:
        shape = tuple(int(side) for side in (raw.shape if raw.shape is not None else ()))
        signature = raw.shapeSignature
        open_sides = signature is not None and any(int(side) < 0 for side in signature)
        return GraphTensor(
            _text(raw.name),
            shape,
            _TYPES.get(raw.type, f"type {raw.type}"),
            not open_sides and all(side > 0 for side in shape),
        )

    def _operator(self, raw: Any) -> Operator:
        code = self._tree.operatorCodes[raw.opcodeIndex]
        # Older files have their kind in the narrower field, and 0 in the other.
        number = max(code.builtinCode, code.deprecatedBuiltinCode)
        kind = _KINDS.get(number, f"operator {number}")
        if kind == "CUSTOM":
            kind = f"CUSTOM {_text(code.customCode)}"
        inputs, outputs = (
            tuple(int(index) for index in (ends if ends is not None else ()))
            for ends in (raw.inputs, raw.outputs)
        )
        count = len(self.tensors)
        if not all(-1 <= i < count for i in inputs) or not all(0 <= i < count for i in outputs):
            raise IndexError("an operator has tensors that do not exist")
        made = self.tensors[outputs[0]] if outputs else GraphTensor("none", (), "none", True)
        return Operator(kind, made.name, made.dtype, inputs, outputs, raw.builtinOptions)


def _text(name: bytes | str | None) -> str:
    """A name from a file, fit for a terminal."""
    text = name.decode("utf-8", "replace") if isinstance(name, bytes) else name or "unnamed"
    return "".join(c if c.isprintable() else "?" for c in text)[:_MAX_NAME]

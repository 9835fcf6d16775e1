"""The graph inside a `.tflite`: operators with their layers' names, tensors, constants in float."""

import struct
from dataclasses import dataclass
from typing import Any

import numpy as np
from ai_edge_litert import schema_py_generated as schema

from export.errors import ExportError
from export.flatbuffer import open_model

_MAX_NAME = 80

_INTEGERS = {"INT8": "i1", "UINT8": "u1", "INT16": "<i2", "INT32": "<i4", "INT64": "<i8"}
_STORED = {"FLOAT32": "<f4", "FLOAT16": "<f2", "BOOL": "?"} | _INTEGERS


def _names(enumeration: type) -> dict[int, str]:
    return {value: name for name, value in vars(enumeration).items() if name.isupper()}


_KINDS = _names(schema.BuiltinOperator)
_TYPES = _names(schema.TensorType)


@dataclass(frozen=True)
class Tensor:
    """A tensor of the graph.

    Attributes:
        name: the layer's that makes it.
        shape: as it is with batch 1.
        dtype: as in the schema: `FLOAT32`, `INT8`, …
        fixed: whether no side may change when the model is run.
        constant: whether the file holds its values.
    """

    name: str
    shape: tuple[int, ...]
    dtype: str
    fixed: bool
    constant: bool


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
            self._raw = graph.tensors or []
            self.inputs = tuple(int(index) for index in graph.inputs)
            self.outputs = tuple(int(index) for index in graph.outputs)
            self.tensors = tuple(self._tensor(raw) for raw in self._raw)
            self.operators = tuple(self._operator(raw) for raw in graph.operators or [])
        except (AttributeError, IndexError, KeyError, TypeError, ValueError, struct.error) as error:
            raise ExportError(f"the model's graph cannot be read: {error}") from None

    def value(self, index: int) -> np.ndarray | None:
        """The values of a constant tensor: float32, or integers where they stand for no others.

        Returns:
            None where the tensor is none of the file's constants, or left out.
        Raises:
            ExportError: they are stored in a way that is not known here.
        """
        if index < 0 or not self.tensors[index].constant:
            return None
        tensor, raw = self.tensors[index], self._raw[index]
        if tensor.dtype not in _STORED or raw.sparsity is not None:
            raise ExportError(f"{tensor.name}: constants in {tensor.dtype} cannot be read")
        data = np.asarray(self._tree.buffers[raw.buffer].data, np.uint8).tobytes()
        try:
            stored = np.frombuffer(data, _STORED[tensor.dtype]).reshape(tensor.shape)
        except ValueError:
            raise ExportError(f"{tensor.name}: its constants are cut off") from None
        scales = self._scales(raw)
        if tensor.dtype not in _INTEGERS or scales is None:
            return stored.astype(np.float32) if stored.dtype.kind == "f" else stored
        return self._dequantized(stored, raw, scales)

    def _scales(self, raw: Any) -> np.ndarray | None:
        found = raw.quantization
        if found is None or found.scale is None or not len(found.scale):
            return None
        return np.asarray(found.scale, np.float32)

    def _dequantized(self, stored: np.ndarray, raw: Any, scales: np.ndarray) -> np.ndarray:
        points = raw.quantization.zeroPoint
        zeros = np.zeros(len(scales)) if points is None else np.asarray(points, np.float64)
        shape = [1] * stored.ndim
        if len(scales) > 1:
            shape[raw.quantization.quantizedDimension] = -1
        values = (stored - zeros.reshape(shape)) * scales.astype(np.float64).reshape(shape)
        return values.astype(np.float32)

    def _tensor(self, raw: Any) -> Tensor:
        shape = tuple(int(side) for side in (raw.shape if raw.shape is not None else ()))
        signature = raw.shapeSignature
        open_sides = signature is not None and any(int(side) < 0 for side in signature)
        data = self._tree.buffers[raw.buffer].data
        return Tensor(
            _text(raw.name),
            shape,
            _TYPES.get(raw.type, f"type {raw.type}"),
            not open_sides and all(side > 0 for side in shape),
            data is not None and len(data) > 0,
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
        made = self.tensors[outputs[0]] if outputs else Tensor("none", (), "none", True, False)
        return Operator(kind, made.name, made.dtype, inputs, outputs, raw.builtinOptions)


def _text(name: bytes | str | None) -> str:
    """A name from a file, fit for a terminal."""
    text = name.decode("utf-8", "replace") if isinstance(name, bytes) else name or "unnamed"
    return "".join(c if c.isprintable() else "?" for c in text)[:_MAX_NAME]

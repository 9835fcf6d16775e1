"""Walk the flatbuffer of a `.tflite` without trusting a byte of it."""

import struct
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
from flatbuffers.table import Table

from edge_runtime.errors import ModelError

FILE_IDENTIFIER = b"TFL3"


def slot(field: int) -> int:
    """Where field n of a table has its entry in the table's vtable, in bytes."""
    return 4 + 2 * field


@contextmanager
def whole_flatbuffer() -> Iterator[None]:
    """Say of an offset that points outside the bytes, in one sentence, what it means.

    Raises:
        ModelError: what is inside, or what this decorates, raises what flatbuffers does then.
    """
    try:
        yield
    except (struct.error, TypeError, ValueError, OverflowError):
        raise ModelError("the model file is cut off or damaged") from None


def root_of(model: bytes) -> Table:
    """The `Model` table of a file.

    Raises:
        ModelError: the bytes are not a `.tflite`.
    """
    if model[4:8] != FILE_IDENTIFIER:
        raise ModelError("the file is neither a .tflite nor an .onnx model")
    root = Table(model, 0)
    root.Pos = root.Indirect(0)
    return root


def length(table: Table, field: int) -> int:
    """How many elements a vector claims to have; none where it is missing."""
    offset = table.Offset(slot(field))
    return table.VectorLen(offset) if offset else 0


def element(table: Table, field: int, position: int) -> Table:
    """The table at a position of a vector of tables (4 bytes of offset each)."""
    offset = table.Vector(table.Offset(slot(field))) + 4 * position
    return Table(table.Bytes, table.Indirect(offset))


def child(table: Table, field: int) -> Table | None:
    """The table that a field refers to, or None."""
    offset = table.Offset(slot(field))
    return Table(table.Bytes, table.Indirect(table.Pos + offset)) if offset else None


def numbers(table: Table, field: int, dtype: str) -> np.ndarray:
    """A vector of numbers; empty where it is missing.

    Raises:
        ValueError: it reaches outside the bytes.
    """
    count = length(table, field)
    if not count:
        return np.empty(0, dtype)
    start = table.Vector(table.Offset(slot(field)))
    return np.frombuffer(table.Bytes, dtype, count, start)

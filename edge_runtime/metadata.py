"""Find a named metadata entry in the flatbuffer of a `.tflite`, without trusting a byte of it.

The layout is that of TensorFlow Lite's `schema.fbs` (version 3): `Model.buffers` is field 4,
`Model.metadata` field 6; a `Metadata` is a name and the index of a `Buffer`, whose field 0 is data.
"""

import struct

from flatbuffers import number_types
from flatbuffers.table import Table

from edge_runtime.errors import ModelError

FILE_IDENTIFIER = b"TFL3"

# Field n of a flatbuffer table has its entry at byte 4 + 2 n of the table's vtable.
_MODEL_BUFFERS = 4 + 2 * 4
_MODEL_METADATA = 4 + 2 * 6
_METADATA_NAME = 4
_METADATA_BUFFER = 6
_BUFFER_DATA = 4

_MAX_ENTRIES = 1000


def find_metadata(model: bytes, name: str) -> tuple[int, int] | None:
    """Where a metadata entry's data lie in a `.tflite`.

    Args:
        model: the bytes of the whole file; they may be hostile.
        name: the entry's name.
    Returns:
        (start, stop) in bytes from the start of the file, or None where there is no such entry.
    Raises:
        ModelError: the bytes are not a `.tflite`, or one that is cut off or damaged.
    """
    if model[4:8] != FILE_IDENTIFIER:
        raise ModelError("the file is not a .tflite model")
    try:
        return _find(model, name.encode())
    except (struct.error, TypeError, ValueError, OverflowError):
        # What flatbuffers raises when an offset points outside the bytes.
        raise ModelError("the model file is cut off or damaged") from None


def _find(model: bytes, name: bytes) -> tuple[int, int] | None:
    root = Table(model, 0)
    root.Pos = root.Indirect(0)
    for position in range(min(_length(root, _MODEL_METADATA), _MAX_ENTRIES)):
        entry = _element(root, _MODEL_METADATA, position)
        field = entry.Offset(_METADATA_NAME)
        if not field or entry.String(entry.Pos + field) != name:
            continue
        index = entry.GetSlot(_METADATA_BUFFER, 0, number_types.Uint32Flags)
        if index >= _length(root, _MODEL_BUFFERS):
            raise ValueError("no such buffer")
        buffer = _element(root, _MODEL_BUFFERS, index)
        field = buffer.Offset(_BUFFER_DATA)
        if not field:
            raise ValueError("an empty buffer")
        start = buffer.Vector(field)
        stop = start + buffer.VectorLen(field)
        if stop > len(model):
            raise ValueError("data outside the file")
        return start, stop
    return None


def _length(table: Table, slot: int) -> int:
    field = table.Offset(slot)
    return table.VectorLen(field) if field else 0


def _element(table: Table, slot: int, position: int) -> Table:
    """The table at a position of a vector of tables (4 bytes of offset each)."""
    offset = table.Vector(table.Offset(slot)) + 4 * position
    return Table(table.Bytes, table.Indirect(offset))

"""Find a named metadata entry in the flatbuffer of a `.tflite`, without trusting a byte of it.

The layout is that of TensorFlow Lite's `schema.fbs` (version 3): `Model.buffers` is field 4,
`Model.metadata` field 6; a `Metadata` is a name and the index of a `Buffer`, whose field 0 is data.
"""

from flatbuffers import number_types

from edge_runtime.model.flatbuffer import element, length, root_of, slot, whole_flatbuffer

_MODEL_BUFFERS = 4
_MODEL_METADATA = 6
_METADATA_NAME = slot(0)
_METADATA_BUFFER = slot(1)
_BUFFER_DATA = slot(0)

_MAX_ENTRIES = 1000


@whole_flatbuffer()
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
    root = root_of(model)
    for position in range(min(length(root, _MODEL_METADATA), _MAX_ENTRIES)):
        entry = element(root, _MODEL_METADATA, position)
        field = entry.Offset(_METADATA_NAME)
        if not field or entry.String(entry.Pos + field) != name.encode():
            continue
        index = entry.GetSlot(_METADATA_BUFFER, 0, number_types.Uint32Flags)
        if index >= length(root, _MODEL_BUFFERS):
            raise ValueError("no such buffer")
        buffer = element(root, _MODEL_BUFFERS, index)
        field = buffer.Offset(_BUFFER_DATA)
        if not field:
            raise ValueError("an empty buffer")
        start = buffer.Vector(field)
        stop = start + buffer.VectorLen(field)
        if stop > len(model):
            raise ValueError("data outside the file")
        return start, stop
    return None

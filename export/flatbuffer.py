"""Open a `.tflite` as a tree of objects, and close it again."""

from typing import Any

import flatbuffers
import numpy as np
from ai_edge_litert import schema_py_generated as schema


def open_model(model: bytes) -> Any:
    """A `ModelT` of the LiteRT schema, with all weights inside its buffers.

    The quantizer appends weights behind the flatbuffer and refers to them by offsets from the
    start of the file, which any edit would break: they are taken back in.
    """
    tree = schema.ModelT.InitFromObj(schema.Model.GetRootAs(model))
    for buffer in tree.buffers:
        if buffer.offset > 1:  # 0 and 1 mean: inside
            outside = model[buffer.offset : buffer.offset + buffer.size]
            buffer.data = np.frombuffer(outside, np.uint8)
        buffer.offset = buffer.size = 0
    return tree


def close_model(tree: Any) -> bytes:
    """The bytes of the `.tflite` that a `ModelT` describes."""
    builder = flatbuffers.Builder(2**20)
    builder.Finish(tree.Pack(builder), b"TFL3")
    return bytes(builder.Output())

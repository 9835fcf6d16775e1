"""Write a contract into a `.tflite` or an `.onnx`, as metadata, and seal the file."""

import numpy as np
import onnx
from ai_edge_litert import schema_py_generated as schema

from edge_runtime.model.contract import METADATA_NAME, Contract
from edge_runtime.model.onnx_file import is_onnx
from edge_runtime.model.seal import seal
from export.flatbuffer import close_model, open_model


def with_contract(model: bytes, contract: Contract) -> bytes:
    """The same network with this contract inside, sealed.

    Args:
        model: the bytes of a `.tflite` or an `.onnx`, with or without a contract.
        contract: replaces any that is there.
    Returns:
        The bytes of the new file.
    """
    return seal((_in_onnx if is_onnx(model) else _in_tflite)(model, contract.to_json()))


def _in_onnx(model: bytes, text: str) -> bytes:
    tree = onnx.load_from_string(model)
    others = {p.key: p.value for p in tree.metadata_props if p.key != METADATA_NAME}
    onnx.helper.set_model_props(tree, others | {METADATA_NAME: text})
    return bytes(tree.SerializeToString(deterministic=True))


def _in_tflite(model: bytes, text: str) -> bytes:
    tree = open_model(model)
    data = np.frombuffer(text.encode(), np.uint8)
    entries = tree.metadata or []
    entry = next((e for e in entries if _text(e.name) == METADATA_NAME), None)
    if entry is None:
        entry = schema.MetadataT()
        entry.name = METADATA_NAME
        entry.buffer = len(tree.buffers)
        tree.buffers.append(schema.BufferT())
        entries.append(entry)
    tree.buffers[entry.buffer].data = data
    tree.metadata = entries
    return bytes(close_model(tree))


def _text(name: str | bytes | None) -> str:
    return name.decode() if isinstance(name, bytes) else name or ""

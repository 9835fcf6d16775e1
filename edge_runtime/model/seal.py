"""The seal: by it a model file proves that it is whole and unedited before a byte of it is run.

A cut-off model crashes LiteRT's loader instead of raising, so the check comes first. Layout: the
contract's JSON, in the metadata entry `METADATA_NAME` of a `.tflite` or an `.onnx`, holds two
members more,

    "sha256": "<64 hexadecimal digits>"   of the whole file, with these 64 digits set to '0'
    "size": "<12 decimal digits>"         of the whole file in bytes, padded with zeros on the left

written exactly so, with one space after the colon, as `json.dumps` does. Both have a fixed width:
sealing changes no length and moves nothing. The seal shows damage; it is no signature.
"""

import hashlib

from edge_runtime.errors import ModelError
from edge_runtime.model.contract import MAX_JSON_BYTES, METADATA_NAME, UNSEALED
from edge_runtime.model.metadata import find_metadata
from edge_runtime.model.onnx_file import find_property, is_onnx


def contract_json(model: bytes) -> bytes:
    """The contract's JSON inside a model file, unchecked.

    Raises:
        ModelError: neither `.tflite` nor `.onnx`, damaged, or without contract.
    """
    start, stop = _contract_place(model)
    return model[start:stop]


def seal(model: bytes) -> bytes:
    """The same model, sealed: its size and SHA-256 written into its contract.

    Args:
        model: a whole model file whose contract came from `Contract.to_json`; sealed or not.
    Returns:
        bytes of the same length.
    Raises:
        ModelError: no model file, or its contract has no place for a seal.
    """
    sealed = bytearray(model)
    start, stop = _value_place(model, "size")
    sealed[start:stop] = str(len(model)).zfill(stop - start).encode()
    start, stop = _value_place(model, "sha256")
    sealed[start:stop] = UNSEALED["sha256"].encode()
    sealed[start:stop] = hashlib.sha256(sealed).hexdigest().encode()
    return bytes(sealed)


def check_seal(model: bytes) -> None:
    """See that a model file is whole and unedited.

    Raises:
        ModelError: no model file, without contract or seal, cut off or changed.
    """
    start, stop = _value_place(model, "size")
    size = model[start:stop]
    if size != str(len(model)).zfill(stop - start).encode():
        raise ModelError("the model file is cut off or has bytes too many")
    if seal(model) != model:
        raise ModelError("the model file was changed or damaged: its SHA-256 differs")


def _contract_place(model: bytes) -> tuple[int, int]:
    find = find_property if is_onnx(model) else find_metadata
    place = find(model, METADATA_NAME)
    if place is None:
        raise ModelError("the model has no TintLite contract inside: it is another network")
    if place[1] - place[0] > MAX_JSON_BYTES:
        raise ModelError("the model's contract is too long")
    return place


def _value_place(model: bytes, name: str) -> tuple[int, int]:
    """Where a value of the seal lies: (start, stop) in bytes, without its quotes."""
    start, stop = _contract_place(model)
    opening = f'"{name}": "'.encode()
    width = len(UNSEALED[name])
    # Inside a JSON string a quote has a backslash before it: only a member can match this.
    at = model.find(opening, start, stop)
    first = at + len(opening)
    if at < 0 or first + width >= stop or model[first + width : first + width + 1] != b'"':
        raise ModelError("the model's contract has no seal")
    return first, first + width

"""Messages between a process and its workers: a JSON object and bytes, each with its length.

Not pickle: a worker decodes what strangers send, and what it answers is not to be trusted.
"""

import json
import os
import struct
from typing import Any, BinaryIO

_LENGTHS = struct.Struct(">QQ")


def send(to: BinaryIO, words: dict[str, Any], data: bytes | memoryview = b"") -> None:
    """Write a message; paths become texts.

    Raises:
        OSError: the other side has gone.
    """
    head = json.dumps(words, default=os.fspath).encode()
    to.write(_LENGTHS.pack(len(head), len(data)) + head)
    to.write(data)
    to.flush()


def receive(source: BinaryIO) -> tuple[dict[str, Any], bytes]:
    """Read a message.

    Raises:
        EOFError: the other side has gone.
        ValueError: it is no message.
    """
    head, data = _LENGTHS.unpack(_read(source, _LENGTHS.size))
    words = json.loads(_read(source, head))
    if not isinstance(words, dict):
        raise ValueError("no message")
    return words, _read(source, data)


def _read(source: BinaryIO, length: int) -> bytes:
    data = source.read(length)
    if len(data) < length:
        raise EOFError
    return data

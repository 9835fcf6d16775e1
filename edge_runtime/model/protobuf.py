"""Walk the protobuf of an `.onnx` without trusting a byte of it.

The wire format is that of protobuf.dev/programming-guides/encoding: each field is a key, a number
times eight and a wire type, and a value. Groups, which ONNX does not know, count as damage.
"""

from collections.abc import Iterator
from typing import NamedTuple

from edge_runtime.errors import ModelError

_VARINT, _FIXED64, _BYTES, _FIXED32 = 0, 1, 2, 5

# Ours have a few thousand fields; a hostile file does not keep us busy.
_MOST_FIELDS = 1_000_000


class Field(NamedTuple):
    """One field of a message.

    Attributes:
        number: which field it is.
        value: of a whole number; else nothing.
        start, stop: of bytes, a text or a message: where it lies in the file; else 0.
    """

    number: int
    value: int
    start: int
    stop: int


class Walk:
    """Reads the fields of messages inside one file."""

    def __init__(self, data: bytes) -> None:
        """Begin with the bytes of a whole file, which may be hostile."""
        self.data = data
        self._left = _MOST_FIELDS

    def fields(self, start: int = 0, stop: int | None = None) -> Iterator[Field]:
        """The fields of the message between two places.

        Raises:
            ModelError: it is cut off, damaged, or has too many fields.
        """
        end = len(self.data) if stop is None else stop
        at = start
        while at < end:
            self._left -= 1
            if self._left < 0:
                raise ModelError("the model file has too many parts")
            key, at = self._varint(at, end)
            number, kind = key >> 3, key & 7
            value = first = last = 0
            if kind == _VARINT:
                value, at = self._varint(at, end)
            elif kind == _BYTES:
                length, first = self._varint(at, end)
                at = last = first + length
            elif kind in (_FIXED64, _FIXED32):
                at += 8 if kind == _FIXED64 else 4
            else:
                raise _damaged()
            if at > end:
                raise _damaged()
            yield Field(number, value, first, last)

    def bytes_of(self, field: Field) -> bytes:
        """What a field of bytes or text holds."""
        return self.data[field.start : field.stop]

    def _varint(self, at: int, end: int) -> tuple[int, int]:
        """A whole number of 7 bits a byte, the lowest first; and where the next byte lies."""
        value = 0
        for shift in range(0, 70, 7):
            if at >= end:
                break
            byte = self.data[at]
            at += 1
            value |= (byte & 127) << shift
            if byte < 128:
                return value, at
        raise _damaged()


def _damaged() -> ModelError:
    return ModelError("the model file is cut off or damaged")

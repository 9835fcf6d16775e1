"""The file of a segment: encoded packets of the picture, one after the other.

Each packet is its place in time, its length, whether decoding can begin with it, and its bytes. The
file goes to no player: it lies in a hidden folder until all segments are joined.
"""

import os
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import av

# pts, dts and duration in ticks, bytes, key.
_HEAD = struct.Struct("<qqqQ?")


@dataclass(frozen=True)
class Coded:
    """One encoded packet.

    Attributes:
        pts, dts, duration: in ticks of the encoder.
        is_key: whether decoding can begin with it.
        data: its bytes.
    """

    pts: int
    dts: int
    duration: int
    is_key: bool
    data: bytes


class SegmentFile:
    """A segment under way."""

    def __init__(self, path: Path):
        """Begin a file; one of that name is replaced.

        Raises:
            OSError: it cannot be made.
        """
        self._path = path
        self._file = path.open("wb")

    def add(self, packets: list[av.Packet]) -> None:
        """Write packets as they come from the encoder.

        Raises:
            OSError: the disk is full.
        """
        for packet in packets:
            times = packet.pts, packet.dts, packet.duration or 0
            self._file.write(_HEAD.pack(*times, packet.size, packet.is_keyframe))
            self._file.write(memoryview(packet))

    def keep(self, path: Path) -> None:
        """Flush the file to the disk and give it its name.

        Raises:
            OSError: the disk is full.
        """
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()
        self._path.replace(path)

    def discard(self) -> None:
        """Close the file and remove it, if it is there."""
        self._file.close()
        self._path.unlink(missing_ok=True)


def read_segment(path: Path) -> Iterator[Coded]:
    """The packets of a file.

    Raises:
        OSError: it cannot be read.
        EOFError: it ends within a packet.
    """
    with path.open("rb") as file:
        while head := file.read(_HEAD.size):
            if len(head) < _HEAD.size:
                raise EOFError
            pts, dts, duration, size, is_key = _HEAD.unpack(head)
            data = file.read(size)
            if len(data) < size:
                raise EOFError
            yield Coded(pts, dts, duration, is_key, data)

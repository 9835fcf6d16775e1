"""The file of a segment: encoded packets of the picture, one after the other.

Each packet is its place in time, its length, whether decoding can begin with it, and its bytes. The
file goes to no player: it lies in a hidden folder until all segments are joined.
"""

import struct
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO

import av

# pts, dts and duration in ticks of the encoder, bytes, key.
_HEAD = struct.Struct("<qqqQ?")


def write_packets(file: BinaryIO, packets: Iterable[av.Packet]) -> None:
    """Write packets as they come from the encoder.

    Raises:
        OSError: the disk is full.
    """
    for packet in packets:
        times = packet.pts, packet.dts, packet.duration or 0
        file.write(_HEAD.pack(*times, packet.size, packet.is_keyframe))
        file.write(memoryview(packet))


def read_packets(path: Path) -> Iterator[av.Packet]:
    """The packets of a file, without the length of their ticks.

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
            packet = av.Packet(data)
            packet.pts, packet.dts, packet.duration = pts, dts, duration
            packet.is_keyframe = is_key
            yield packet

"""Write the pixel aspect into the head of a Matroska, WebM or AVI file.

FFmpeg takes it from the stream for these containers, and PyAV can set that of the encoder only. So
the picture's title keeps some room in the head while the file is written, and afterwards the aspect
is put there. The head keeps its length, so that nothing else moves.

Matroska: RFC 9559; AVI: the video properties header of the OpenDML extensions, 1996.
"""

import struct
import zlib
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

# Longer than what is put there: 76 bytes in an AVI.
ROOM = "room for the pixel aspect " * 4

# Names of formats, as in `formats`, that need it.
NEED_ROOM = {"matroska", "webm", "avi"}

# The heads of films are a few kilobytes; covers and fonts come behind the tracks.
_LONGEST_HEAD = 2**22

_SEGMENT, _TRACKS, _TRACK, _VIDEO = 0x18538067, 0x1654AE6B, 0xAE, 0xE0
_NAME, _VOID, _CRC = 0x536E, 0xEC, 0xBF
_DISPLAY_WIDTH, _DISPLAY_HEIGHT, _DISPLAY_UNIT = 0x54B0, 0x54BA, 0x54B2


def fill_room(path: Path, format: str, size: tuple[int, int], aspect: Fraction) -> None:
    """Replace the room in a finished file by the aspect; without room nothing is done.

    Args:
        path: the file.
        format: FFmpeg's name of its container.
        size: width and height of the frames, in pixels.
        aspect: width of a pixel over its height.
    Raises:
        OSError: the file cannot be read or written.
    """
    with path.open("rb+") as file:
        head = file.read(_LONGEST_HEAD)
        part = _avi_part(head, size, aspect) if format == "avi" else _ebml_part(head, size, aspect)
        if part is not None:
            place, data = part
            file.seek(place)
            file.write(data)


def _avi_part(head: bytes, size: tuple[int, int], aspect: Fraction) -> tuple[int, bytes] | None:
    """Where something is to be written, and what: instead of the stream's name."""
    room = head.find(ROOM.encode())
    begin = head.rfind(b"strn", 0, room) if room >= 0 else -1
    if begin < 0:
        return None
    length = 8 + struct.unpack_from("<I", head, begin + 4)[0]
    length += length % 2
    title = head[begin + 8 : room]
    width, height = size
    shape = (aspect * width / height).limit_denominator(1 << 14)
    if shape.numerator >= 1 << 16:
        return None
    fields = (0, 0, 25, width, height, shape.numerator << 16 | shape.denominator, width, height, 1)
    one_field = (height, width, height, width, 0, 0, 0, 0)
    parts = _chunk(b"vprp", struct.pack("<17I", *fields, *one_field))
    if title:
        parts += _chunk(b"strn", title + b"\0")
    left = length - len(parts)
    if left < 8:
        return None
    return begin, parts + _chunk(b"JUNK", bytes(left - 8))


def _chunk(name: bytes, data: bytes) -> bytes:
    return name + struct.pack("<I", len(data)) + data + b"\0" * (len(data) % 2)


def _ebml_part(head: bytes, size: tuple[int, int], aspect: Fraction) -> tuple[int, bytes] | None:
    """Where something is to be written, and what: the element with all tracks."""
    found = _find(head, 0, len(head), _SEGMENT)
    found = found and _find(head, found[1], len(head), _TRACKS)
    if not found or found[2] > len(head):
        return None
    _, begin, end = found
    tracks = bytearray(head[begin:end])
    check = None
    for name, _, body, after in _places(tracks, 0, len(tracks)):
        if name == _CRC:
            check = (body, after)
        elif name == _TRACK:
            tracks[body:after] = _with_aspect(bytes(tracks[body:after]), size, aspect)
    if check:  # of all that follows it
        tracks[slice(*check)] = struct.pack("<I", zlib.crc32(tracks[check[1] :]))
    return begin, bytes(tracks)


def _with_aspect(track: bytes, size: tuple[int, int], aspect: Fraction) -> bytes:
    """A track with the aspect instead of the room, of the same length; without room as it is."""
    if ROOM.encode() not in track:
        return track
    changed = b""
    for name, data in _children(track):
        if name == _VIDEO:
            across, down = _shown_size(size, aspect)
            shown = [(_DISPLAY_WIDTH, _number(across)), (_DISPLAY_HEIGHT, _number(down))]
            kept = [
                (part, value)
                for part, value in _children(data)
                if part not in (_DISPLAY_WIDTH, _DISPLAY_HEIGHT, _DISPLAY_UNIT)
            ]
            data = b"".join(_element(*part) for part in kept + shown)
        if name == _NAME:
            data = data.replace(ROOM.encode(), b"")
            if not data:
                continue
        changed += _element(name, data)
    return changed + _element(_VOID, bytes(len(track) - len(changed) - 2))


def _shown_size(size: tuple[int, int], aspect: Fraction) -> tuple[int, int]:
    """Whole numbers near the size that have the aspect exactly, where there are such."""
    shape = aspect * size[0] / size[1]
    if shape.denominator > 2 * size[1]:
        return round(size[0] * aspect), size[1]
    times = max(1, round(Fraction(size[1], shape.denominator)))
    return shape.numerator * times, shape.denominator * times


def _find(data: bytes, begin: int, end: int, wanted: int) -> tuple[int, int, int] | None:
    """Begin, begin of the body, and end of an element among its siblings."""
    for name, place, body, after in _places(data, begin, end):
        if name == wanted:
            return place, body, after
    return None


def _children(data: bytes) -> list[tuple[int, bytes]]:
    return [(name, data[body:after]) for name, _, body, after in _places(data, 0, len(data))]


def _places(data: bytes, begin: int, end: int) -> Iterator[tuple[int, int, int, int]]:
    """Name, begin, begin of the body, and end of elements that follow each other."""
    while begin + 2 <= end:
        length = 9 - data[begin].bit_length()
        name = int.from_bytes(data[begin : begin + length], "big")
        start = begin + length
        if start >= end or not data[start]:
            return
        width = 9 - data[start].bit_length()
        size = int.from_bytes(data[start : start + width], "big") & (1 << (7 * width)) - 1
        yield name, begin, start + width, start + width + size
        begin = start + width + size


def _element(name: int, data: bytes) -> bytes:
    """An element, its size in as many bytes as FFmpeg takes: as few as hold it."""
    width = 1
    while len(data) >= (1 << (7 * width)) - 1:
        width += 1
    size = (len(data) | 1 << (7 * width)).to_bytes(width, "big")
    return name.to_bytes((name.bit_length() + 7) // 8, "big") + size + data


def _number(value: int) -> bytes:
    return value.to_bytes((value.bit_length() + 7) // 8, "big")

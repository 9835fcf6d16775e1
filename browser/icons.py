"""Draw the icon of the page as PNG, for home screens that take no SVG."""

import itertools
import math
import struct
import zlib

# As icon.svg of the page: two half discs in a square of 32, and their colours from the top down.
_SIDE, _RADIUS, _GAP = 32, 13, 1
_GREY = ((0.0, (0xC9, 0xC9, 0xC9)), (1.0, (0x5A, 0x5A, 0x5A)))
_TINT = ((0.0, (0xFF, 0xB3, 0x57)), (0.55, (0xE8, 0x54, 0x3A)), (1.0, (0x7A, 0x3B, 0x8F)))


def draw_icon(side: int, paper: tuple[int, int, int] | None = None, scale: float = 1.0) -> bytes:
    """The icon as a PNG.

    Args:
        side: of the picture, in pixels.
        paper: the colour behind it; transparent where it is None.
        scale: of the disc, in parts of its size in icon.svg.
    """
    unit = side / _SIDE * scale
    rows = []
    for y in range(side):
        row = bytearray([0])  # no filter
        down = (y + 0.5 - side / 2) / unit
        part = min(1.0, max(0.0, down / (2 * _RADIUS) + 0.5))
        grey, tint = _at(_GREY, part), _at(_TINT, part)
        for x in range(side):
            across = (x + 0.5 - side / 2) / unit
            # How far inside its half disc a pixel is, at most 1: edges are smooth.
            centre = math.hypot(abs(across) - _GAP, down)
            inside = min(_RADIUS - centre, abs(across) - _GAP) * unit + 0.5
            cover = min(1.0, max(0.0, inside))
            colour = grey if across < 0 else tint
            if paper is None:
                row += bytes((*colour, round(255 * cover)))
            else:
                row += bytes(round(p + cover * (c - p)) for c, p in zip(colour, paper, strict=True))
        rows.append(bytes(row))
    kind = 6 if paper is None else 2
    header = struct.pack(">IIBBBBB", side, side, 8, kind, 0, 0, 0)
    data = zlib.compress(b"".join(rows), 9)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", header) + _chunk(b"IDAT", data) + _chunk(b"IEND")


def _at(stops: tuple, part: float) -> tuple[int, int, int]:
    for (low, one), (high, other) in itertools.pairwise(stops):
        if part <= high:
            share = (part - low) / (high - low)
            return tuple(round(a + share * (b - a)) for a, b in zip(one, other, strict=True))
    return stops[-1][1]


def _chunk(name: bytes, data: bytes = b"") -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

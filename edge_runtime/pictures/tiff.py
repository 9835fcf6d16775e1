"""Write TIFF files of 8 or 16 bits, of one page or several, with their words.

TIFF 6.0, and BigTIFF where 32 bits are too few; deflate: Adobe Photoshop TIFF technical notes,
2002; horizontal differencing: TIFF 6.0, section 14.
"""

import math
import zlib
from collections.abc import Iterable
from fractions import Fraction

import numpy as np

from edge_runtime.pictures.captions import bytes_of
from edge_runtime.pictures.exif import with_size, words_of
from edge_runtime.pictures.ifd import (
    ASCII,
    BYTE,
    LONG,
    LONG8,
    RATIONAL,
    SHORT,
    UNDEFINED,
    Directory,
    Entry,
    Layout,
    numbers_field,
    write_directory,
)
from edge_runtime.pictures.picture import Picture
from edge_runtime.pictures.profile import srgb_profile_bytes

_DEFLATE = 8
_GREY, _RGB = 1, 2
_HORIZONTAL_DIFFERENCES = 2
_INCH = 2
_UNASSOCIATED_ALPHA = 2
_PAGE = 2
_STRIP_ROWS = 64
_COMPRESSION_LEVEL = 4
_DESCRIPTION, _XMP, _IPTC, _PHOTOSHOP, _PROFILE = 270, 700, 33723, 34377, 34675
# From here on what is not yet packed might not fit under 4 GiB.
_BIG_FROM = 4_000_000_000


def encode_tiff(pages: Iterable[Picture], count: int = 1) -> bytes:
    """The bytes of a TIFF, compressed without loss.

    Args:
        pages: the pictures, taken one after the other; of their pixels some rows at a time.
        count: how many they are.
    """
    parts: list[bytes] = []
    layout = Layout("<")
    at = 0
    # Each directory says where the next one lies: it is written when that is known.
    waiting: tuple[int, Directory, int] | None = None
    for page in pages:
        if not parts:
            size = math.prod(page.pixels.shape) * page.pixels.dtype.itemsize
            layout = Layout("<", size * count > _BIG_FROM)
            parts = [b"II+\0\x08\0\0\0" if layout.big else b"II*\0", b""]
            at = 16 if layout.big else 8
        strips, directory = _page(page, at, layout, count)
        at += sum(map(len, strips))
        if at % 2:
            strips.append(b"\0")
            at += 1
        if waiting is None:
            parts[1] = numbers_field(LONG8 if layout.big else LONG, at).data
        else:
            index, earlier, place = waiting
            parts[index] = write_directory(earlier, place, layout, at)
        parts += strips
        waiting = len(parts), directory, at
        parts.append(write_directory(directory, at, layout))
        at += len(parts[-1]) + len(parts[-1]) % 2
        parts.append(bytes(len(parts[-1]) % 2))
    return b"".join(parts)


def _page(page: Picture, at: int, layout: Layout, pages: int) -> tuple[list[bytes], Directory]:
    """The strips of a page, the first of which will lie at a place, and its directory."""
    height, width = page.pixels.shape[:2]
    colours = page.pixels.shape[2] if len(page.pixels.shape) == 3 else 1
    strips = []
    for top in range(0, height, _STRIP_ROWS):
        rows = page.pixels[top : top + _STRIP_ROWS].reshape(-1, width, colours)
        if page.alpha is not None:
            rows = np.dstack([rows, page.alpha[top : top + _STRIP_ROWS]])
        strips.append(_strip(rows))
    sizes = [len(strip) for strip in strips]
    starts = [at + int(before) for before in np.cumsum([0, *sizes[:-1]])]
    channels = colours + (page.alpha is not None)
    place = LONG8 if layout.big else LONG

    # No others: the EXIF of a JPEG may state a layout of pixels, which here is this file's own.
    directory = words_of(with_size(page.exif, width, height), layout.order)
    directory |= {
        256: numbers_field(LONG, width),
        257: numbers_field(LONG, height),
        258: numbers_field(SHORT, *(8 * page.pixels.dtype.itemsize,) * channels),
        259: numbers_field(SHORT, _DEFLATE),
        262: numbers_field(SHORT, _RGB if colours == 3 else _GREY),
        273: numbers_field(place, *starts),
        277: numbers_field(SHORT, channels),
        278: numbers_field(LONG, _STRIP_ROWS),
        279: numbers_field(place, *sizes),
        317: numbers_field(SHORT, _HORIZONTAL_DIFFERENCES),
    }
    if pages > 1:
        directory[254] = numbers_field(LONG, _PAGE)
    if page.dpi:
        for tag, value in zip((282, 283), page.dpi, strict=True):
            part = Fraction(value).limit_denominator(10_000)
            directory[tag] = numbers_field(RATIONAL, part.numerator, part.denominator)
        directory[296] = numbers_field(SHORT, _INCH)
    if page.alpha is not None:
        directory[338] = numbers_field(SHORT, _UNASSOCIATED_ALPHA)
    if page.profile:
        directory[_PROFILE] = Entry(UNDEFINED, srgb_profile_bytes())
    captions = page.captions
    if captions.xmp:
        directory[_XMP] = Entry(BYTE, captions.xmp)
    if captions.other_resources:
        directory[_PHOTOSHOP] = Entry(BYTE, captions.other_resources)
    if captions.iptc:
        directory[_IPTC] = Entry(BYTE, captions.iptc)
    if captions.texts and _DESCRIPTION not in directory:
        text = bytes_of(captions.comment).replace(b"\0", b" ")
        directory[_DESCRIPTION] = Entry(ASCII, text + b"\0")
    return strips, directory


def _strip(rows: np.ndarray) -> bytes:
    differences = rows.copy()
    differences[:, 1:] -= rows[:, :-1]
    little_endian = differences.astype(differences.dtype.newbyteorder("<"), copy=False)
    return zlib.compress(little_endian.tobytes(), _COMPRESSION_LEVEL)

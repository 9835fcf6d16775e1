"""Read TIFF and BigTIFF of 8 bits a channel and more, whole or as far as they go, page by page.

tifffile understands the files; what is packed inside as pictures (JPEG, fax) and what has fewer
bits or a palette is Pillow's. Strips and tiles are unpacked one by one, so that a damaged one
costs itself alone.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import BinaryIO

from edge_runtime.errors import PictureError
from edge_runtime.pictures.captions import Captions, as_utf8, iptc_resource, kept_resources
from edge_runtime.pictures.decode_tiff import decode_tiff
from edge_runtime.pictures.exif import WORDS, exif_of, orientation_of
from edge_runtime.pictures.header import MAX_PIXELS, PictureLimits, check_size, open_image, reason
from edge_runtime.pictures.ifd import LONG, Entry, Layout, read_directory, read_header, read_tree
from edge_runtime.pictures.jpeg_scans import check_scans, count_scans
from edge_runtime.pictures.shallow import read_planes, usable_dpi
from edge_runtime.pictures.stored import SEVERAL, Stored

_NEW_SUBFILE, _SUBFILE, _WIDTH, _HEIGHT, _BITS, _COMPRESSION = 254, 255, 256, 257, 258, 259
_PHOTOMETRIC, _TILE_WIDTH, _TILE_HEIGHT = 262, 322, 323
_STRIPS, _ROWS_OF_STRIP, _STRIP_BYTES, _TILES, _TILE_BYTES = 273, 278, 279, 324, 325
_X_RESOLUTION, _Y_RESOLUTION, _RESOLUTION_UNIT = 282, 283, 296
_XMP, _IPTC, _PHOTOSHOP, _PROFILE, _DNG, _DESCRIPTION = 700, 33723, 34377, 34675, 50706, 270
_REDUCED, _MASK, _OLD_REDUCED = 1, 4, 2
_JPEG = b"\xff\xd8"
_CENTIMETRES_PER_INCH = 2.54
_MOST_PAGES = 10_000

# What Pillow decodes: fax and both kinds of JPEG; palettes and YCbCr.
_PACKED_PICTURES = (2, 3, 4, 6, 7)
_NOT_OURS = (3, 6)
# Where no part is a JPEG, though it may begin like one: plain, fax, and what packs bytes alone.
_NO_JPEGS = (1, 2, 3, 4, 5, 8, 32773, 32946, 34925, 50000)

# Descriptions by which programs lay out pixels: they would do so with ours.
_LAYOUTS = (b'{"shape"', b"ImageJ=", b'<?xml version="1.0" encoding="UTF-8"?><OME', b"SCANIMAGE")


def read_xmp(file: BinaryIO) -> bytes:
    """The XMP packet of the first page of a TIFF; empty for none.

    Raises:
        PictureError: the header is damaged.
    """
    layout, pages = _pages(file, most=1)
    fields, _ = read_directory(file, pages[0][1], layout, (_XMP,))
    return as_utf8(fields[_XMP].data) if _XMP in fields else b""


def read_tiff(file: BinaryIO, limits: PictureLimits, page: int | None) -> Stored:
    """Read one page of a TIFF.

    Args:
        file: the open file.
        limits: how large it may be.
        page: which one, from 0; None for the first, with a note where there are more.
    Raises:
        PictureError: too large, of a kind that is not supported, of too many scans, or nothing of
            it can be decoded.
    """
    layout, pages = _pages(file)
    if page is not None and page >= len(pages):
        raise PictureError(f"it has no page {page + 1}")
    number, at = pages[page or 0]
    fields, _ = read_directory(file, at, layout)
    numbers = _Numbers(fields, layout)
    width, height = numbers.first(_WIDTH), numbers.first(_HEIGHT)
    tile = numbers.first(_TILE_WIDTH) * numbers.first(_TILE_HEIGHT)
    check_size(width, height, limits, tile)
    if _DNG in fields:
        raise PictureError("is camera raw (DNG), which is not read: develop it first")
    packed = numbers.first(_COMPRESSION, 1)
    kind = numbers.first(_PHOTOMETRIC, 1)
    if packed not in _NO_JPEGS:
        check_scans(_jpegs(file, numbers), max(limits.pixels, MAX_PIXELS))
    few_bits = numbers.first(_BITS, 1) < 8
    if packed in _PACKED_PICTURES or kind in _NOT_OURS or few_bits:
        image = open_image(file, "TIFF", limits)
        image.seek(number)
        image.load()  # and turned upright by Pillow
        stored = Stored(*read_planes(image))
    else:
        stored = decode_tiff(file, limits, number)
        stored = replace(stored, orientation=orientation_of(fields, layout))
    if page is None and len(pages) > 1:
        stored = replace(stored, notes=(*stored.notes, SEVERAL))
    return _with_words(stored, file, at, layout, fields, len(pages))


@dataclass
class _Numbers:
    """The whole numbers of a directory."""

    fields: dict[int, Entry]
    layout: Layout

    def all(self, tag: int) -> tuple[int, ...]:
        """The numbers of a field."""
        found = self.fields.get(tag)
        return found.numbers(self.layout.order) if found else ()

    def first(self, tag: int, default: int = 0) -> int:
        """The first number of a field."""
        numbers = self.all(tag)
        return numbers[0] if numbers else default


def _jpegs(file: BinaryIO, numbers: _Numbers) -> Iterator[tuple[int, int]]:
    """The scans and the pixels of each strip or tile that is a JPEG.

    Raises:
        PictureError: they lie over each other, and are much more together than the file.
    """
    length = file.seek(0, 2)
    width, height = numbers.first(_WIDTH), numbers.first(_HEIGHT)
    tile = numbers.first(_TILE_WIDTH) * numbers.first(_TILE_HEIGHT)
    pixels = tile or width * min(height, numbers.first(_ROWS_OF_STRIP, height))
    places = numbers.all(_TILES) or numbers.all(_STRIPS)
    sizes = numbers.all(_TILE_BYTES) or numbers.all(_STRIP_BYTES)
    known: dict[tuple[int, int], int] = {}
    read = 0
    for number, at in enumerate(places):
        # Where no size stands, a decoder takes what there is.
        part = at, (sizes[number] if number < len(sizes) else 0) or length
        if part not in known:
            file.seek(at)
            data = file.read(part[1])
            read += len(data)
            if read > 2 * length:
                raise PictureError("not decoded: its parts lie over each other")
            known[part] = count_scans(data) if data.startswith(_JPEG) else 0
        yield known[part], pixels


def _pages(file: BinaryIO, most: int = _MOST_PAGES) -> tuple[Layout, list[tuple[int, int]]]:
    """How a TIFF is written, and for each picture its number in the file and its place."""
    header = read_header(file)
    if header is None:
        raise PictureError("a TIFF whose header is damaged")
    layout, at = header
    pages: list[tuple[int, int]] = []
    seen: set[int] = set()
    while at and at not in seen and len(seen) < most:
        try:
            fields, following = read_directory(file, at, layout, (_NEW_SUBFILE, _SUBFILE))
        except ValueError as error:
            if not seen:
                raise PictureError(f"a TIFF whose header is damaged ({reason(error)})") from None
            break
        numbers = _Numbers(fields, layout)
        less = numbers.first(_NEW_SUBFILE) & (_REDUCED | _MASK)
        if not seen or not (less or numbers.first(_SUBFILE) == _OLD_REDUCED):
            pages.append((len(seen), at))
        seen.add(at)
        at = following
    return layout, pages


def _with_words(
    stored: Stored,
    file: BinaryIO,
    at: int,
    layout: Layout,
    fields: dict[int, Entry],
    pages: int,
) -> Stored:
    """What the directory of a page says besides its pixels and how they are turned."""
    words = read_tree(file, at, layout, WORDS)
    described = words.get(_DESCRIPTION)
    if isinstance(described, Entry) and described.data.startswith(_LAYOUTS):
        del words[_DESCRIPTION]
    data = {tag: found.data for tag, found in fields.items()}
    resources = kept_resources(data.get(_PHOTOSHOP, b""))
    captions = Captions(as_utf8(data.get(_XMP, b"")), (), resources)
    if _IPTC in data and not captions.iptc:
        captions = replace(captions, resources=resources + iptc_resource(data[_IPTC]))
    return replace(
        stored,
        profile=data.get(_PROFILE, b""),
        exif=exif_of(words, layout),
        captions=captions,
        dpi=_dpi(fields, layout),
        format="TIFF",
        pages=pages,
    )


def _dpi(fields: dict[int, Entry], layout: Layout) -> tuple[float, float] | None:
    values = []
    for tag in (_X_RESOLUTION, _Y_RESOLUTION):
        found = fields.get(tag)
        if found is None or len(found.data) != 8:
            return None
        over, under = Entry(LONG, found.data).numbers(layout.order)
        if not under:
            return None
        values.append(over / under)
    unit = _Numbers(fields, layout).first(_RESOLUTION_UNIT, 2)
    scale = {2: 1.0, 3: _CENTIMETRES_PER_INCH}.get(unit)
    return None if scale is None else usable_dpi(value * scale for value in values)

"""EXIF: made to fit the result without translating what it says.

A block is a small TIFF and is edited in place, since makers' notes hold places within it that
nobody else can move. EXIF 2.32, section 4.6.
"""

import io
from collections.abc import Mapping

from edge_runtime.pictures.ifd import (
    DIRECTORIES,
    EXIF,
    Directory,
    Entry,
    Layout,
    in_order,
    read_directory,
    read_header,
    read_tree,
    write_directory,
)

ORIENTATION = 0x0112
# What a TIFF's own directory says in words; the others lay out its pixels. Names, descriptions,
# camera, software, date, artist, copyright; ratings and Windows' own; places of maps (GeoTIFF).
WORDS = {269, 270, 271, 272, 285, 305, 306, 315, 316, 33432, *DIRECTORIES[:2]}
WORDS |= {18246, 18249, *range(40091, 40096), 33550, 33922, 34264, 34735, 34736, 34737, 42112}

_THUMBNAIL, _THUMBNAIL_BYTES = 0x0201, 0x0202
_COLOUR_SPACE, _SRGB = 0xA001, 1
_WIDTHS, _HEIGHTS = (0x0100, 0xA002), (0x0101, 0xA003)
_PREFIX = b"Exif\0\0"


def read_exif(data: bytes) -> tuple[bytes, int]:
    """An EXIF block for the coloured picture, and how the grey one is turned.

    Args:
        data: as a file has it; the block may have a prefix.
    Returns:
        the block, upright and without a thumbnail of the grey picture; and the orientation, 1 to 8.
    Raises:
        ValueError: the block is damaged.
    """
    block = bytearray(data.removeprefix(_PREFIX))
    file = io.BytesIO(block)
    header = read_header(file)
    if header is None:
        raise ValueError("no EXIF")
    layout, at = header
    fields, following = read_directory(file, at, layout)
    if not fields:  # some programs write a block that says nothing
        return b"", 1
    orientation = orientation_of(fields, layout)
    _set(block, fields.get(ORIENTATION), layout, 1)
    if EXIF in fields:
        try:
            inner, _ = read_directory(file, fields[EXIF].numbers(layout.order)[0], layout)
        except (ValueError, IndexError):
            inner = {}
        _set(block, inner.get(_COLOUR_SPACE), layout, _SRGB)
    if following:
        _drop_thumbnail(block, file, at, following, layout)
    return bytes(block), orientation


def orientation_of(fields: Mapping[int, "Entry | Directory"], layout: Layout) -> int:
    """The orientation that a directory says, 1 to 8; 1 where it is missing or senseless."""
    field = fields.get(ORIENTATION)
    numbers = field.numbers(layout.order) if isinstance(field, Entry) else ()
    return numbers[0] if numbers and numbers[0] in range(1, 9) else 1


def exif_of(words: Directory, layout: Layout) -> bytes:
    """The words of a TIFF as an EXIF block, in the same byte order."""
    if not words:
        return b""
    block = Layout(layout.order)
    magic = b"II*\0\x08\0\0\0" if layout.order == "<" else b"MM\0*\0\0\0\x08"
    return magic + write_directory(words, len(magic), block)


def words_of(block: bytes, order: str) -> Directory:
    """The words of an EXIF block for the directory of a TIFF.

    Args:
        block: of `read_exif`; may be empty.
        order: the byte order of the TIFF.
    """
    header = read_header(io.BytesIO(block))
    if header is None:
        return {}
    layout, at = header
    try:
        tree = read_tree(io.BytesIO(block), at, layout, WORDS)
    except ValueError:
        return {}
    return _reordered(tree, layout.order, order)


def with_size(block: bytes, width: int, height: int) -> bytes:
    """An EXIF block whose width and height, where it says any, are those of the picture.

    Args:
        block: may be empty, and may have a JPEG's prefix, which is taken off.
        width, height: in pixels.
    """
    block = block.removeprefix(_PREFIX)
    header = read_header(io.BytesIO(block))
    if header is None:
        return block
    layout, at = header
    result = bytearray(block)
    file = io.BytesIO(block)
    try:
        fields, _ = read_directory(file, at, layout)
        directories = [fields]
        if EXIF in fields:
            place = fields[EXIF].numbers(layout.order)[0]
            directories.append(read_directory(file, place, layout)[0])
    except (ValueError, IndexError):
        return block
    for directory in directories:
        for tags, number in ((_WIDTHS, width), (_HEIGHTS, height)):
            for tag in tags:
                _set(result, directory.get(tag), layout, number)
    return bytes(result)


def _set(block: bytearray, field: Entry | None, layout: Layout, number: int) -> None:
    """Write a number over the one that a field has."""
    if field is None or len(field.numbers(layout.order)) != 1:
        return
    size = len(field.data)
    if number < 256**size:
        data = number.to_bytes(size, "little" if layout.order == "<" else "big")
        block[field.place : field.place + size] = data


def _drop_thumbnail(
    block: bytearray, file: io.BytesIO, at: int, following: int, layout: Layout
) -> None:
    """Let the first directory be the last, and cut off the thumbnail where it ends the block."""
    count = int.from_bytes(block[at : at + 2], "little" if layout.order == "<" else "big")
    pointer = at + 2 + 12 * count
    block[pointer : pointer + 4] = bytes(4)
    try:
        fields, _ = read_directory(file, following, layout)
    except ValueError:
        return
    place, size = (
        (fields[tag].numbers(layout.order) or (0,))[0] if tag in fields else 0
        for tag in (_THUMBNAIL, _THUMBNAIL_BYTES)
    )
    if place > 8 and len(block) - 2 <= place + size <= len(block):
        del block[place:]


def _reordered(tree: Directory, source: str, target: str) -> Directory:
    return {
        tag: _reordered(field, source, target)
        if isinstance(field, dict)
        else in_order(field, source, target)
        for tag, field in tree.items()
    }

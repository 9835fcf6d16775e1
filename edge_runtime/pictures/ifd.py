"""TIFF directories (IFDs) as they are stored: read, carried over byte for byte, written.

EXIF is a TIFF without pixels. What is not understood, a maker's note above all, survives only where
nobody translates it, so fields stay bytes here. TIFF 6.0, section 2; BigTIFF as libtiff defines it.
"""

import struct
from collections.abc import Container, Mapping
from dataclasses import dataclass
from typing import BinaryIO

EXIF, GPS, INTEROPERABILITY = 0x8769, 0x8825, 0xA005
DIRECTORIES = (EXIF, GPS, INTEROPERABILITY)

BYTE, ASCII, SHORT, LONG, RATIONAL, UNDEFINED, LONG8 = 1, 2, 3, 4, 5, 7, 16

# Bytes of one value of each kind, and of the numbers in it that have a byte order.
_SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4}
_SIZES |= {16: 8, 17: 8, 18: 8}
_NUMBERS = _SIZES | {5: 4, 10: 4}

_MOST_FIELDS = 4096
_MOST_BYTES = 64 * 2**20  # of one field


@dataclass(frozen=True)
class Entry:
    """One entry of a directory.

    Attributes:
        kind: the type of its values, as TIFF counts them.
        data: the bytes of its values, in the byte order of its file.
        place: where in the file those bytes lie, in bytes from the start of the TIFF.
    """

    kind: int
    data: bytes
    place: int = 0

    @property
    def count(self) -> int:
        return len(self.data) // _SIZES[self.kind]

    def numbers(self, order: str) -> tuple[int, ...]:
        """The values of a field of whole numbers; none for other kinds.

        Args:
            order: `<` or `>`.
        """
        letter = {1: "B", 3: "H", 4: "I", 6: "b", 8: "h", 9: "i", 13: "I", 16: "Q", 18: "Q"}
        if self.kind not in letter:
            return ()
        return struct.unpack(f"{order}{self.count}{letter[self.kind]}", self.data)


Directory = dict[int, "Entry | Directory"]


@dataclass(frozen=True)
class Layout:
    """How a TIFF is written.

    Attributes:
        order: `<` or `>`, the byte order.
        big: whether it is a BigTIFF, of 64-bit places.
    """

    order: str = "<"
    big: bool = False

    @property
    def head(self) -> str:
        """What stands before the fields: how many there are."""
        return self.order + ("Q" if self.big else "H")

    @property
    def place(self) -> str:
        """A place in the file."""
        return self.order + ("Q" if self.big else "I")

    @property
    def entry(self) -> str:
        """Tag, kind, count, and the value or its place."""
        return self.order + ("HHQ8s" if self.big else "HHI4s")

    @property
    def inline(self) -> int:
        """How many bytes of a value stand in the directory itself."""
        return 8 if self.big else 4


def read_header(file: BinaryIO) -> tuple[Layout, int] | None:
    """How a TIFF is written, and where its first directory lies; None where it is no TIFF."""
    file.seek(0)
    start = file.read(16)
    layout = {
        b"II*\0": Layout("<"),
        b"MM\0*": Layout(">"),
        b"II+\0": Layout("<", True),
        b"MM\0+": Layout(">", True),
    }.get(start[:4])
    if layout is None or len(start) < (16 if layout.big else 8):
        return None
    (first,) = struct.unpack_from(layout.place, start, 8 if layout.big else 4)
    return layout, first


def read_directory(
    file: BinaryIO, at: int, layout: Layout, wanted: Container[int] | None = None
) -> tuple[dict[int, Entry], int]:
    """The fields of a directory.

    Args:
        file: the TIFF.
        at: where the directory lies.
        layout: how the TIFF is written.
        wanted: the tags to read; None for all. Directories inside are fields of their places.
    Returns:
        the fields by tag, and the place of the next directory, 0 for none.
    Raises:
        ValueError: the directory lies outside the file or is senseless. A field that does so is
            left out.
    """
    length = file.seek(0, 2)
    head = struct.calcsize(layout.head)
    (count,) = struct.unpack(layout.head, _read(file, at, head))
    if count > _MOST_FIELDS:
        raise ValueError(f"a directory of {count} fields")
    size = struct.calcsize(layout.entry)
    table = _read(file, at + head, count * size)
    rest = file.read(struct.calcsize(layout.place))
    (following,) = struct.unpack(layout.place, rest) if len(rest) == layout.inline else (0,)
    fields: dict[int, Entry] = {}
    for index in range(count):
        tag, kind, number, value = struct.unpack_from(layout.entry, table, index * size)
        if kind not in _SIZES or tag in fields or (wanted is not None and tag not in wanted):
            continue
        need = number * _SIZES[kind]
        place = at + head + (index + 1) * size - layout.inline
        if need > layout.inline:
            (place,) = struct.unpack(layout.place, value)
            if need > _MOST_BYTES or place + need > length:
                continue
            value = _read(file, place, need)
        fields[tag] = Entry(kind, value[:need], place)
    return fields, following


def read_tree(
    file: BinaryIO,
    at: int,
    layout: Layout,
    wanted: Container[int] | None = None,
    inside: tuple[int, ...] = (EXIF, GPS),
) -> Directory:
    """A directory with those that may lie inside it: EXIF and GPS, and interoperability in EXIF.

    Args:
        file, at, layout: as for `read_directory`.
        wanted: the tags to read of the outermost directory; None for all.
        inside: the directories to follow; other pointers are left out.
    Raises:
        ValueError: as for `read_directory`, of the outermost one; others are left out.
    """
    fields, _ = read_directory(file, at, layout, wanted)
    tree: Directory = {tag: field for tag, field in fields.items() if tag not in DIRECTORIES}
    for tag in set(inside) & set(fields):
        deeper = (INTEROPERABILITY,) if tag == EXIF else ()
        try:
            tree[tag] = read_tree(file, fields[tag].numbers(layout.order)[0], layout, None, deeper)
        except (ValueError, IndexError):
            continue
    return tree


def in_order(field: Entry, source: str, target: str) -> Entry:
    """A field in another byte order."""
    size = _NUMBERS[field.kind]
    if source == target or size == 1:
        return field
    count = len(field.data) // size
    letter = {2: "H", 4: "I", 8: "Q"}[size]
    numbers = struct.unpack(f"{source}{count}{letter}", field.data)
    return Entry(field.kind, struct.pack(f"{target}{count}{letter}", *numbers))


def numbers_field(kind: int, *numbers: int) -> Entry:
    """A little-endian field of SHORT, LONG or LONG8; of RATIONAL as numerators and denominators."""
    letter = {SHORT: "H", LONG: "I", LONG8: "Q", RATIONAL: "I"}[kind]
    return Entry(kind, struct.pack(f"<{len(numbers)}{letter}", *numbers))


def write_directory(
    directory: Mapping[int, "Entry | Directory"], at: int, layout: Layout, following: int = 0
) -> bytes:
    """The bytes of a directory, of what its fields point to, and of the directories inside it.

    Args:
        directory: the fields, in the layout's byte order.
        at: where in the file the bytes will lie; even.
        layout: how the TIFF is written.
        following: the place of the next directory, 0 for none.
    """
    head = struct.calcsize(layout.head)
    size = struct.calcsize(layout.entry)
    start = at + head + len(directory) * size + layout.inline
    table = [struct.pack(layout.head, len(directory))]
    values = bytearray()
    for tag in sorted(directory):
        field = directory[tag]
        values += bytes(len(values) % 2)
        place = start + len(values)
        if isinstance(field, dict):
            values += write_directory(field, place, layout)
            kind, count, value = LONG8 if layout.big else LONG, 1, struct.pack(layout.place, place)
        else:
            kind, count, value = field.kind, field.count, field.data
            if len(value) > layout.inline:
                values += value
                value = struct.pack(layout.place, place)
        table.append(struct.pack(layout.entry, tag, kind, count, value))
    table.append(struct.pack(layout.place, following))
    return b"".join(table) + bytes(values)


def _read(file: BinaryIO, at: int, size: int) -> bytes:
    file.seek(at)
    data = file.read(size)
    if len(data) < size:
        raise ValueError("the file ends before its directory")
    return data

"""Cut a fragmented MP4 whose end is missing back to its last whole fragment."""

import struct
from pathlib import Path

# ISO/IEC 14496-12: a file is a row of boxes, each with its size (4 bytes) and its type (4 letters)
# at its start. A fragment is a `moof` box, which lists its samples, and an `mdat`, which has them.
_HEADER = struct.Struct(">I4s")


def trim_fragments(path: Path) -> None:
    """Cut the file after its last whole `mdat`, or to nothing if there is none.

    Boxes larger than 4 GB, which fragments of some seconds never are, count as cut off.

    Raises:
        OSError: the file cannot be read or cut.
    """
    length = path.stat().st_size
    place = whole = 0
    with path.open("rb+") as file:
        while place + _HEADER.size <= length:
            file.seek(place)
            size, kind = _HEADER.unpack(file.read(_HEADER.size))
            if size < _HEADER.size or place + size > length:
                break
            place += size
            if kind == b"mdat":
                whole = place
        file.truncate(whole)

"""Make sure that OpenCV sees in a file what Pillow saw, before it is given the file.

Both read the same headers, but where a hostile file states something twice, or a length beyond its
end, they may believe different things, and OpenCV allocates what it believes.
"""

import struct

_PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_PNG_IHDR_BYTES = 25  # with its length and checksum

_TIFF_WIDTH, _TIFF_HEIGHT = 256, 257
_TIFF_SHORT, _TIFF_LONG = 3, 4


def plain_png(data: bytes, width: int, height: int) -> bytes | None:
    """A PNG reduced to its header and its pixel data.

    Args:
        data: the bytes of a PNG.
        width, height: its size as it is known.
    Returns:
        the bytes of a PNG of the same picture, or None where the file is irregular.
    """
    opening = _PNG_SIGNATURE + struct.pack(">I4sII", 13, b"IHDR", width, height)
    if not data.startswith(opening):
        return None
    position = len(_PNG_SIGNATURE) + _PNG_IHDR_BYTES
    parts = [data[:position]]
    while position + 8 <= len(data):
        length, name = struct.unpack_from(">I4s", data, position)
        end = position + 8 + length + 4  # length and name, data, checksum
        if end > len(data):
            return None
        if name in (b"IDAT", b"IEND"):
            parts.append(data[position:end])
        if name == b"IEND":
            return b"".join(parts)
        position = end
    return None


def is_plain_tiff(data: bytes, size: set[int]) -> bool:
    """Whether a TIFF's first directory states each thing once, and this size.

    Args:
        data: the bytes of a TIFF.
        size: its width and height as they are known, in either order.
    Returns:
        False for BigTIFF and for irregular files too.
    """
    order = {b"II*\0": "<", b"MM\0*": ">"}.get(data[:4])
    if order is None:
        return False
    stated = {}
    last = -1
    try:
        (start,) = struct.unpack_from(order + "I", data, 4)
        (count,) = struct.unpack_from(order + "H", data, start)
        for index in range(count):
            entry = start + 2 + 12 * index
            tag, kind, number = struct.unpack_from(order + "HHI", data, entry)
            if tag <= last:  # TIFF 6.0, section 2: in ascending order
                return False
            last = tag
            if tag in (_TIFF_WIDTH, _TIFF_HEIGHT):
                layout = {_TIFF_SHORT: "H", _TIFF_LONG: "I"}.get(kind)
                if layout is None or number != 1:
                    return False
                (stated[tag],) = struct.unpack_from(order + layout, data, entry + 8)
    except struct.error:
        return False
    return len(stated) == 2 and set(stated.values()) == size

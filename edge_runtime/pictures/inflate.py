"""Unpack deflated data as far as they go."""

import zlib

_BYTES_AT_ONCE = 1 << 16


def inflate_as_far_as_it_goes(packed: bytes, most: int) -> bytearray:
    """As much as can be unpacked of a zlib stream, whatever its checksum at the end says.

    Args:
        packed: the stream, which may be damaged or cut off.
        most: bytes to unpack at most.
    """
    found = bytearray()
    unpacker = zlib.decompressobj(-zlib.MAX_WBITS)  # knows no checksum
    at = 2  # behind the header of the stream
    step = _BYTES_AT_ONCE
    while at < len(packed) and len(found) < most and not unpacker.eof:
        before = unpacker.copy() if step > 1 else unpacker
        try:
            found += unpacker.decompress(packed[at : at + step], most - len(found))
        except zlib.error:
            if step == 1:
                break
            unpacker, step = before, 1  # to the very byte that is wrong
            continue
        at += step
    return found

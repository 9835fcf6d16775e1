"""The chunks of a PNG: read without trusting them, and written.

PNG specification, third edition: section 5.3 (chunks), 11 (what they hold). IPTC has no chunk of
its own; ImageMagick, ExifTool and others keep it as hexadecimal text.
"""

import binascii
import struct
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import BinaryIO

from edge_runtime.pictures.captions import (
    Captions,
    as_utf8,
    bytes_of,
    iptc_resource,
    kept_resources,
    readable,
)
from edge_runtime.pictures.shallow import usable_dpi

SIGNATURE = b"\x89PNG\r\n\x1a\n"
# What one text may unpack to.
MOST_TEXT_BYTES = 16 * 2**20

_METRES_PER_INCH = 0.0254
_XMP = "XML:com.adobe.xmp"
_RAW_PROFILE = "Raw profile type "
_PHOTOSHOP = b"Photoshop 3.0\0"
_LONGEST_KEYWORD = 79
_HEX_LINE = 72
_COMPRESSED_FROM = 1024  # bytes


@dataclass(frozen=True)
class Chunk:
    """One chunk.

    Attributes:
        name: its four letters.
        data: its bytes; fewer than it says where the file ends in it.
        sound: whether it is whole, and its checksum right.
    """

    name: bytes
    data: bytes
    sound: bool


def read_chunks(file: BinaryIO, pixels: bool = True) -> Iterator[Chunk]:
    """The chunks of a PNG up to its end, without those of later frames; the last may be cut off.

    Args:
        file: the PNG.
        pixels: whether those of the pixels are wanted.
    """
    length = file.seek(0, 2)
    file.seek(len(SIGNATURE))
    while True:
        head = file.read(8)
        if len(head) < 8:
            return
        size, name = struct.unpack(">I4s", head)
        if name == b"fdAT" or (name == b"IDAT" and not pixels):
            file.seek(size + 4, 1)
            continue
        # No more than the file has, whatever the chunk says.
        data = file.read(min(size, length))
        check = file.read(4)
        whole = len(data) == size and len(check) == 4
        sound = whole and zlib.crc32(name + data) == int.from_bytes(check, "big")
        yield Chunk(name, data, sound)
        if name == b"IEND":
            return


def chunk(name: bytes, data: bytes) -> bytes:
    """The bytes of a chunk."""
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def read_words(chunks: Iterable[Chunk]) -> tuple[bytes, Captions]:
    """EXIF as it is stored, which may be empty, and the captions of a PNG."""
    exif = xmp = resources = b""
    texts = []
    for one in chunks:
        if not one.sound:
            continue
        if one.name == b"eXIf":
            exif = one.data
        elif one.name in (b"tEXt", b"zTXt", b"iTXt"):
            found = _text(one)
            if found is None:
                continue
            keyword, text = found
            if keyword == _XMP:
                xmp = as_utf8(bytes_of(text))
            elif keyword.startswith(_RAW_PROFILE):
                kind, data = keyword.removeprefix(_RAW_PROFILE), _raw_profile(text)
                if kind in ("exif", "APP1") and data.startswith(b"Exif\0\0"):
                    exif = exif or data
                elif kind in ("iptc", "8bim") and data:
                    data = data.removeprefix(_PHOTOSHOP)
                    if not data.startswith(b"8BIM"):
                        data = iptc_resource(data)
                    resources = resources or kept_resources(data)
                elif kind == "xmp":
                    xmp = xmp or as_utf8(data)
            else:
                texts.append((keyword, text))
    return exif, Captions(xmp, (), resources, tuple(texts))


def word_chunks(exif: bytes, captions: Captions) -> bytes:
    """The chunks of EXIF and captions, for before the pixels."""
    chunks = b""
    if exif:
        chunks += chunk(b"eXIf", exif)
    if captions.xmp:
        chunks += chunk(b"iTXt", _XMP.encode() + b"\0\0\0\0\0" + captions.xmp)
    if captions.resources:
        digits = binascii.hexlify(captions.resources).decode()
        lines = [digits[at : at + _HEX_LINE] for at in range(0, len(digits), _HEX_LINE)]
        text = "\n".join(["", "iptc", f"{len(captions.resources):8}", *lines, ""])
        packed = zlib.compress(text.encode("latin-1"))
        chunks += chunk(b"zTXt", f"{_RAW_PROFILE}iptc".encode() + b"\0\0" + packed)
    for keyword, text in captions.texts:
        chunks += _text_chunk(keyword, readable(text))
    return chunks


def read_dpi(data: bytes) -> tuple[float, float] | None:
    """(horizontal, vertical) dots an inch of a pHYs chunk; None where it says none."""
    if len(data) != 9 or data[8] != 1:
        return None
    across, down = struct.unpack(">II", data[:8])
    return usable_dpi((across * _METRES_PER_INCH, down * _METRES_PER_INCH))


def read_profile(data: bytes) -> bytes:
    """The ICC profile of an iCCP chunk; bytes that are none where it is damaged."""
    _, _, packed = data.partition(b"\0")
    try:
        return _unpack(packed[1:])
    except (ValueError, zlib.error):
        return b"damaged"


def resolution_chunk(dpi: tuple[float, float]) -> bytes:
    """The chunk of (horizontal, vertical) dots an inch."""
    across, down = (round(value / _METRES_PER_INCH) for value in dpi)
    return chunk(b"pHYs", struct.pack(">IIB", across, down, 1))


def profile_chunk(profile: bytes) -> bytes:
    """The chunk of an ICC profile."""
    return chunk(b"iCCP", b"ICC Profile\0\0" + zlib.compress(profile))


def put_chunks(png: bytes | memoryview, chunks: bytes) -> bytes:
    """A PNG with chunks put behind its header, which must come first."""
    behind = len(SIGNATURE) + 25
    return b"".join([png[:behind], chunks, png[behind:]])


def _text(one: Chunk) -> tuple[str, str] | None:
    keyword, _, rest = one.data.partition(b"\0")
    try:
        if one.name == b"tEXt":
            return keyword.decode("latin-1"), rest.decode("latin-1")
        if one.name == b"zTXt":
            return keyword.decode("latin-1"), _unpack(rest[1:]).decode("latin-1")
        packed = rest[:1] == b"\1"
        _, _, rest = rest[2:].partition(b"\0")  # the language
        _, _, rest = rest.partition(b"\0")  # the keyword in that language
        text = _unpack(rest) if packed else rest
        return keyword.decode("latin-1"), text.decode("utf-8", "surrogateescape")
    except (ValueError, zlib.error):
        return None


def _unpack(data: bytes) -> bytes:
    unpacker = zlib.decompressobj()
    text = unpacker.decompress(data, MOST_TEXT_BYTES)
    if unpacker.unconsumed_tail:
        raise ValueError("a text that unpacks to too much")
    return text


def _raw_profile(text: str) -> bytes:
    """The bytes that ImageMagick writes as lines: the kind, their number, hexadecimal digits."""
    lines = text.strip("\n").split("\n")
    try:
        return binascii.unhexlify("".join(lines[2:]).replace(" ", ""))
    except ValueError:
        return b""


def _text_chunk(keyword: str, text: str) -> bytes:
    name = keyword[:_LONGEST_KEYWORD].encode("latin-1", "replace") or b"Comment"
    try:
        data = text.encode("latin-1")
        if len(data) >= _COMPRESSED_FROM:
            return chunk(b"zTXt", name + b"\0\0" + zlib.compress(data))
        return chunk(b"tEXt", name + b"\0" + data)
    except UnicodeEncodeError:
        return chunk(b"iTXt", name + b"\0\0\0\0\0" + text.encode("utf-8"))

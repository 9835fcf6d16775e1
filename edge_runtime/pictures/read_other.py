"""Read WebP, BMP, GIF, HEIC, AVIF and JPEG 2000: what Pillow and its plugins decode."""

import io
import struct
from typing import BinaryIO

from PIL import Image

from edge_runtime.pictures.captions import Captions, as_utf8, iptc_resource, text_of
from edge_runtime.pictures.header import PictureLimits, open_image
from edge_runtime.pictures.shallow import read_dpi, read_planes
from edge_runtime.pictures.stored import SEVERAL, Stored

_LOSSLESS = ("BMP", "GIF")

# The boxes of a JPEG 2000 that hold words, by their identifiers.
_JP2_EXIF = b"JpgTiffExif->JP2"
_JP2_IPTC = bytes.fromhex("33c7a4d2b81d4723a0baf1a3e097ad38")
_JP2_XMP = bytes.fromhex("be7acfcb97a942e89c71999491e3afac")
_MOST_BOX_BYTES = 16 * 2**20


def read_other(file: BinaryIO, name: str, limits: PictureLimits) -> Stored:
    """Read a picture of one of these formats; of several frames the first.

    Args:
        file: the open file.
        name: its format, by `Format.name`.
        limits: how large it may be.
    Raises:
        PictureError: too large, cut off or damaged.
    """
    image = open_image(file, name, limits)
    notes = []
    if getattr(image, "is_animated", False):
        notes.append(SEVERAL)
    depth = _depth(file, name, image)
    damaged = False
    try:
        image.load()
    except Exception as error:  # damaged bytes can raise nearly anything in a decoder
        if name != "BMP":
            raise
        image = _cut_off_bmp(file, image, limits, error)
        damaged = True
        notes.append("it is damaged: its end is missing")
    exif, captions = _words(file, name, image)
    planes, kind, alpha = read_planes(image)
    if depth > 8 * planes.itemsize:
        notes.append(f"its {depth} bits were lowered to 8")
    return Stored(
        planes,
        kind,
        alpha,
        image.info.get("icc_profile") or b"",
        exif=exif,
        captions=captions,
        dpi=read_dpi(image),
        notes=tuple(notes),
        damaged=damaged,
        format=name,
        lossless=name in _LOSSLESS or (name == "WEBP" and _is_lossless_webp(file)),
    )


def _cut_off_bmp(
    file: BinaryIO, image: Image.Image, limits: PictureLimits, error: Exception
) -> Image.Image:
    """Decode a BMP as if black followed where it ends.

    Raises:
        the error that decoding it as it is raised: nothing of it can be decoded.
    """
    file.seek(0)
    padded = file.read() + bytes(image.width * image.height * 4)
    image = open_image(io.BytesIO(padded), "BMP", limits)
    try:
        image.load()
    except Exception:
        raise error from None
    if image.convert("L").getextrema() == (0, 0):
        raise error
    return image


def _words(file: BinaryIO, name: str, image: Image.Image) -> tuple[bytes, Captions]:
    """EXIF as it is stored, which may be empty, and the captions."""
    exif, xmp = image.info.get("exif") or b"", image.info.get("xmp") or b""
    comment = image.info.get("comment") or b""
    if isinstance(comment, str):
        comment = comment.encode("utf-8", "surrogateescape")
    texts = (("Comment", text_of(comment.rstrip(b"\0"))),) if comment.strip(b"\0 ") else ()
    resources = b""
    if name == "JPEG2000":
        boxes = _boxes(file)
        exif = boxes.get(_JP2_EXIF, b"")
        xmp = boxes.get(_JP2_XMP, b"")
        record = boxes.get(_JP2_IPTC, b"")
        resources = iptc_resource(record) if record else b""
    if isinstance(xmp, str):
        xmp = xmp.encode()
    return exif, Captions(as_utf8(xmp), (), resources, texts)


def _boxes(file: BinaryIO) -> dict[bytes, bytes]:
    """What the outermost `uuid` boxes of a JP2 hold, by their identifiers."""
    length = file.seek(0, 2)
    found: dict[bytes, bytes] = {}
    at = 0
    while at + 8 <= length:
        file.seek(at)
        size, kind = struct.unpack(">I4s", file.read(8))
        head = 8
        if size == 1:
            long = file.read(8)
            if len(long) < 8:
                break
            (size,) = struct.unpack(">Q", long)
            head = 16
        size = size or length - at
        if size < head or at + size > length:
            break
        if kind == b"uuid" and head + 16 <= size <= _MOST_BOX_BYTES:
            identifier = file.read(16)
            found.setdefault(identifier, file.read(size - head - 16))
        at += size
    return found


def _depth(file: BinaryIO, name: str, image: Image.Image) -> int:
    """Bits a channel, as the file says; 8 where that is not known."""
    if name == "HEIF":
        return int(image.info.get("bit_depth") or 8)
    file.seek(0)
    start = file.read(4096)
    if name == "AVIF":
        at = start.find(b"av1C")
        if at < 0 or at + 7 > len(start):
            return 8
        deep, twelve = start[at + 6] >> 6 & 1, start[at + 6] >> 5 & 1
        return (12 if twelve else 10) if deep else 8
    if name == "JPEG2000":
        # Of the first channel, in the marker segment SIZ.
        at = start.find(b"\xff\x4f\xff\x51")
        return (start[at + 42] & 0x7F) + 1 if 0 <= at < len(start) - 42 else 8
    return 8


def _is_lossless_webp(file: BinaryIO) -> bool:
    """Whether the first picture of a WebP is stored without loss (chunk VP8L)."""
    length = file.seek(0, 2)
    at = 12
    while at + 8 <= length:
        file.seek(at)
        name, size = struct.unpack("<4sI", file.read(8))
        if name in (b"VP8L", b"VP8 "):
            return name == b"VP8L"
        if name == b"ANMF":  # its own chunks begin behind sixteen bytes
            size = 16
        at += 8 + size + size % 2
    return False

"""The segments of a JPEG that hold words, taken out and put in.

JFIF 1.02; EXIF 2.32, 4.7; XMP specification, part 3, section 1.1.3; Photoshop's resources in APP13.
"""

import struct
from typing import Any

from edge_runtime.pictures.captions import (
    Captions,
    as_utf8,
    bytes_of,
    kept_resources,
    text_of,
)
from edge_runtime.pictures.mark import put_mark, read_mark

EXIF = b"Exif\0\0"
XMP = b"http://ns.adobe.com/xap/1.0/\0"
EXTENDED_XMP = b"http://ns.adobe.com/xmp/extension/\0"
PHOTOSHOP = b"Photoshop 3.0\0"
PROFILE = b"ICC_PROFILE\0"

MOST_BYTES = 65_533  # of a segment, beside its marker and its length

_APP0, _APP1, _APP2, _APP13, _COMMENT = 0xE0, 0xE1, 0xE2, 0xED, 0xFE
_JFIF_UNIT = 13  # where the unit of the resolution stands in a file that begins with JFIF


def read_words(image: Any) -> tuple[bytes, Captions]:
    """EXIF as it is stored, which may be empty, and the captions of a JPEG that Pillow opened."""
    exif = xmp = resources = b""
    extended, texts = [], []
    for name, data in image.applist:
        if name == "APP1" and data.startswith(EXIF):
            exif += data[len(EXIF) :]  # some cameras need several
        elif name == "APP1" and data.startswith(XMP) and not xmp:
            xmp = as_utf8(data[len(XMP) :])
        elif name == "APP1" and data.startswith(EXTENDED_XMP):
            extended.append(data)
        elif name == "APP13" and data.startswith(PHOTOSHOP):
            resources += data[len(PHOTOSHOP) :]
        elif name == "COM":
            texts.append(("Comment", text_of(data)))
    return exif, Captions(xmp, tuple(extended), kept_resources(resources), tuple(texts))


def with_resolution(jpeg: memoryview, dpi: tuple[float, float] | None) -> memoryview:
    """A JPEG that begins with a JFIF segment, where its resolution is written; not a copy."""
    if dpi is not None:
        struct.pack_into(">BHH", jpeg, _JFIF_UNIT, 1, *(min(round(d), 0xFFFF) for d in dpi))
    return jpeg


def put_words(
    jpeg: bytes | memoryview, exif: bytes, captions: Captions, profile: bytes | None = None
) -> bytes:
    """A JPEG with words and a profile, of one segment, put behind its JFIF segment.

    What is too long for a segment is left out; of XMP the mark of a result stays.
    """
    parts = []
    if exif and fits_exif(exif):
        parts.append(_segment(_APP1, EXIF + exif))
    if fits_xmp(captions.xmp):
        parts += [_segment(_APP1, XMP + captions.xmp)] if captions.xmp else []
        parts += [_segment(_APP1, data) for data in captions.extended_xmp]
    else:
        mark = read_mark(captions.xmp)
        parts += [_segment(_APP1, XMP + put_mark(b"", mark))] if mark else []
    resources = captions.resources
    while resources:
        room = MOST_BYTES - len(PHOTOSHOP)
        parts.append(_segment(_APP13, PHOTOSHOP + resources[:room]))
        resources = resources[room:]
    if captions.texts:
        comments = [t for k, t in captions.texts if k == "Comment"]
        if len(comments) < len(captions.texts):
            comments = [captions.comment]
        parts += [_segment(_COMMENT, bytes_of(text)[:MOST_BYTES]) for text in comments]
    if profile:
        parts.append(_segment(_APP2, PROFILE + bytes((1, 1)) + profile))
    behind = 2
    if jpeg[2:4] == bytes((0xFF, _APP0)):
        behind += 2 + struct.unpack_from(">H", jpeg, 4)[0]
    return b"".join([jpeg[:behind], *parts, jpeg[behind:]])


def fits_exif(exif: bytes) -> bool:
    """Whether a JPEG can hold an EXIF block."""
    return len(EXIF) + len(exif) <= MOST_BYTES


def fits_xmp(packet: bytes) -> bool:
    """Whether a JPEG can hold an XMP packet in one segment."""
    return len(XMP) + len(packet) <= MOST_BYTES


def _segment(marker: int, data: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, marker, len(data) + 2) + data

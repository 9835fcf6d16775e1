"""What a picture file says in words besides EXIF: XMP, IPTC and Photoshop's resources, comments."""

import re
import struct
from dataclasses import dataclass, replace

_IPTC = 0x0404
# Small grey versions of the picture, which the coloured one has no use for.
_THUMBNAILS = (0x0409, 0x040C)

_ORIENTATION = re.compile(rb"(tiff:Orientation\s*(?:=\s*[\"']|>\s*))([1-8])")


@dataclass(frozen=True)
class Captions:
    """The words of a picture file.

    Attributes:
        xmp: the XMP packet, UTF-8; empty for none.
        extended_xmp: the parts that a JPEG keeps outside the packet, as they are stored.
        resources: Photoshop's resources (8BIM), the IPTC record among them.
        texts: keyword and text of comments, in the order of the file. Bytes that are no UTF-8 are
            kept as surrogates, so that they can be written back as they were.
    """

    xmp: bytes = b""
    extended_xmp: tuple[bytes, ...] = ()
    resources: bytes = b""
    texts: tuple[tuple[str, str], ...] = ()

    @property
    def iptc(self) -> bytes:
        """The IPTC record (IIM) among the resources; empty for none."""
        found = {number: body for number, body, _ in _resources(self.resources)}
        return found.get(_IPTC, b"")

    @property
    def other_resources(self) -> bytes:
        """The resources without the IPTC record, as they are stored."""
        return b"".join(raw for number, _, raw in _resources(self.resources) if number != _IPTC)

    @property
    def comment(self) -> str:
        """All texts as one."""
        if len(self.texts) == 1 and self.texts[0][0] in ("Comment", "Description"):
            return self.texts[0][1]
        return "\n".join(f"{keyword}: {text}" for keyword, text in self.texts)

    @property
    def orientation(self) -> int:
        """The orientation that XMP repeats of EXIF, 1 to 8."""
        found = _ORIENTATION.search(self.xmp)
        return int(found[2]) if found else 1

    def upright(self) -> "Captions":
        """The same words of a picture that has been turned upright."""
        return replace(self, xmp=_ORIENTATION.sub(rb"\g<1>1", self.xmp))


def as_utf8(packet: bytes) -> bytes:
    """An XMP packet in UTF-8; as it is where it is that already."""
    if packet[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return packet.decode("utf-16", "replace").encode()
    if packet[:2] == b"<\0":
        return packet.decode("utf-16-le", "replace").encode()
    if packet[:2] == b"\0<":
        return packet.decode("utf-16-be", "replace").encode()
    return packet.rstrip(b"\0")


def text_of(data: bytes) -> str:
    """A comment whose encoding is not said: UTF-8, or bytes to be kept."""
    return data.decode("utf-8", "surrogateescape")


def bytes_of(text: str) -> bytes:
    """The bytes of which `text_of` made a text."""
    return text.encode("utf-8", "surrogateescape")


def readable(text: str) -> str:
    """A text without surrogates: bytes that are no UTF-8 are taken for Latin-1."""
    try:
        return bytes_of(text).decode()
    except UnicodeDecodeError:
        return bytes_of(text).decode("latin-1")


def kept_resources(data: bytes) -> bytes:
    """Photoshop's resources as they are stored, without thumbnails and what is damaged."""
    return b"".join(raw for number, _, raw in _resources(data) if number not in _THUMBNAILS)


def iptc_resource(record: bytes) -> bytes:
    """An IPTC record as one of Photoshop's resources."""
    return struct.pack(">4sHHI", b"8BIM", _IPTC, 0, len(record)) + record + bytes(len(record) % 2)


def _resources(data: bytes) -> list[tuple[int, bytes, bytes]]:
    """Photoshop's resources as (number, data, all of it as stored), up to what is damaged."""
    found = []
    at = 0
    while data[at : at + 4] in (b"8BIM", b"MeSa", b"AgHg", b"PHUT", b"DCSR") and at + 12 <= len(
        data
    ):
        (number,) = struct.unpack_from(">H", data, at + 4)
        name = 1 + data[at + 6]
        body = at + 6 + name + name % 2
        if body + 4 > len(data):
            break
        (size,) = struct.unpack_from(">I", data, body)
        end = body + 4 + size
        if end > len(data):
            break
        raw = data[at : end + size % 2]
        found.append((number, data[body + 4 : end], raw + bytes(len(raw) % 2)))
        at = end + size % 2
    return found

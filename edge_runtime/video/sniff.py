"""Tell a film by its first bytes, whatever its name."""

import re
from pathlib import Path
from typing import BinaryIO

# Enough for four packets of a transport stream.
_HEAD = 1024

_Y4M = b"YUV4MPEG2 "

# Matroska and WebM, Ogg, Windows Media, Flash, RealMedia, MXF, raw frames, IVF, NUT.
_BEGINNINGS = (
    b"\x1a\x45\xdf\xa3",
    b"OggS",
    b"\x30\x26\xb2\x75\x8e\x66\xcf\x11",
    b"FLV\x01",
    b".RMF",
    b"\x06\x0e\x2b\x34\x02\x05\x01\x01\x0d\x01\x02\x01\x01\x02",
    _Y4M,
    b"DKIF\x00\x00",
    b"nut/multimedia container\x00",
)

# What MPEG streams without a container begin with: a pack or sequence of MPEG-1 and 2, the object
# or sequence of MPEG-4, and parameter sets or delimiters of H.264 and H.265.
_START_CODES = re.compile(
    rb"\x00\x00\x01[\xb0\xb3\xb5\xba]"
    rb"|\x00\x00\x01[\x00-\x1f]\x00\x00\x01\x20"
    rb"|\x00?\x00\x00\x01[\x06\x09\x27\x47\x67]"
    rb"|\x00?\x00\x00\x01[\x40\x42\x44\x46]\x01",
    re.DOTALL,
)

# The header section of a DV frame: of NTSC, and of PAL.
_DV = re.compile(rb"\x1f\x07\x00[\x3f\xbf]", re.DOTALL)

# Brands of the container of MP4 that stand for pictures.
_PICTURE_BRANDS = (b"hei", b"hev", b"mif", b"msf", b"avif", b"avis", b"jp2", b"jpx", b"jxl", b"crx")
_MP4_ATOMS = (b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot")


def looks_like_film(path: Path, still: bool = False) -> bool:
    """Whether a file's content is that of a film; an animated GIF is one.

    Sound alone in a film's container passes too; opening it tells. What cannot be read is none.

    Args:
        path: the file.
        still: whether an animated GIF is taken for its first picture.
    """
    try:
        if not path.is_file():
            return False
        with path.open("rb") as file:
            head = file.read(_HEAD)
            if head[:6] in (b"GIF87a", b"GIF89a"):
                return not still and _moves(file)
            return is_film(head)
    except (OSError, ValueError):
        return False


def is_y4m(head: bytes) -> bool:
    """Whether a stream that begins so is a film of raw frames."""
    return head.startswith(_Y4M)


def is_film(head: bytes) -> bool:
    """Whether a file that begins so is a film; of an animated GIF the beginning does not tell."""
    if head[4:8] == b"ftyp":
        return not head[8:12].startswith(_PICTURE_BRANDS)
    if head[4:8] in _MP4_ATOMS or head.startswith(_BEGINNINGS):
        return True
    if head.startswith(b"RIFF"):
        return head[8:12] in (b"AVI ", b"CDXA")
    if _START_CODES.match(head) or _DV.match(head):
        return True
    return any(_is_transport_stream(head, *kind) for kind in ((188, 0), (192, 4), (204, 0)))


def _is_transport_stream(head: bytes, size: int, begin: int) -> bool:
    """Whether the byte 0x47 begins each packet of a size; cameras put a clock before it."""
    return len(head) > begin + 3 * size and all(
        head[begin + size * number] == 0x47 for number in range(4)
    )


def _moves(file: BinaryIO) -> bool:
    """Whether a GIF has more than one picture; nothing is decoded."""
    # It takes a while to import: only who has a GIF pays for it.
    from PIL.GifImagePlugin import GifImageFile

    file.seek(0)
    try:
        return bool(GifImageFile(file).is_animated)
    except Exception:  # damaged bytes can raise nearly anything there
        return False

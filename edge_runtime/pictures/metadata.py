"""What a picture file says besides its pixels: EXIF, resolution, orientation."""

import math
from typing import Any

from PIL import Image

from edge_runtime.pictures.orientation import ORIENTATION_TAG

# In a TIFF the layout of the pixels stands among these tags: only the words are carried over.
# ImageDescription, Make, Model, Software, DateTime, Artist, Copyright, Exif and GPS directories.
WORDS = (0x010E, 0x010F, 0x0110, 0x0131, 0x0132, 0x013B, 0x8298, 0x8769, 0x8825)
_EXIF, _GPS, _INTEROPERABILITY = 0x8769, 0x8825, 0xA005
_SIZE = (0xA002, 0xA003)  # PixelXDimension, PixelYDimension

# What fits into a JPEG's APP1 segment beside its length and mark.
_MAX_EXIF_BYTES = 65_535 - 2 - 6


def read_exif(image: Image.Image) -> bytes:
    """EXIF to write into the coloured picture, orientation reset; empty where there is none."""
    try:
        stored = image.getexif()
        # A copy, since what Pillow gives stays the picture's own.
        exif = Image.Exif()
        if image.format == "TIFF":
            for tag, value in words_of(stored).items():
                exif[tag] = value
        elif stored:
            exif.load(stored.tobytes())
        if not exif:
            return b""
        if ORIENTATION_TAG in exif:
            exif[ORIENTATION_TAG] = 1
        data = exif.tobytes()
        if stored.get(ORIENTATION_TAG) in (5, 6, 7, 8):  # width and height change places
            data = without_size(data)
    except Exception:  # damaged EXIF is no reason to refuse a picture
        return b""
    return data if len(data) <= _MAX_EXIF_BYTES else b""


def words_of(exif: Image.Exif) -> dict[int, Any]:
    """The tags of `WORDS` that an EXIF holds, its directories as dictionaries of their own."""
    words = {tag: exif.get(tag) for tag in WORDS}
    words |= {_EXIF: _exif_directory(exif), _GPS: exif.get_ifd(_GPS)}
    return {tag: value for tag, value in words.items() if value}


def without_size(exif: bytes) -> bytes:
    """EXIF bytes that do not say how large the picture is, for one that is not so any more.

    Args:
        exif: EXIF bytes, may be empty.
    """
    words = Image.Exif()
    words.load(exif)
    directory = _exif_directory(words)
    if not any(tag in directory for tag in _SIZE):
        return exif
    words[_EXIF] = {tag: value for tag, value in directory.items() if tag not in _SIZE}
    return words.tobytes()


def _exif_directory(exif: Image.Exif) -> dict[int, Any]:
    directory = dict(exif.get_ifd(_EXIF))
    if _INTEROPERABILITY in directory:
        # Here stands an offset in the file that was read: the directory itself is needed.
        directory[_INTEROPERABILITY] = exif.get_ifd(_INTEROPERABILITY)
        if not directory[_INTEROPERABILITY]:
            del directory[_INTEROPERABILITY]
    return directory


def read_orientation(image: Image.Image) -> int:
    """EXIF orientation, 1 to 8; 1 where it is missing or damaged."""
    try:
        orientation = image.getexif().get(ORIENTATION_TAG, 1)
    except Exception:  # damaged EXIF is no reason to refuse a picture
        return 1
    return orientation if orientation in range(1, 9) else 1


def read_dpi(image: Image.Image) -> tuple[float, float] | None:
    """(horizontal, vertical) dots an inch, or None where missing or senseless."""
    dpi: Any = image.info.get("dpi")
    try:
        horizontal, vertical = (float(value) for value in dpi)
    except (TypeError, ValueError, ZeroDivisionError):
        return None
    usable = all(math.isfinite(value) and 1 <= value <= 65_535 for value in (horizontal, vertical))
    return (horizontal, vertical) if usable else None

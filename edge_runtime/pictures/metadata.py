"""What a picture file says besides its pixels: EXIF, resolution, orientation."""

import math
from typing import Any

from PIL import Image

from edge_runtime.pictures.orientation import ORIENTATION_TAG

# In a TIFF the layout of the pixels stands among these tags: only the words are carried over.
# ImageDescription, Make, Model, Software, DateTime, Artist, Copyright, Exif and GPS directories.
_WORDS = (0x010E, 0x010F, 0x0110, 0x0131, 0x0132, 0x013B, 0x8298, 0x8769, 0x8825)
_DIRECTORIES = (0x8769, 0x8825)

# What fits into a JPEG's APP1 segment beside its length and mark.
_MAX_EXIF_BYTES = 65_535 - 2 - 6


def read_exif(image: Image.Image) -> bytes:
    """EXIF to write into the coloured picture, orientation reset; empty where there is none."""
    try:
        stored = image.getexif()
        # A copy, since what Pillow gives stays the picture's own.
        exif = Image.Exif()
        if image.format == "TIFF":
            for tag in _WORDS:
                value = stored.get_ifd(tag) if tag in _DIRECTORIES else stored.get(tag)
                if value:
                    exif[tag] = value
        elif stored:
            exif.load(stored.tobytes())
        if not exif:
            return b""
        if ORIENTATION_TAG in exif:
            exif[ORIENTATION_TAG] = 1
        data = exif.tobytes()
    except Exception:  # damaged EXIF is no reason to refuse a picture
        return b""
    return data if len(data) <= _MAX_EXIF_BYTES else b""


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

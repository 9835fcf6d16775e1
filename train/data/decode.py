"""Decode a picture for training or measuring, without trusting a byte of it."""

import io

import numpy as np
from PIL import Image, ImageOps

# Others, such as EPS, would start foreign programs.
_FORMATS = ("JPEG", "PNG", "WEBP", "BMP", "TIFF")

# Several are decoded at once, each with copies: a bomb must not take the memory.
MAX_PIXELS = 50_000_000


class UndecodableError(Exception):
    """A picture that is of no use; the message is the reason in a word or two."""


def decode(data: bytes, *, min_side: int = 1, at_least: int | None = None) -> np.ndarray:
    """The pixels of a picture file, turned as its EXIF orientation says.

    Args:
        data: the file's bytes.
        min_side: a shorter side is refused.
        at_least: a JPEG may be decoded at a fraction of its size, but not below this side.
    Returns:
        uint8 [H, W, 3] RGB.
    Raises:
        UndecodableError: `broken`, `tiny` or `too large`.
    """
    try:
        with Image.open(io.BytesIO(data), formats=_FORMATS) as picture:
            width, height = picture.size
            if width * height > MAX_PIXELS:
                raise UndecodableError("too large")
            if min(width, height) < min_side:
                raise UndecodableError("tiny")
            if at_least is not None:
                picture.draft("RGB", (at_least, at_least))
            return np.asarray(ImageOps.exif_transpose(picture).convert("RGB"))
    except UndecodableError:
        raise
    # Pillow answers hostile bytes with many kinds of errors; whichever it is, the file is broken.
    except Exception:
        raise UndecodableError("broken") from None

"""The one grey level or colour that a PNG may name transparent (its tRNS chunk)."""

import numpy as np
from PIL import Image

# Pillow's names of how grey of few bits is stored; it spreads the levels over 0..255.
_BITS = {"1": 1, "L;2": 2, "L;4": 4}

Key = int | tuple[int, int, int]


def settle_key(image: Image.Image) -> Key | None:
    """Bring the transparent level of a PNG to the 8-bit levels that Pillow will decode.

    Pillow leaves it as stored: at the 1, 2, 4 or 16 bits of the file.

    Args:
        image: a picture that is not yet loaded; its `info` is changed.
    Returns:
        the grey level or (red, green, blue) as stored; None where there is none, and for palettes.
    """
    key = image.info.get("transparency")
    tile = getattr(image, "tile", None)  # of a picture from a file
    if image.format != "PNG" or not tile or not isinstance(key, int | tuple):
        return None
    stored_as = str(tile[0][3])
    if image.mode == "P":
        return None
    if ";16" in stored_as:
        image.info["transparency"] = key >> 8 if isinstance(key, int) else _upper_bytes(key)
    elif stored_as in _BITS and isinstance(key, int):
        top = 2 ** _BITS[stored_as] - 1
        image.info["transparency"] = (key & top) * (255 // top)
    return key


def alpha_of_key(pixels: np.ndarray, key: Key) -> np.ndarray:
    """The alpha that a transparent level stands for.

    Args:
        pixels: uint16 [H, W] or [H, W, 3], as stored.
        key: a grey level, or (red, green, blue).
    Returns:
        uint16 [H, W], 0 where the pixel is the key, else 65535.
    """
    same = pixels == np.array(key, np.uint16)
    if pixels.ndim == 3:
        same = same.all(axis=2)
    return np.where(same, np.uint16(0), np.uint16(65535))


def _upper_bytes(key: tuple[int, int, int]) -> tuple[int, int, int]:
    red, green, blue = (level >> 8 for level in key)
    return red, green, blue

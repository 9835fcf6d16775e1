"""A picture as TintLite works on it, with what its file said besides the pixels."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Picture:
    """An upright sRGB picture.

    Attributes:
        pixels: uint8 or uint16, [H, W] grey or [H, W, 3] sRGB.
        alpha: [H, W] of the same dtype, 0 transparent, or None.
        exif: what the file said of itself, orientation already applied and reset; may be empty.
        profile: whether the file had a usable colour profile (the pixels are sRGB now).
        dpi: (horizontal, vertical) dots an inch, or None.
        notes: sentences about what of the file was not taken.
        format: the file's own format, by its `Format.name`; empty for a picture of no file.
    """

    pixels: np.ndarray
    alpha: np.ndarray | None = None
    exif: bytes = b""
    profile: bool = False
    dpi: tuple[float, float] | None = None
    notes: tuple[str, ...] = ()
    format: str = ""

"""A picture as TintLite works on it, with what its file said besides the pixels."""

from dataclasses import dataclass, field

import numpy as np

from edge_runtime.pictures.captions import Captions
from edge_runtime.pictures.mark import Mark


@dataclass(frozen=True)
class Picture:
    """An upright picture: sRGB, or the lightness of one of another colour space as sRGB grey.

    Attributes:
        pixels: uint8 or uint16, [H, W] grey or [H, W, 3] sRGB.
        alpha: [H, W] of the same dtype, 0 transparent, or None.
        exif: what the file said of itself, orientation already applied and reset; may be empty.
        captions: its other words.
        profile: whether the file had a usable colour profile (the pixels are sRGB now).
        coloured: whether the file had colours of which only the lightness is left in the pixels.
        dpi: (horizontal, vertical) dots an inch, or None.
        notes: sentences about what of the file was not taken.
        damaged: whether the file is damaged, so that some of the pixels are not its own.
        format: the file's own format, by its `Format.name`; empty for a picture of no file.
        lossless: whether a file of that format held it without loss.
        pages: how many pictures the file has, pages of a TIFF.
        mark: what a result of TintLite says of how it was made; None for other pictures.
    """

    pixels: np.ndarray
    alpha: np.ndarray | None = None
    exif: bytes = b""
    captions: Captions = field(default_factory=Captions)
    profile: bool = False
    coloured: bool = False
    dpi: tuple[float, float] | None = None
    notes: tuple[str, ...] = ()
    damaged: bool = False
    format: str = ""
    lossless: bool = False
    pages: int = 1
    mark: Mark | None = None

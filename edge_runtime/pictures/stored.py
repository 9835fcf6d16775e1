"""A picture as its file stores it: the levels are not yet sRGB, and not yet upright."""

from dataclasses import dataclass, field

import cv2
import numpy as np

from edge_runtime.colour.compose import as_grey
from edge_runtime.pictures.captions import Captions
from edge_runtime.pictures.profile import Curves, Profile, apply_curves, grey_of_lightness

# What the channels are.
GREY, RGB, CMYK, LAB = "grey", "rgb", "cmyk", "lab"

SEVERAL = "it has several frames or pages, the first was taken"


@dataclass(frozen=True)
class Stored:
    """What a file holds.

    Attributes:
        planes: uint8 or uint16: [H, W] grey or the lightness of Lab (its range is 0..100), or
            [H, W, 3] RGB, or [H, W, 4] CMYK, 0 for no ink.
        kind: `GREY`, `RGB`, `CMYK` or `LAB`.
        alpha: [H, W] of the same dtype, 0 transparent, or None.
        profile: the ICC profile's bytes; empty for none.
        curves: what the levels mean, where a file without profile says that (PNG).
        exif: the EXIF block as stored; may be empty.
        orientation: as the file says outside its EXIF, 1 to 8.
        captions: other words.
        dpi: (horizontal, vertical) dots an inch, or None.
        notes: sentences about what was not taken.
        damaged: whether the file is damaged, so that some of the pixels are not its own.
        format: the file's format, by its `Format.name`.
        lossless: whether the file holds the picture without loss.
        pages: how many pictures the file has.
    """

    planes: np.ndarray
    kind: str
    alpha: np.ndarray | None = None
    profile: bytes = b""
    curves: Curves | None = None
    exif: bytes = b""
    orientation: int = 1
    captions: Captions = field(default_factory=Captions)
    dpi: tuple[float, float] | None = None
    notes: tuple[str, ...] = ()
    damaged: bool = False
    format: str = ""
    lossless: bool = True
    pages: int = 1


def to_srgb(stored: Stored) -> tuple[np.ndarray, bool, bool, tuple[str, ...]]:
    """The one way from stored levels to what TintLite works on, at 8 and at 16 bits alike.

    Returns:
        sRGB [H, W, 3], or the lightness as sRGB grey [H, W]; whether a profile was used; whether
        colours were left behind; and notes.
    """
    planes = stored.planes
    if stored.kind == LAB:
        return grey_of_lightness(planes, planes.dtype), False, True, ()
    if stored.profile:
        profile = Profile.parse(stored.profile)
        if profile is None:
            notes = ("its colour profile is unreadable and was left aside",)
            return _plain(stored), False, False, notes
        grey = profile.grey(planes)
        if grey is None:
            return _plain(stored), True, False, ()
        return grey, True, _has_colour(stored), ()
    if stored.curves is not None:
        return apply_curves(stored.curves, planes), False, _has_colour(stored), ()
    return _plain(stored), False, False, ()


def _plain(stored: Stored) -> np.ndarray:
    """Levels that mean what they mean in sRGB; of CMYK what inks of pure colours would give."""
    if stored.kind != CMYK:
        return stored.planes
    top = np.iinfo(stored.planes.dtype).max
    light = top - stored.planes
    black = cv2.merge([light[..., 3]] * 3)
    colours = np.ascontiguousarray(light[..., :3])
    return cv2.multiply(colours, black, scale=1 / top)


def _has_colour(stored: Stored) -> bool:
    return stored.kind != GREY and as_grey(stored.planes[..., :3]) is None

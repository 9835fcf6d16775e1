"""Draw the icon of the page as PNG, for home screens that take no SVG."""

import io

import numpy as np
from PIL import Image

# As icon.svg of the page: two half discs in a square of 32, and their colours from the top down.
_SIDE, _RADIUS, _GAP = 32, 13, 1
_GREY = ((0.0, (0xC9, 0xC9, 0xC9)), (1.0, (0x5A, 0x5A, 0x5A)))
_TINT = ((0.0, (0xFF, 0xB3, 0x57)), (0.55, (0xE8, 0x54, 0x3A)), (1.0, (0x7A, 0x3B, 0x8F)))


def draw_icon(side: int, paper: tuple[int, int, int] | None = None, scale: float = 1.0) -> bytes:
    """The icon as a PNG.

    Args:
        side: of the picture, in pixels.
        paper: the colour behind it; transparent where it is None.
        scale: of the disc, in parts of its size in icon.svg.
    """
    unit = side / _SIDE * scale
    from_middle = (np.arange(side) + 0.5 - side / 2) / unit
    down, across = from_middle[:, None, None], from_middle[None, :, None]
    part = down[..., 0] / (2 * _RADIUS) + 0.5
    colour = np.where(across < 0, _at(_GREY, part), _at(_TINT, part))
    # How far inside its half disc a pixel is, at most 1: edges are smooth.
    sideways = np.abs(across) - _GAP
    inside = np.minimum(_RADIUS - np.hypot(sideways, down), sideways) * unit + 0.5
    cover = inside.clip(0, 1)
    if paper is None:
        pixels = np.concatenate([colour, 255 * cover], axis=-1)
    else:
        pixels = paper + cover * (colour - paper)
    file = io.BytesIO()
    Image.fromarray(np.rint(pixels).astype(np.uint8)).save(file, "PNG")
    return file.getvalue()


def _at(stops: tuple, part: np.ndarray) -> np.ndarray:
    """The colours of a gradient: float64 [..., 3], whole levels."""
    places, colours = zip(*stops, strict=True)
    channels = [np.interp(part, places, levels) for levels in zip(*colours, strict=True)]
    return np.rint(np.stack(channels, axis=-1))

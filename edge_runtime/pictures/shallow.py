"""The planes of a picture that Pillow has decoded."""

import math
from typing import Any

import numpy as np
from PIL import Image

from edge_runtime.errors import PictureError
from edge_runtime.pictures.stored import CMYK, GREY, LAB, RGB

_WITH_ALPHA = {"LA": "LA", "La": "LA", "RGBA": "RGBA", "RGBa": "RGBA", "PA": "RGBA"}
_KINDS = {"I": "32-bit whole numbers", "F": "floating-point numbers"}


def read_planes(image: Image.Image) -> tuple[np.ndarray, str, np.ndarray | None]:
    """The planes, their kind and alpha, as `Stored` has them, of a loaded picture.

    Raises:
        PictureError: a mode that is not known, as 32-bit integers or floats.
    """
    image, alpha = _split_alpha(image)
    if image.mode.startswith("I;16"):
        return np.asarray(image).astype(np.uint16), GREY, None
    if image.mode == "1":
        image = image.convert("L")
    elif image.mode in ("P", "YCbCr", "RGBX"):
        image = image.convert("RGB")
    kind = {"L": GREY, "RGB": RGB, "CMYK": CMYK, "LAB": LAB}.get(image.mode)
    if kind is None:
        what = _KINDS.get(image.mode, f"the kind '{image.mode}'")
        raise PictureError(f"pictures of {what} are not supported")
    planes = np.asarray(image.getchannel(0) if kind == LAB else image)
    return planes, kind, None if alpha is None else np.asarray(alpha)


def read_dpi(image: Image.Image) -> tuple[float, float] | None:
    """(horizontal, vertical) dots an inch, or None where missing or senseless."""
    return usable_dpi(image.info.get("dpi"))


def usable_dpi(dpi: Any) -> tuple[float, float] | None:
    """(horizontal, vertical) dots an inch, or None for what is none."""
    try:
        horizontal, vertical = (float(value) for value in dpi)
    except (TypeError, ValueError, ZeroDivisionError):
        return None
    usable = all(math.isfinite(value) and 1 <= value <= 65_535 for value in (horizontal, vertical))
    return (horizontal, vertical) if usable else None


def _split_alpha(image: Image.Image) -> tuple[Image.Image, Image.Image | None]:
    mode = _WITH_ALPHA.get(image.mode)
    if mode is None and "transparency" in image.info:
        # A palette or one level or colour that stands for transparent, as in PNG's tRNS.
        mode = {"1": "LA", "L": "LA", "P": "RGBA", "RGB": "RGBA"}.get(image.mode)
    if mode is None:
        return image, None
    image = image.convert(mode)
    return image.convert(mode[:-1]), image.getchannel("A")

"""The planes of a decoded 8-bit picture: grey or sRGB, and alpha."""

import numpy as np
from PIL import Image, ImageCms

from edge_runtime.errors import PictureError
from edge_runtime.pictures.profile import Profile

_WITH_ALPHA = {"LA": "LA", "La": "LA", "RGBA": "RGBA", "RGBa": "RGBA", "PA": "RGBA"}


def read_shallow(
    image: Image.Image, profile: Profile | None
) -> tuple[np.ndarray, np.ndarray | None]:
    """Bring any 8-bit mode of Pillow to grey or sRGB.

    Args:
        image: a loaded picture.
        profile: its colour profile.
    Returns:
        uint8 [H, W] or [H, W, 3], and alpha uint8 [H, W] or None.
    Raises:
        PictureError: a mode that is not known, as 32-bit integers or floats.
    """
    image, alpha = _split_alpha(image)
    if profile is not None:
        image = profile.image_to_srgb(image)
    return np.asarray(_to_grey_or_rgb(image)), None if alpha is None else np.asarray(alpha)


def _split_alpha(image: Image.Image) -> tuple[Image.Image, Image.Image | None]:
    mode = _WITH_ALPHA.get(image.mode)
    if mode is None and "transparency" in image.info:
        # A palette or one level or colour that stands for transparent, as in PNG's tRNS.
        mode = {"1": "LA", "L": "LA", "P": "RGBA", "RGB": "RGBA"}.get(image.mode)
    if mode is None:
        return image, None
    image = image.convert(mode)
    return image.convert(mode[:-1]), image.getchannel("A")


def _to_grey_or_rgb(image: Image.Image) -> Image.Image:
    if image.mode in ("L", "RGB"):
        return image
    if image.mode == "1":
        return image.convert("L")
    if image.mode in ("P", "CMYK", "YCbCr"):
        return image.convert("RGB")
    if image.mode == "LAB":
        lab, srgb = ImageCms.createProfile("LAB"), ImageCms.createProfile("sRGB")
        return ImageCms.profileToProfile(image, lab, srgb, outputMode="RGB")
    raise PictureError(f"pictures of the kind '{image.mode}' are not supported")

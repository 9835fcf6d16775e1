"""The planes of a 16-bit picture.

Pillow holds 16-bit grey but no 16-bit colour; OpenCV reads that. OpenCV is given a file only after
Pillow has checked its size and decoded it whole at 8 bits (`plain.py`), and its result must agree
with Pillow's.
"""

from typing import BinaryIO

import numpy as np
from PIL import Image

from edge_runtime.errors import PictureError
from edge_runtime.pictures.orientation import turn_upright
from edge_runtime.pictures.plain import is_plain_tiff, plain_png
from edge_runtime.pictures.profile import Profile
from edge_runtime.pictures.transparency import Key, alpha_of_key

_BITS_PER_SAMPLE = 258
_PHOTOMETRIC = 262
_PLANAR_CONFIGURATION = 284
_WHITE_IS_ZERO = 0
_SEPARATE_PLANES = 2


def is_deep(image: Image.Image) -> bool:
    """Whether a picture that is not yet loaded has 16 bits a channel.

    Raises:
        PictureError: 16-bit TIFF with its channels in separate planes, which Pillow misreads.
    """
    if image.format == "TIFF":
        tags = image.tag_v2
        deep = max(tags.get(_BITS_PER_SAMPLE, (1,))) == 16
        if deep and image.mode != "I;16" and tags.get(_PLANAR_CONFIGURATION) == _SEPARATE_PLANES:
            raise PictureError("16-bit TIFF with separate planes is not supported")
        return deep
    return image.format == "PNG" and bool(image.tile) and ";16" in str(image.tile[0][3])


def read_deep(
    file: BinaryIO,
    image: Image.Image,
    stored_orientation: int,
    profile: Profile | None,
    key: Key | None = None,
) -> tuple[np.ndarray, np.ndarray | None] | None:
    """The 16-bit planes of a picture, turned as Pillow has loaded it.

    Args:
        file: the open file.
        image: Pillow's picture of it, loaded.
        stored_orientation: EXIF orientation before loading.
        profile: its colour profile.
        key: the level or colour that stands for transparent.
    Returns:
        uint16 [H, W] or [H, W, 3] sRGB, and alpha uint16 [H, W] or None; or None where the
        16 bits cannot be had.
    """
    alpha = None
    if image.mode.startswith("I;16"):
        pixels = np.asarray(image).astype(np.uint16)
        if image.format == "TIFF" and image.tag_v2.get(_PHOTOMETRIC) == _WHITE_IS_ZERO:
            np.invert(pixels, out=pixels)
    else:
        planes = _read_colour(file, image, stored_orientation)
        if planes is None:
            return None
        pixels, alpha = planes[..., :3], planes[..., 3] if planes.shape[2] == 4 else None
    if alpha is None and key is not None:
        alpha = alpha_of_key(pixels, key)
    if profile is not None:
        pixels = profile.deep_to_srgb(pixels)
        if pixels is None:
            return None
    return pixels, alpha


def _read_colour(file: BinaryIO, image: Image.Image, stored_orientation: int) -> np.ndarray | None:
    """uint16 [H, W, 3 or 4], RGB or RGBA, or None where OpenCV and Pillow differ."""
    import cv2  # only 16-bit colour needs it here

    file.seek(0)
    data = file.read()
    if image.format == "PNG":
        data = plain_png(data, *image.size)
    elif not is_plain_tiff(data, set(image.size)):
        data = None
    if data is None:
        return None
    planes = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)
    if planes is None or planes.dtype != np.uint16 or planes.ndim != 3:
        return None
    order = cv2.COLOR_BGR2RGB if planes.shape[2] == 3 else cv2.COLOR_BGRA2RGBA
    planes = cv2.cvtColor(planes, order)
    # Whether OpenCV turns a TIFF upright depends on its version: Pillow's picture decides.
    for candidate in (planes, turn_upright(planes, stored_orientation)):
        if _agree(candidate, image):
            return candidate
    return None


def _agree(planes: np.ndarray, image: Image.Image) -> bool:
    """Whether the upper bytes of 16-bit planes are Pillow's 8-bit channels."""
    if planes.shape[:2] != (image.height, image.width):
        return False
    shallow = image.convert("RGBA" if planes.shape[2] == 4 else "RGB")
    return all(
        np.array_equal(planes[..., channel] >> 8, np.asarray(shallow.getchannel(channel)))
        for channel in range(planes.shape[2])
    )

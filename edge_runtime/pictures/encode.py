"""Turn a `Picture` into the bytes of a file."""

import io
from typing import Any

import cv2
import numpy as np
from PIL import Image

from edge_runtime.pictures.deep_png import encode_deep_png
from edge_runtime.pictures.formats import Format
from edge_runtime.pictures.picture import Picture
from edge_runtime.pictures.profile import srgb_profile_bytes
from edge_runtime.pictures.tiff import encode_tiff

# JPEG: at quality 95, halving the resolution of the chroma changes L* by nothing measurable, costs
# 0.7 dB of 43 and saves a sixth of the file; our chroma is of low resolution anyway.
# PNG: lossless at any level; 6, Pillow's own, takes 2.5 times as long and saves a tenth.
_OPTIONS: dict[str, dict[str, Any]] = {
    "JPEG": {"quality": 95, "subsampling": "4:2:0"},
    "PNG": {"compress_level": 3},
    "WEBP": {"quality": 95},
    "BMP": {},
}


def encode_picture(picture: Picture, format: Format) -> memoryview:
    """The bytes of a picture file.

    Args:
        picture: grey or sRGB, 8 or 16 bits, with or without alpha.
        format: what to write; what it cannot hold is rounded to 8 bits or laid on white.
    """
    profile = srgb_profile_bytes() if picture.profile else None
    pixels, alpha = picture.pixels, picture.alpha
    if alpha is not None and not format.alpha:
        pixels, alpha = lay_on_white(pixels, alpha), None
    if format.name == "TIFF":
        return memoryview(encode_tiff(pixels, alpha, picture.exif, profile, picture.dpi))
    if pixels.dtype == np.uint16:
        if format.deep:
            return memoryview(encode_deep_png(pixels, alpha, picture.exif, profile, picture.dpi))
        pixels, alpha = to_8_bits(pixels), None if alpha is None else to_8_bits(alpha)
    image = Image.fromarray(pixels)
    if alpha is not None:
        image.putalpha(Image.fromarray(alpha))
    options = dict(_OPTIONS[format.name])
    if format.name != "BMP":
        options |= {"exif": picture.exif} if picture.exif else {}
        options |= {"icc_profile": profile} if profile else {}
    if picture.dpi and format.name != "WEBP":
        options["dpi"] = picture.dpi
    buffer = io.BytesIO()
    image.save(buffer, format.name, **options)
    return buffer.getbuffer()


def losses(picture: Picture, format: Format) -> tuple[str, ...]:
    """Sentences about what of a picture a format cannot hold, and what becomes of it."""
    told = []
    alpha = picture.alpha
    if alpha is not None and not format.alpha and (alpha < np.iinfo(alpha.dtype).max).any():
        told.append("its transparency was laid on white")
    if picture.pixels.dtype == np.uint16 and not format.deep:
        told.append("its 16 bits were rounded to 8")
    return tuple(told)


def to_8_bits(plane: np.ndarray) -> np.ndarray:
    """Round uint16 of any shape to uint8."""
    flat = plane.reshape(len(plane), -1)
    return cv2.convertScaleAbs(flat, alpha=1 / 257).reshape(plane.shape)


def lay_on_white(pixels: np.ndarray, alpha: np.ndarray) -> np.ndarray:
    """A picture without transparency, as seen on white paper.

    Args:
        pixels: uint8 or uint16, [H, W] or [H, W, 3].
        alpha: [H, W] of the same dtype.
    """
    white = np.iinfo(pixels.dtype).max
    result = np.empty_like(pixels)
    for row, (line, opacity) in enumerate(zip(pixels, alpha, strict=True)):
        part = opacity.astype(np.float32) / white
        part = part[:, None] if line.ndim == 2 else part
        result[row] = np.rint(line * part + white * (1 - part))
    return result

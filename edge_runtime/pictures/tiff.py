"""Write TIFF files of 8 or 16 bits with their words, profile and resolution.

Pillow cannot hold 16-bit colour, and its compressed TIFF writer fails on EXIF with a sub-directory,
so strips are compressed here and only the directory is Pillow's work. TIFF 6.0; deflate: Adobe
Photoshop TIFF technical notes, 2002; horizontal differencing: TIFF 6.0, section 14.
"""

import io
import zlib

import numpy as np
from PIL import Image
from PIL.TiffImagePlugin import ImageFileDirectory_v2

from edge_runtime.pictures.metadata import words_of

_DEFLATE = 8
_GREY, _RGB = 1, 2
_HORIZONTAL_DIFFERENCES = 2
_INCH = 2
_UNASSOCIATED_ALPHA = 2
_STRIP_ROWS = 64
_COMPRESSION_LEVEL = 4


def encode_tiff(
    pixels: np.ndarray,
    alpha: np.ndarray | None,
    exif: bytes,
    profile: bytes | None,
    dpi: tuple[float, float] | None,
) -> bytes:
    """The bytes of a TIFF, compressed without loss.

    Args:
        pixels: uint8 or uint16, [H, W] or [H, W, 3] sRGB.
        alpha: [H, W] of the same dtype, or None.
        exif: EXIF bytes, may be empty; its words are taken.
        profile: ICC profile or None.
        dpi: (horizontal, vertical) dots an inch or None.
    """
    planes = pixels if pixels.ndim == 3 else pixels[..., None]
    if alpha is not None:
        planes = np.dstack([planes, alpha])
    height, width, channels = planes.shape
    strips = [_strip(planes[top : top + _STRIP_ROWS]) for top in range(0, height, _STRIP_ROWS)]
    sizes = [len(strip) for strip in strips]

    directory = ImageFileDirectory_v2(b"II*\0\0\0\0\0")
    stored = Image.Exif()
    stored.load(exif)
    # No others: the EXIF of a JPEG may state a layout of pixels, which here is this file's own.
    for tag, value in words_of(stored).items():
        directory[tag] = value
    directory[256] = width
    directory[257] = height
    directory[258] = (8 * planes.itemsize,) * channels
    directory[259] = _DEFLATE
    directory[262] = _RGB if pixels.ndim == 3 else _GREY
    # Counted from the directory's end, where the strips follow: Pillow adds its length.
    directory[273] = tuple(int(start) for start in np.cumsum([0, *sizes[:-1]]))
    directory[277] = channels
    directory[278] = _STRIP_ROWS
    directory[279] = tuple(sizes)
    directory[317] = _HORIZONTAL_DIFFERENCES
    if dpi:
        directory[282], directory[283] = dpi
        directory[296] = _INCH
    if alpha is not None:
        directory[338] = _UNASSOCIATED_ALPHA
    if profile:
        directory.tagtype[34675] = 7  # undefined bytes
        directory[34675] = profile
    file = io.BytesIO()
    directory.save(file)
    for strip in strips:
        file.write(strip)
    return file.getvalue()


def _strip(rows: np.ndarray) -> bytes:
    differences = rows.copy()
    differences[:, 1:] -= rows[:, :-1]
    little_endian = differences.astype(differences.dtype.newbyteorder("<"), copy=False)
    return zlib.compress(little_endian.tobytes(), _COMPRESSION_LEVEL)

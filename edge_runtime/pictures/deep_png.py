"""Write 16-bit PNG, which Pillow can only do in grey.

OpenCV compresses, and the chunks it does not know are put in: PNG specification, third edition,
section 11 (iCCP, pHYs, eXIf).
"""

import struct
import zlib

import cv2
import numpy as np

_PNG_START = 8 + 25  # the signature and the IHDR chunk, which must come first
_EXIF_PREFIX = b"Exif\x00\x00"
_METRES_PER_INCH = 0.0254


def encode_deep_png(
    pixels: np.ndarray,
    alpha: np.ndarray | None,
    exif: bytes,
    profile: bytes | None,
    dpi: tuple[float, float] | None,
) -> bytes:
    """The bytes of a 16-bit PNG.

    Args:
        pixels: uint16 [H, W] or [H, W, 3] sRGB.
        alpha: uint16 [H, W] or None.
        exif: EXIF bytes, may be empty.
        profile: ICC profile or None.
        dpi: (horizontal, vertical) dots an inch or None.
    """
    if pixels.ndim == 3:
        pixels = cv2.cvtColor(pixels, cv2.COLOR_RGB2BGR)
    elif alpha is not None:
        pixels = cv2.cvtColor(pixels, cv2.COLOR_GRAY2BGR)
    if alpha is not None:
        pixels = np.dstack([pixels, alpha])
    png = cv2.imencode(".png", pixels)[1].tobytes()
    chunks = b""
    if profile:
        chunks += _chunk(b"iCCP", b"ICC Profile\0\0" + zlib.compress(profile))
    if dpi:
        across, down = (round(value / _METRES_PER_INCH) for value in dpi)
        chunks += _chunk(b"pHYs", struct.pack(">IIB", across, down, 1))
    if exif:
        chunks += _chunk(b"eXIf", exif.removeprefix(_EXIF_PREFIX))
    return png[:_PNG_START] + chunks + png[_PNG_START:]


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

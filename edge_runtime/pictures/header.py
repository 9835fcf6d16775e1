"""Look at a picture file's header, and refuse what is no picture or too large to decode."""

import warnings
from pathlib import Path
from typing import BinaryIO

from PIL import (
    BmpImagePlugin,
    Image,
    JpegImagePlugin,
    PngImagePlugin,
    TiffImagePlugin,
    UnidentifiedImageError,
    WebPImagePlugin,
)

from edge_runtime.errors import PictureError
from edge_runtime.pictures.memory import available_memory
from edge_runtime.pictures.profile import MAX_PROFILE_BYTES

# Imported one by one: Pillow would import its forty decoders, and let a file choose among them.
# JPEG includes MPO, which many cameras write as .jpg: a JPEG followed by further ones.
_READERS = (
    JpegImagePlugin.JpegImageFile,
    PngImagePlugin.PngImageFile,
    TiffImagePlugin.TiffImageFile,
    WebPImagePlugin.WebPImageFile,
    BmpImagePlugin.BmpImageFile,
)
READABLE = tuple(reader.format for reader in _READERS)

# Twice MAX_IMAGE_PIXELS is where Pillow itself refuses a picture as a decompression bomb.
MAX_PIXELS = 178_000_000
MAX_SIDE = 65_535
MAX_FILE_BYTES = 2 * 2**30

# What decoding, colouring and encoding hold of a pixel at the same time, at 16 bits.
BYTES_PER_PIXEL = 18

_TIFF_STARTS = (b"II*\0", b"MM\0*")

# Pillow calls a PNG damaged whose profile or XMP unpacks to more than a megabyte, which those of
# printers and of picture editors do.
PngImagePlugin.MAX_TEXT_CHUNK = max(PngImagePlugin.MAX_TEXT_CHUNK, MAX_PROFILE_BYTES)


def open_picture(file: BinaryIO, path: Path) -> Image.Image:
    """Read a picture's header; nothing is decoded yet.

    Args:
        file: the open file.
        path: its name, for messages.
    Returns:
        Pillow's lazy picture.
    Raises:
        PictureError: empty, not a picture of a known format, or too large, also for the memory that
            is free.
    """
    file.seek(0, 2)
    length = file.tell()
    file.seek(0)
    if length == 0:
        raise PictureError(f"{path}: the file is empty")
    if length > MAX_FILE_BYTES:
        raise PictureError(f"{path}: the file is larger than {MAX_FILE_BYTES // 2**30} GiB")
    try:
        with warnings.catch_warnings():
            # Between once and twice its limit Pillow warns; the size is checked right below.
            warnings.simplefilter("ignore")
            image = Image.open(file, formats=READABLE)
        tile_pixels = _tile_pixels(image)
    except UnidentifiedImageError:
        file.seek(0)
        what = "not a JPEG, PNG, TIFF, WebP or BMP picture"
        if file.read(4) in _TIFF_STARTS:
            kinds = "8 or 16 bits, grey or RGB"
            what = f"a damaged TIFF, or one of a kind that is not supported ({kinds})"
        raise PictureError(f"{path}: {what}") from None
    except Image.DecompressionBombError:
        raise PictureError(f"{path}: {_too_large()}") from None
    except Exception as error:  # a damaged header can raise nearly anything in a decoder
        raise PictureError(f"{path}: the header is damaged ({reason(error)})") from None
    width, height = image.size
    if max(width * height, tile_pixels) > MAX_PIXELS or max(width, height) > MAX_SIDE:
        raise PictureError(f"{path}: {width} x {height} pixels, {_too_large()}")
    if width == 0 or height == 0:
        raise PictureError(f"{path}: the picture has no pixels")
    free = available_memory()
    needed = width * height * BYTES_PER_PIXEL
    if free is not None and needed > free:
        raise PictureError(
            f"{path}: {width} x {height} pixels need about {needed // 10**6} MB of memory, "
            f"{free // 10**6} MB are free"
        )
    return image


def _tile_pixels(image: Image.Image) -> int:
    """The pixels of one tile of a tiled TIFF, which is decoded whole however small the picture."""
    if image.format != "TIFF":
        return 0
    return int(image.tag_v2.get(322, 0)) * int(image.tag_v2.get(323, 0))


def reason(error: BaseException) -> str:
    """An error as a few words of one line."""
    text = getattr(error, "strerror", None) or str(error) or type(error).__name__
    return " ".join(text.split())[:200]


def _too_large() -> str:
    return f"more than {MAX_PIXELS // 10**6} megapixels or {MAX_SIDE} pixels a side are refused"

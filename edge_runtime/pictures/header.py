"""Look at a picture file's beginning, and refuse what is no picture or too large to decode."""

import importlib
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from PIL import Image

from edge_runtime.errors import PictureError
from edge_runtime.pictures.formats import FORMATS
from edge_runtime.pictures.memory import available_memory

# Twice MAX_IMAGE_PIXELS is where Pillow itself refuses a picture as a decompression bomb.
MAX_PIXELS = 178_000_000
MAX_SIDE = 65_535
MAX_FILE_BYTES = 2 * 2**30


@dataclass(frozen=True)
class PictureLimits:
    """How large a picture may be.

    Attributes:
        pixels: how many it may have; where these are more than usual, its sides may be longer and
            its file larger, too.
        bytes_per_pixel: what decoding, colouring and encoding hold of a pixel at the same time; by
            default at 16 bits.
    """

    pixels: int = MAX_PIXELS
    bytes_per_pixel: int = 18

    @property
    def side(self) -> int:
        """The longest side in pixels."""
        return MAX_SIDE if self.pixels <= MAX_PIXELS else self.pixels

    @property
    def file_bytes(self) -> int:
        """The largest file."""
        return max(MAX_FILE_BYTES, 8 * self.pixels)


LIMITS = PictureLimits()

_AVIF_BRANDS = (b"avif", b"avis")
_HEIF_BRANDS = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs")
_EITHER_BRANDS = (b"mif1", b"msf1")


def format_of(start: bytes) -> str:
    """The `Format.name` of a file that begins with these bytes, 64 or more; empty for none."""
    for format in FORMATS:
        if format.starts and start.startswith(format.starts):
            return format.name
    if start[:4] == b"RIFF" and start[8:12] == b"WEBP":
        return "WEBP"
    if start[4:8] == b"ftyp":
        brand, others = start[8:12], start[16:64]
        if brand in _AVIF_BRANDS or (brand in _EITHER_BRANDS and b"avif" in others):
            return "AVIF"
        if brand in _HEIF_BRANDS + _EITHER_BRANDS:
            return "HEIF"
    return ""


def look_at(file: BinaryIO, path: Path, limits: PictureLimits = LIMITS) -> str:
    """The format of an open file, by its `Format.name`; nothing is decoded yet.

    Args:
        file: the open file.
        path: its name, for messages.
        limits: how large it may be.
    Raises:
        PictureError: empty, too large a file, or not a picture of a known format.
    """
    length = file.seek(0, 2)
    file.seek(0)
    if length == 0:
        raise PictureError(f"{path}: the file is empty")
    if length > limits.file_bytes:
        raise PictureError(f"{path}: the file is larger than {limits.file_bytes // 2**30} GiB")
    name = format_of(file.read(64))
    if not name:
        *names, last = [format.spoken for format in FORMATS]
        raise PictureError(f"{path}: not a {', '.join(names)} or {last} picture")
    return name


def open_image(file: BinaryIO, name: str, limits: PictureLimits) -> Image.Image:
    """Read a picture's header with Pillow; nothing is decoded yet.

    Args:
        file: the open file.
        name: its format, of `look_at`.
        limits: how large it may be.
    Returns:
        Pillow's lazy picture.
    Raises:
        PictureError: a damaged header, or too large, also for the memory that is free.
    """
    file.seek(0)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what a file has wrong and is told otherwise
            image = _open(file, name)
    except PictureError:
        raise
    except Exception as error:  # a damaged header can raise nearly anything in a decoder
        raise PictureError(f"the header is damaged ({reason(error)})") from None
    check_size(*image.size, limits)
    return image


def check_size(width: int, height: int, limits: PictureLimits, tile_pixels: int = 0) -> None:
    """See that a picture may be decoded.

    Args:
        width, height: what its header says.
        limits: how large it may be.
        tile_pixels: the pixels of one tile, which is decoded whole however small the picture.
    Raises:
        PictureError: no pixels, or too many, also for the memory that is free.
    """
    if width < 1 or height < 1:
        raise PictureError("the picture has no pixels")
    if max(width * height, tile_pixels) > limits.pixels or max(width, height) > limits.side:
        most = limits.pixels // 10**6 or limits.pixels / 10**6
        raise PictureError(
            f"{width} x {height} pixels, more than {most:g} megapixels or "
            f"{limits.side} pixels a side are refused"
        )
    free = available_memory()
    needed = width * height * limits.bytes_per_pixel
    if free is not None and needed > free:
        raise PictureError(
            f"{width} x {height} pixels need about {needed // 10**6} MB of memory, "
            f"{free // 10**6} MB are free"
        )


def reason(error: BaseException) -> str:
    """An error as a few words of one line."""
    text = getattr(error, "strerror", None) or str(error) or type(error).__name__
    return " ".join(text.split())[:200]


def _open(file: BinaryIO, name: str) -> Image.Image:
    if name == "HEIF":
        try:
            from pi_heif.as_plugin import HeifImageFile
        except ImportError:
            raise PictureError("HEIC is read with the package pi-heif, which is missing") from None
        return HeifImageFile(file)
    # One by one: Pillow would import its forty decoders, and let a file choose among them.
    plugin = next(format.plugin for format in FORMATS if format.name == name)
    importlib.import_module(f"PIL.{plugin}ImagePlugin")
    if name == "AVIF":
        from PIL import features

        if not features.check("avif"):
            raise PictureError("the Pillow that is installed cannot read AVIF")
    # Not Image.open, which has a limit of its own; it is `check_size` that decides.
    factory, _ = Image.OPEN[name]
    return factory(file, "")

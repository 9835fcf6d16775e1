"""Read a picture file into an upright sRGB `Picture`."""

from pathlib import Path
from typing import BinaryIO

from PIL import Image

from edge_runtime.errors import PictureError
from edge_runtime.pictures.deep import is_deep, read_deep
from edge_runtime.pictures.header import open_picture, reason
from edge_runtime.pictures.metadata import read_dpi, read_exif, read_orientation
from edge_runtime.pictures.orientation import turn_upright
from edge_runtime.pictures.picture import Picture
from edge_runtime.pictures.profile import Profile
from edge_runtime.pictures.shallow import read_shallow
from edge_runtime.pictures.transparency import settle_key


def read_picture(path: str | Path) -> Picture:
    """Read a JPEG, PNG, TIFF, WebP or BMP picture.

    The header is checked before anything is decoded. Of several frames or pages the first is
    taken, with a note. Palette, CMYK and Lab pictures become sRGB; embedded profiles are applied.

    Raises:
        PictureError: missing, unreadable, not a picture, too large, cut off or damaged.
    """
    path = Path(path)
    try:
        if path.exists() and not path.is_file():
            raise PictureError(f"{path}: not a file")
        with path.open("rb") as file:
            return read_open_picture(file, path)
    except OSError as error:
        raise PictureError(f"{path}: {reason(error)}") from None
    except ValueError as error:  # a name with a NUL in it
        raise PictureError(f"{str(path)!r}: {reason(error)}") from None


def read_open_picture(file: BinaryIO, path: Path) -> Picture:
    """Read a picture from an open file, as `read_picture` does.

    Args:
        file: where the picture starts at its beginning.
        path: its name, for messages; nothing is looked for there.
    Raises:
        PictureError: not a picture, too large, cut off or damaged.
    """
    image = open_picture(file, path)
    try:
        return _decode(file, image)
    except MemoryError:
        raise PictureError(f"{path}: not enough memory to decode it") from None
    except Exception as error:  # damaged bytes can raise nearly anything in a decoder
        raise PictureError(f"{path}: cannot be decoded: {reason(error)}") from None


def _decode(file: BinaryIO, image: Image.Image) -> Picture:
    notes = []
    if image.format != "MPO" and getattr(image, "is_animated", False):
        notes.append("it has several frames or pages, the first was taken")
    deep = is_deep(image)
    key = settle_key(image)
    stored_orientation = read_orientation(image)
    exif = read_exif(image)
    dpi = read_dpi(image)
    profile = None
    if image.info.get("icc_profile"):
        profile = Profile.parse(image.info["icc_profile"])
        if profile is None:
            notes.append("its colour profile is unreadable and was left aside")
    image.load()
    # Pillow turns a TIFF by itself while loading: what is left to do is asked afterwards.
    orientation = read_orientation(image)
    planes = read_deep(file, image, stored_orientation, profile, key) if deep else None
    if deep and planes is None:
        notes.append("its 16 bits could not be used, it was read at 8")
    pixels, alpha = planes or read_shallow(image, profile)
    return Picture(
        pixels=turn_upright(pixels, orientation),
        alpha=None if alpha is None else turn_upright(alpha, orientation),
        exif=exif,
        profile=profile is not None,
        dpi=dpi,
        notes=tuple(notes),
        # An MPO is a JPEG followed by further ones, of which the first was taken.
        format="JPEG" if image.format == "MPO" else image.format,
    )

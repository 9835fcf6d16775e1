"""Read a picture file into an upright sRGB `Picture`."""

from pathlib import Path
from typing import BinaryIO

import numpy as np

from edge_runtime.errors import PictureError
from edge_runtime.pictures.captions import as_utf8
from edge_runtime.pictures.exif import read_exif
from edge_runtime.pictures.header import LIMITS, PictureLimits, look_at, open_image, reason
from edge_runtime.pictures.mark import Mark, read_mark
from edge_runtime.pictures.picture import Picture
from edge_runtime.pictures.stored import Stored, to_srgb

# Where nothing is decoded, as for the largest results.
_OF_HEADERS = PictureLimits(2**34, 0)


def read_picture(
    path: str | Path, *, page: int | None = None, limits: PictureLimits = LIMITS
) -> Picture:
    """Read a picture: JPEG, PNG, TIFF, WebP, BMP, HEIC, AVIF, JPEG 2000 or GIF.

    The header is checked before anything is decoded. Of several frames or pages the first is taken,
    with a note, or of a TIFF the one that is asked for. Palette pictures become sRGB; of those with
    a profile, and of Lab, the lightness is read. What is damaged is read as far as it goes.

    Args:
        path: the file.
        page: which picture of a TIFF, from 0; None for the first.
        limits: how large it may be.
    Raises:
        PictureError: missing, unreadable, not a picture, too large, or none of it can be decoded.
    """
    path = Path(path)
    try:
        if path.exists() and not path.is_file():
            raise PictureError(f"{path}: not a file")
        with path.open("rb") as file:
            return read_open_picture(file, path, page=page, limits=limits)
    except OSError as error:
        raise PictureError(f"{path}: {reason(error)}") from None
    except ValueError as error:  # a name with a NUL in it
        raise PictureError(f"{str(path)!r}: {reason(error)}") from None


def read_open_picture(
    file: BinaryIO, path: Path, *, page: int | None = None, limits: PictureLimits = LIMITS
) -> Picture:
    """Read a picture from an open file, as `read_picture` does.

    Args:
        file: where the picture starts at its beginning; it can be sought in.
        path: its name, for messages; nothing is looked for there.
        page, limits: as for `read_picture`.
    Raises:
        PictureError: not a picture, too large, or none of it can be decoded.
    """
    name = look_at(file, path, limits)
    try:
        return _picture(_read(file, name, page, limits))
    except PictureError as error:
        raise PictureError(f"{path}: {error}") from None
    except MemoryError:
        raise PictureError(f"{path}: not enough memory to decode it") from None
    except Exception as error:  # damaged bytes can raise nearly anything in a decoder
        raise PictureError(f"{path}: cannot be decoded: {reason(error)}") from None


def mark_of_file(path: Path) -> Mark | None:
    """The mark of a result that lies in a file; None for other pictures, and unreadable ones.

    Nothing is decoded. BMP has no place for a mark.
    """
    try:
        with path.open("rb") as file:
            return mark_of_open_file(file)
    except OSError:  # whatever is wrong with it is told when it is read
        return None


def mark_of_open_file(file: BinaryIO) -> Mark | None:
    """As `mark_of_file`."""
    try:
        return read_mark(_read_xmp(file))
    except Exception:
        return None


def _read_xmp(file: BinaryIO) -> bytes:
    name = look_at(file, Path())
    if name == "PNG":
        from edge_runtime.pictures import png_parts

        return png_parts.read_words(png_parts.read_chunks(file, pixels=False))[1].xmp
    if name == "TIFF":
        from edge_runtime.pictures.read_tiff import read_xmp

        return read_xmp(file)
    if name in ("JPEG", "WEBP"):
        return as_utf8(open_image(file, name, _OF_HEADERS).info.get("xmp") or b"")
    return b""


def _read(file: BinaryIO, name: str, page: int | None, limits: PictureLimits) -> Stored:
    # Imported where they are used: a picture needs one of them.
    if name == "JPEG":
        from edge_runtime.pictures.read_jpeg import read_jpeg

        return read_jpeg(file, limits)
    if name == "PNG":
        from edge_runtime.pictures.read_png import read_png

        return read_png(file, limits)
    if name == "TIFF":
        from edge_runtime.pictures.read_tiff import read_tiff

        return read_tiff(file, limits, page)
    from edge_runtime.pictures.read_other import read_other

    return read_other(file, name, limits)


def _picture(stored: Stored) -> Picture:
    notes = stored.notes
    exif, orientation = b"", stored.orientation
    if stored.exif:
        try:
            exif, said = read_exif(stored.exif)
        except ValueError:  # no reason to refuse a picture
            notes += ("its EXIF is damaged and was left out",)
        else:
            orientation = said if orientation == 1 else orientation
    if not stored.exif and orientation == 1:
        orientation = stored.captions.orientation
    pixels, profile, coloured, more = to_srgb(stored)
    return Picture(
        pixels=_upright(pixels, orientation),
        alpha=None if stored.alpha is None else _upright(stored.alpha, orientation),
        exif=exif,
        captions=stored.captions.upright(),
        profile=profile,
        coloured=coloured,
        dpi=_turned(stored.dpi, orientation),
        notes=notes + more,
        damaged=stored.damaged,
        format=stored.format,
        lossless=stored.lossless,
        pages=stored.pages,
        mark=read_mark(stored.captions.xmp),
    )


def _upright(plane: np.ndarray, orientation: int) -> np.ndarray:
    """A plane turned or mirrored by its EXIF orientation (EXIF 2.32, tag 0x0112); not a copy."""
    if orientation in (5, 6, 7, 8):
        plane = plane.swapaxes(0, 1)
    if orientation in (3, 4, 7, 8):
        plane = plane[::-1]
    if orientation in (2, 3, 6, 7):
        plane = plane[:, ::-1]
    return plane


def _turned(dpi: tuple[float, float] | None, orientation: int) -> tuple[float, float] | None:
    return dpi[::-1] if dpi is not None and orientation in (5, 6, 7, 8) else dpi

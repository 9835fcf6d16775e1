"""Write a `Picture` to a file: whole under its final name, or not at all."""

from collections.abc import Callable, Iterable
from pathlib import Path

from edge_runtime.errors import PictureError, TintLiteError
from edge_runtime.pictures.encode import encode_picture
from edge_runtime.pictures.formats import Format, format_of_name
from edge_runtime.pictures.header import reason
from edge_runtime.pictures.picture import Picture
from edge_runtime.pictures.tiff import encode_tiff
from edge_runtime.whole_file import write_whole


def write_picture(picture: Picture, path: str | Path, quality: int | None = None) -> None:
    """Write a picture in the format of the file name's ending; a file of that name is replaced.

    What the format cannot hold is brought down: 16 bits are rounded to 8, transparency is laid on
    white; `losses` tells of it.

    Args:
        picture: what to write.
        path: the file.
        quality: as for `encode_picture`.
    Raises:
        PictureError: unknown ending, picture too large for the format, target not writable or full.
    """
    path = Path(path)
    write_bytes(picture_bytes(picture, format_of_name(path), path, quality), path)


def write_bytes(data: memoryview, path: Path) -> None:
    """Write the bytes of a picture's file, whole or not at all.

    Raises:
        PictureError: the target is not writable or full.
    """
    try:
        write_whole(path, data)
    except OSError as error:
        raise PictureError(f"{path}: cannot be written: {reason(error)}") from None


def picture_bytes(
    picture: Picture, format: Format, path: Path, quality: int | None = None
) -> memoryview:
    """The bytes of a picture's file.

    Args:
        picture: what to encode.
        format: the format of the file.
        path: its name, for messages; nothing is written.
        quality: as for `encode_picture`.
    Raises:
        PictureError: too large for the format, or it cannot be encoded.
    """
    height, width = picture.pixels.shape[:2]
    check_fits(width, height, format, path)
    return _encoded(path, lambda: encode_picture(picture, format, quality))


def pages_bytes(pictures: Iterable[Picture], count: int, path: Path) -> memoryview:
    """The bytes of a TIFF with one page for each picture.

    Args:
        pictures: taken one after the other, so that one at a time need be there.
        count: how many they are.
        path: its name, for messages; nothing is written.
    Raises:
        PictureError: it cannot be encoded, or what making the pictures raises.
    """
    return _encoded(path, lambda: memoryview(encode_tiff(pictures, count)))


def check_fits(width: int, height: int, format: Format, path: Path) -> None:
    """See that a format can hold a picture of this size.

    Args:
        width, height: in pixels.
        format: of the file.
        path: its name, for messages.
    Raises:
        PictureError: it is too large.
    """
    if max(height, width) > format.longest:
        raise PictureError(
            f"{path}: {width} x {height} pixels do not fit into {format.spoken} "
            f"(at most {format.longest} a side)"
        )


def _encoded(path: Path, encode: Callable[[], memoryview]) -> memoryview:
    try:
        return encode()
    except TintLiteError:
        raise
    except MemoryError:
        raise PictureError(f"{path}: not enough memory to encode it") from None
    except Exception as error:  # of what a file brought along, EXIF may still be unwritable
        raise PictureError(f"{path}: cannot be encoded: {reason(error)}") from None

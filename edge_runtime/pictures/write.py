"""Write a `Picture` to a file: whole under its final name, or not at all."""

from pathlib import Path

from edge_runtime.errors import PictureError
from edge_runtime.pictures.encode import encode_picture
from edge_runtime.pictures.formats import Format, format_of_name
from edge_runtime.pictures.header import reason
from edge_runtime.pictures.picture import Picture
from edge_runtime.whole_file import write_whole


def write_picture(picture: Picture, path: str | Path) -> None:
    """Write a picture in the format of the file name's ending; a file of that name is replaced.

    What the format cannot hold is brought down: 16 bits are rounded to 8, transparency is laid on
    white.

    Raises:
        PictureError: unknown ending, picture too large for the format, target not writable or full.
    """
    path = Path(path)
    data = picture_bytes(picture, format_of_name(path), path)
    try:
        write_whole(path, data)
    except OSError as error:
        raise PictureError(f"{path}: cannot be written: {reason(error)}") from None


def picture_bytes(picture: Picture, format: Format, path: Path) -> memoryview:
    """The bytes of a picture's file.

    Args:
        picture: what to encode.
        format: the format of the file.
        path: its name, for messages; nothing is written.
    Raises:
        PictureError: too large for the format, or it cannot be encoded.
    """
    height, width = picture.pixels.shape[:2]
    if max(height, width) > format.longest:
        raise PictureError(
            f"{path}: {width} x {height} pixels do not fit into {format.name} "
            f"(at most {format.longest} a side)"
        )
    try:
        return encode_picture(picture, format)
    except MemoryError:
        raise PictureError(f"{path}: not enough memory to encode it") from None
    except Exception as error:  # of what a file brought along, EXIF may still be unwritable
        raise PictureError(f"{path}: cannot be encoded: {reason(error)}") from None

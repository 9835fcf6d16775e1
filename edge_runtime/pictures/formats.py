"""The file formats of pictures: their names, endings and what each can hold."""

from dataclasses import dataclass
from pathlib import Path

from edge_runtime.errors import PictureError


@dataclass(frozen=True)
class Format:
    """What a file format can hold.

    Attributes:
        name: Pillow's name, as in `JPEG`.
        endings: file name endings in lower case, the usual one first.
        alpha: whether it keeps transparency.
        deep: whether it keeps 16 bits a channel.
        longest: the longest side in pixels.
    """

    name: str
    endings: tuple[str, ...]
    alpha: bool
    deep: bool
    longest: int


FORMATS = (
    Format("JPEG", (".jpg", ".jpeg", ".jpe", ".jfif"), alpha=False, deep=False, longest=65_500),
    Format("PNG", (".png",), alpha=True, deep=True, longest=1_000_000),
    Format("TIFF", (".tif", ".tiff"), alpha=True, deep=True, longest=1_000_000),
    Format("WEBP", (".webp",), alpha=True, deep=False, longest=16_383),
    Format("BMP", (".bmp",), alpha=False, deep=False, longest=1_000_000),
)

ENDINGS = tuple(ending for format in FORMATS for ending in format.endings)


def format_called(name: str) -> Format:
    """The format of a name, as `jpeg` or `PNG`, or of an ending without its dot, as `jpg`.

    Raises:
        PictureError: there is no such format.
    """
    for format in FORMATS:
        if name.upper() == format.name or f".{name.lower()}" in format.endings:
            return format
    names = ", ".join(format.name.lower() for format in FORMATS)
    raise PictureError(f"'{name[:20]}' is no picture format (use {names})")


def format_of_name(path: Path) -> Format:
    """The format that a file name's ending asks for.

    Raises:
        PictureError: the ending is none of `ENDINGS`.
    """
    ending = path.suffix.lower()
    for format in FORMATS:
        if ending in format.endings:
            return format
    asked = f"'{path.suffix}'" if path.suffix else "no ending"
    raise PictureError(f"{path}: {asked} is no picture format (use {', '.join(ENDINGS)})")

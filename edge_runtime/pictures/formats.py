"""The file formats of pictures: their names, endings and what each can hold."""

from dataclasses import dataclass
from pathlib import Path

from edge_runtime.errors import PictureError

EXIF, XMP, IPTC, COMMENTS = "EXIF", "XMP", "IPTC", "comments"


@dataclass(frozen=True)
class Format:
    """What a file format can hold.

    Attributes:
        name: Pillow's name, as in `JPEG`.
        spoken: its name in a sentence, as in `WebP`.
        endings: file name endings in lower case, the usual one first.
        plugin: Pillow's module that reads it, as `Jpeg` of `JpegImagePlugin`; empty for another's.
        starts: how its files begin; empty where more than that tells (`header.format_of`).
        result: the ending of what is written of such a picture; empty for the picture's own.
        alpha: whether it keeps transparency.
        deep: whether it keeps 16 bits a channel.
        words: which words it keeps beside the pixels.
        longest: the longest side in pixels.
    """

    name: str
    spoken: str
    endings: tuple[str, ...]
    plugin: str
    starts: tuple[bytes, ...] = ()
    result: str = ""
    alpha: bool = False
    deep: bool = False
    words: frozenset[str] = frozenset()
    longest: int = 1_000_000

    @property
    def written(self) -> bool:
        """Whether results are written in it; others are only read."""
        return not self.result

    @property
    def media_type(self) -> str:
        """As HTTP names it."""
        return "image/jp2" if self.name == "JPEG2000" else f"image/{self.name.lower()}"


_ALL_WORDS = frozenset((EXIF, XMP, IPTC, COMMENTS))

FORMATS = (
    # With MPO, which many cameras write as .jpg: a JPEG followed by further ones.
    Format(
        "JPEG",
        "JPEG",
        (".jpg", ".jpeg", ".jpe", ".jfif"),
        "Jpeg",
        (b"\xff\xd8\xff",),
        words=_ALL_WORDS,
        longest=65_500,
    ),
    Format(
        "PNG",
        "PNG",
        (".png",),
        "Png",
        (b"\x89PNG\r\n\x1a\n",),
        alpha=True,
        deep=True,
        words=_ALL_WORDS,
    ),
    Format(
        "TIFF",
        "TIFF",
        (".tif", ".tiff"),
        "Tiff",
        (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+"),
        alpha=True,
        deep=True,
        words=_ALL_WORDS,
    ),
    Format(
        "WEBP",
        "WebP",
        (".webp",),
        "WebP",
        alpha=True,
        words=frozenset((EXIF, XMP)),
        longest=16_383,
    ),
    Format("BMP", "BMP", (".bmp",), "Bmp", (b"BM",)),
    # Only read. What phones take becomes what every program opens; archives' masters stay lossless.
    Format("HEIF", "HEIC", (".heic", ".heif", ".hif"), "", result=".jpg"),
    Format("AVIF", "AVIF", (".avif",), "Avif", result=".jpg"),
    Format(
        "JPEG2000",
        "JPEG 2000",
        (".jp2", ".j2k", ".jpf", ".jpx", ".j2c"),
        "Jpeg2K",
        (b"\0\0\0\x0cjP  \r\n\x87\n", b"\xff\x4f\xff\x51"),
        result=".tif",
    ),
    Format("GIF", "GIF", (".gif",), "Gif", (b"GIF87a", b"GIF89a"), result=".png"),
)

WRITTEN = tuple(format for format in FORMATS if format.written)
ENDINGS = tuple(ending for format in FORMATS for ending in format.endings)
RESULT_ENDINGS = tuple(ending for format in WRITTEN for ending in format.endings)

# Pictures that are not read, by their endings: a folder says that it leaves them aside.
RAW_ENDINGS = frozenset(
    f".{name}"
    for name in (
        *("3fr", "arw", "cr2", "cr3", "crw", "dc2", "dcr", "dng", "erf", "fff", "gpr", "iiq"),
        *("kdc", "mef", "mos", "mrw", "nef", "nrw", "orf", "pef", "raf", "raw", "rw2", "rwl"),
        *("sr2", "srf", "srw", "x3f"),
    )
)
OTHER_ENDINGS = frozenset((".exr", ".jxl", ".pcx", ".pgm", ".ppm", ".psb", ".psd", ".tga", ".xcf"))


def format_called(name: str) -> Format:
    """The format to write of a name, as `jpeg` or `PNG`, or of an ending without its dot.

    Raises:
        PictureError: there is no such format, or it is only read.
    """
    for format in WRITTEN:
        if name.upper() == format.name or f".{name.lower()}" in format.endings:
            return format
    names = ", ".join(format.name.lower() for format in WRITTEN)
    raise PictureError(f"'{name[:20]}' is no picture format that is written (use {names})")


def format_of_name(path: Path) -> Format:
    """The format to write that a file name's ending asks for.

    Raises:
        PictureError: the ending is none of `RESULT_ENDINGS`.
    """
    ending = path.suffix.lower()
    for format in WRITTEN:
        if ending in format.endings:
            return format
    asked = f"'{path.suffix}'" if path.suffix else "no ending"
    known = ", ".join(RESULT_ENDINGS)
    raise PictureError(f"{path}: {asked} is no picture format that is written (use {known})")


def result_format(name: str) -> Format:
    """The format of the result where none is asked for.

    Args:
        name: the picture's own, by its `Format.name`.
    Raises:
        PictureError: there is no such format.
    """
    for format in FORMATS:
        if format.name == name:
            return format_called(format.result[1:]) if format.result else format
    raise PictureError(f"'{name}' is no picture format")


def result_ending(path: Path) -> str:
    """The ending of the result of a picture whose file has this name, where none is asked for."""
    for format in FORMATS:
        if path.suffix.lower() in format.endings and format.result:
            return format.result
    return path.suffix

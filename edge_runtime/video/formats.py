"""The kinds of film files: their endings, and what is written to them."""

from dataclasses import dataclass
from pathlib import Path

from edge_runtime.video.errors import VideoError


@dataclass(frozen=True)
class FilmFormat:
    """A container that films are written to.

    Attributes:
        name: FFmpeg's name of its muxer.
        endings: file name endings in lower case, the usual one first.
        codec: the encoder that is taken where none is named.
        fixed_rate: whether it counts frames instead of keeping their times.
    """

    name: str
    endings: tuple[str, ...]
    codec: str = "libx264"
    fixed_rate: bool = False


FILM_FORMATS = (
    FilmFormat("mp4", (".mp4", ".m4v")),
    FilmFormat("mov", (".mov",)),
    FilmFormat("matroska", (".mkv",)),
    FilmFormat("webm", (".webm",), codec="libvpx-vp9"),
    FilmFormat("avi", (".avi",), codec="mpeg4", fixed_rate=True),
    FilmFormat("mpegts", (".ts", ".mts", ".m2ts")),
)

WRITABLE_ENDINGS = tuple(ending for format in FILM_FORMATS for ending in format.endings)

# Read, but not written: results of these go to .mkv, which holds their sound.
_READ_ONLY = (
    ".mpg",
    ".mpeg",
    ".vob",
    ".wmv",
    ".asf",
    ".flv",
    ".3gp",
    ".ogv",
    ".mxf",
    ".dv",
    ".y4m",
)

FILM_ENDINGS = WRITABLE_ENDINGS + _READ_ONLY


def is_film(path: Path) -> bool:
    """Whether a file's name says that it is a film."""
    return path.suffix.lower() in FILM_ENDINGS


def result_ending(path: Path) -> str:
    """The ending of a film's result where none was asked for: its own, or .mkv."""
    return ".mkv" if path.suffix.lower() in _READ_ONLY else path.suffix


def film_format_of_name(path: Path) -> FilmFormat:
    """The container that a file name's ending asks for.

    Raises:
        VideoError: the ending is none of `WRITABLE_ENDINGS`.
    """
    ending = path.suffix.lower()
    for format in FILM_FORMATS:
        if ending in format.endings:
            return format
    asked = f"'{path.suffix}'" if path.suffix else "no ending"
    raise VideoError(
        f"{path}: {asked} is no film format that is written (use {', '.join(WRITABLE_ENDINGS)})"
    )

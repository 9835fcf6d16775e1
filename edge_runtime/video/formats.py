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
        holds: FFmpeg's names of the codecs that it holds, where FFmpeg itself would write others
            into it that nobody can read; None where FFmpeg knows.
        holds_range: whether it says itself if luma takes all levels.
    """

    name: str
    endings: tuple[str, ...]
    codec: str = "libx264"
    fixed_rate: bool = False
    holds: frozenset[str] | None = None
    holds_range: bool = False


FILM_FORMATS = (
    FilmFormat("mp4", (".mp4", ".m4v"), holds_range=True),
    FilmFormat("mov", (".mov",)),
    FilmFormat("matroska", (".mkv",), holds_range=True),
    FilmFormat("webm", (".webm",), codec="libvpx-vp9", holds_range=True),
    FilmFormat("avi", (".avi",), codec="mpeg4", fixed_rate=True),
    FilmFormat(
        "mpegts",
        (".ts", ".mts", ".m2ts"),
        holds=frozenset({"h264", "hevc", "mpeg1video", "mpeg2video", "mpeg4"}),
    ),
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

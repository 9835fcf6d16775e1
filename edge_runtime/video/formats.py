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

# Read, but not written.
_READ_ONLY = (
    *(".mpg", ".mpeg", ".mpe", ".m1v", ".m2v", ".vob", ".vro", ".mod", ".tod", ".m2t", ".trp"),
    *(".wmv", ".asf", ".flv", ".f4v", ".3gp", ".3g2", ".ogv", ".ogm", ".divx", ".mxf", ".dv"),
    ".y4m",
)

# For folders: a file that is named is told by its content.
FILM_ENDINGS = WRITABLE_ENDINGS + _READ_ONLY

# Endings that other files have too (TypeScript, lists of Go's modules, music of trackers).
SHARED_ENDINGS = frozenset((".ts", ".mts", ".mod"))


def has_film_name(path: Path) -> bool:
    """Whether a file's name says that it is a film."""
    return path.suffix.lower() in FILM_ENDINGS


def result_ending(path: Path) -> str:
    """The ending of a film's result where none was asked for.

    Its own where that is written; .mkv, which holds every sound; .mp4 for a GIF, which has none.
    """
    ending = path.suffix.lower()
    if ending == ".gif":
        return ".mp4"
    return path.suffix if ending in WRITABLE_ENDINGS else ".mkv"


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

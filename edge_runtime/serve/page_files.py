"""The files of the page, read once: no name in a request ever becomes a path."""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

FOLDER = Path(__file__).parent / "page"

# Not asked of the system, whose lists differ.
_MEDIA_TYPES = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".jpg": "image/jpeg",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}


@dataclass(frozen=True)
class PageFile:
    """The bytes of one file and what they are."""

    data: bytes
    media_type: str


@lru_cache(maxsize=1)
def page_files() -> dict[str, PageFile]:
    """All files of the page by their path on the server; `index.html` is `/`."""
    files = {
        f"/{path.name}": PageFile(path.read_bytes(), _MEDIA_TYPES[path.suffix])
        for path in sorted(FOLDER.iterdir())
        if path.suffix in _MEDIA_TYPES
    }
    files["/"] = files.pop("/index.html")
    return files

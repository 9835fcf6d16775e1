"""What can go wrong with a film, and how a film that was stopped is told of."""

from pathlib import Path

from edge_runtime.errors import TintLiteError


class VideoError(TintLiteError):
    """A film that cannot be read, coloured or written."""


class VideoStoppedError(Exception):
    """Ctrl-C or a signal came; what was coloured until then is kept, and the same call goes on.

    No TintLiteError: who passes over bad films must not pass over ctrl-C.
    The cause (`__cause__`) is the KeyboardInterrupt or SystemExit that came.

    Attributes:
        frames, film_seconds: what of the film is kept.
        path: the film, if all was done already; else None.
    """

    def __init__(self, frames: int, film_seconds: float, path: Path | None):
        super().__init__(f"stopped; {frames} frames are kept")
        self.frames = frames
        self.film_seconds = film_seconds
        self.path = path

"""What can go wrong with a film, and how a film that was stopped is told of."""

from pathlib import Path
from typing import TYPE_CHECKING

from edge_runtime.errors import TintLiteError

if TYPE_CHECKING:
    from edge_runtime.video.result import VideoResult


class VideoError(TintLiteError):
    """A film that cannot be read, coloured or written."""


class VideoStoppedError(Exception):
    """Ctrl-C or a signal came; what was coloured until then is a file that plays.

    No TintLiteError: who passes over bad films must not pass over ctrl-C.
    The cause (`__cause__`) is the KeyboardInterrupt or SystemExit that came.

    Attributes:
        result: of what was coloured.
        path: the file. It has a name of its own, so that an older result stays and nobody takes
            the part for the whole; only if all was done already it is the film's result.
    """

    def __init__(self, result: "VideoResult", path: Path):
        super().__init__(f"stopped after {result.frames} frames, which are in {path}")
        self.result = result
        self.path = path

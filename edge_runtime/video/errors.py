"""What can go wrong with a film, and how a film that was stopped is told of."""

from typing import TYPE_CHECKING

from edge_runtime.errors import TintLiteError

if TYPE_CHECKING:
    from edge_runtime.video.result import VideoResult


class VideoError(TintLiteError):
    """A film that cannot be read, coloured or written."""


class VideoStoppedError(Exception):
    """Ctrl-C or a signal came; what was coloured until then is a whole file that plays.

    No TintLiteError: who passes over bad films must not pass over ctrl-C.
    The cause (`__cause__`) is the KeyboardInterrupt or SystemExit that came.

    Attributes:
        result: of what was coloured.
    """

    def __init__(self, result: "VideoResult"):
        super().__init__(f"stopped after {result.frames} frames")
        self.result = result

"""Films: decoded, coloured frame by frame, encoded again, with sound and all that is with them."""

from typing import TYPE_CHECKING, Any

from edge_runtime.video.errors import VideoError, VideoStoppedError
from edge_runtime.video.frame_reference import FrameReference
from edge_runtime.video.options import VideoOptions
from edge_runtime.video.result import VideoProgress, VideoResult

if TYPE_CHECKING:
    from edge_runtime.video.colorize_film import colorize_video

__all__ = [
    "FrameReference",
    "VideoError",
    "VideoOptions",
    "VideoProgress",
    "VideoResult",
    "VideoStoppedError",
    "colorize_video",
]


def __getattr__(name: str) -> Any:
    # PyAV and OpenCV take a while to import: only who colours a film pays for them.
    if name == "colorize_video":
        from edge_runtime.video.colorize_film import colorize_video

        return colorize_video
    raise AttributeError(f"module '{__name__}' has no attribute '{name}'")

"""TintLite: colour for black-and-white pictures, films and cameras, offline, on small machines.

What users import is the package `tintlite`, which is this one's public face under the project's
name. Everything that is not in `__all__` may change.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from edge_runtime.errors import (
    ArgumentError,
    ArgumentTypeError,
    ModelError,
    PictureError,
    TintLiteError,
)

if TYPE_CHECKING:
    from edge_runtime.colorizer import Colorizer
    from edge_runtime.colour.hints import Hint
    from edge_runtime.colour.view import View
    from edge_runtime.device import Device
    from edge_runtime.engine.gpu_engine import GpuError
    from edge_runtime.hints.file import HintsError, read_hints, write_hints
    from edge_runtime.hints.session import HintSession
    from edge_runtime.hints.suggestions import suggest
    from edge_runtime.live.live_view import LiveFrame, LiveStatus, LiveView
    from edge_runtime.live.make_view import open_camera
    from edge_runtime.live.recorder import RecordError
    from edge_runtime.live.source import SourceError
    from edge_runtime.look import Look
    from edge_runtime.model.contract import Contract
    from edge_runtime.photo import PhotoOptions, PhotoResult, colorize_photo
    from edge_runtime.pictures import Picture, read_picture, write_picture
    from edge_runtime.video import (
        FrameReference,
        VideoError,
        VideoOptions,
        VideoProgress,
        VideoResult,
        VideoStoppedError,
        colorize_video,
    )

__version__ = "0.1.0"

__all__ = [
    "ArgumentError",
    "ArgumentTypeError",
    "Colorizer",
    "Contract",
    "Device",
    "FrameReference",
    "GpuError",
    "Hint",
    "HintSession",
    "HintsError",
    "LiveFrame",
    "LiveStatus",
    "LiveView",
    "Look",
    "ModelError",
    "PhotoOptions",
    "PhotoResult",
    "Picture",
    "PictureError",
    "RecordError",
    "SourceError",
    "TintLiteError",
    "VideoError",
    "VideoOptions",
    "VideoProgress",
    "VideoResult",
    "VideoStoppedError",
    "View",
    "__version__",
    "colorize_photo",
    "colorize_video",
    "open_camera",
    "read_hints",
    "read_picture",
    "suggest",
    "write_hints",
    "write_picture",
]

# OpenCV, NumPy and PyAV take a while to import: only who uses a thing pays for it.
_HOMES = {
    "Colorizer": "colorizer",
    "Contract": "model.contract",
    "Device": "device",
    "FrameReference": "video",
    "GpuError": "engine.gpu_engine",
    "Hint": "colour.hints",
    "HintSession": "hints.session",
    "HintsError": "hints.file",
    "LiveFrame": "live.live_view",
    "LiveStatus": "live.live_view",
    "LiveView": "live.live_view",
    "Look": "look",
    "PhotoOptions": "photo",
    "PhotoResult": "photo",
    "Picture": "pictures",
    "RecordError": "live.recorder",
    "SourceError": "live.source",
    "VideoError": "video",
    "VideoOptions": "video",
    "VideoProgress": "video",
    "VideoResult": "video",
    "VideoStoppedError": "video",
    "View": "colour.view",
    "colorize_photo": "photo",
    "colorize_video": "video",
    "open_camera": "live.make_view",
    "read_hints": "hints.file",
    "read_picture": "pictures",
    "suggest": "hints.suggestions",
    "write_hints": "hints.file",
    "write_picture": "pictures",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module '{__name__}' has no attribute '{name}'")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)

"""Live frames as JPEG, for the stream."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np

if TYPE_CHECKING:
    from edge_runtime.live.live_view import LiveFrame

# What can be seen of a frame. `both` is one picture with the grey above the colour: both halves
# are of the same frame, whatever the network between does.
LAYOUTS = ("after", "before", "both")

# The stream is for screens, and a phone's is no larger; a still keeps the camera's own size.
STREAM_LONGEST = 1280
STREAM_QUALITY = 80

# JPEG transforms chroma in blocks of 16 pixels, and decoders smooth it over one pixel more. A half
# takes no colour from the other where each ends in rows of its own, up to a block's edge.
_BLOCK = 16
_SMOOTHED = 2


@dataclass(frozen=True)
class EncodedFrame:
    """One frame of the stream.

    Attributes:
        number: of the frame.
        width, height: in the stream, of one half of `both`, in pixels.
        jpeg: its bytes.
    """

    number: int
    width: int
    height: int
    jpeg: bytes


def encoded(frame: "LiveFrame", layout: str) -> EncodedFrame:
    """A frame at the size of the stream.

    Args:
        frame: what to show.
        layout: one of `LAYOUTS`; for `both` the grey is in the first h rows, the colour in the
            last h, where h is the height that is told.
    """
    height, width = frame.grey.shape
    scale = min(1.0, STREAM_LONGEST / max(width, height))
    size = max(1, round(width * scale)), max(1, round(height * scale))
    return EncodedFrame(frame.number, *size, _jpeg(frame, layout, size))


def _jpeg(frame: "LiveFrame", layout: str, size: tuple[int, int]) -> bytes:
    if layout == "both":
        height = size[1]
        middle = -(-(height + _SMOOTHED) // _BLOCK) * _BLOCK
        stacked = np.empty((middle + _BLOCK + height, size[0], 3), np.uint8)
        stacked[:height] = _bgr(_fit(frame.grey, size))
        stacked[height:middle] = stacked[height - 1]
        stacked[-height:] = _bgr(_fit(frame.colour, size))
        stacked[middle:-height] = stacked[-height]
        return _encode(stacked)
    return _encode(_bgr(_fit(frame.grey if layout == "before" else frame.colour, size)))


def _fit(plane: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    if plane.shape[1::-1] == size:
        return plane
    return cv2.resize(plane, size, interpolation=cv2.INTER_AREA)


def _bgr(plane: np.ndarray) -> np.ndarray:
    return cv2.cvtColor(plane, cv2.COLOR_GRAY2BGR if plane.ndim == 2 else cv2.COLOR_RGB2BGR)


def _encode(bgr: np.ndarray) -> bytes:
    done, data = cv2.imencode(".jpg", bgr, [cv2.IMWRITE_JPEG_QUALITY, STREAM_QUALITY])
    if not done:
        raise ValueError(f"OpenCV cannot encode {list(bgr.shape)} as JPEG")
    return data.tobytes()

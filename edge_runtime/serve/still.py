"""One frame of the live view as a picture file."""

from pathlib import Path
from typing import TYPE_CHECKING

import cv2

from edge_runtime.pictures import Picture, format_called, picture_bytes, side_by_side

if TYPE_CHECKING:
    from edge_runtime.live.live_view import LiveFrame


def still_picture(frame: "LiveFrame", layout: str, format: str) -> memoryview:
    """The bytes of a still at the camera's own size.

    Args:
        frame: what to keep.
        layout: before, after, or both beside each other.
        format: as `format_called` takes it.
    Raises:
        PictureError: the frame is too large for the format.
    """
    picture = Picture(frame.grey if layout == "before" else frame.colour)
    if layout == "both":
        picture = side_by_side(cv2.cvtColor(frame.grey, cv2.COLOR_GRAY2RGB), picture)
    return picture_bytes(picture, format_called(format), Path("still"))

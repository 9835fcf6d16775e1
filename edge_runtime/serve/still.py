"""One frame of the live view as a picture file."""

import time
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
from PIL import ExifTags, Image

from edge_runtime.pictures import Picture, format_called, picture_bytes, side_by_side

if TYPE_CHECKING:
    from edge_runtime.live.live_view import LiveFrame


def time_of(frame: "LiveFrame") -> datetime:
    """When a frame was read, by this machine's clock and in its time zone."""
    return datetime.fromtimestamp(time.time() - (time.monotonic() - frame.captured)).astimezone()


def still_picture(frame: "LiveFrame", layout: str, format: str, taken: datetime) -> memoryview:
    """The bytes of a still at the camera's own size, with the time of its capture in its EXIF.

    Args:
        frame: what to keep.
        layout: before, after, or both beside each other.
        format: as `format_called` takes it.
        taken: when the frame was read, as of `time_of`.
    Raises:
        PictureError: the frame is too large for the format.
    """
    exif = _exif(taken)
    picture = Picture(frame.grey if layout == "before" else frame.colour, exif=exif)
    if layout == "both":
        picture = side_by_side(cv2.cvtColor(frame.grey, cv2.COLOR_GRAY2RGB), picture)
    return picture_bytes(picture, format_called(format), Path("still"))


def _exif(taken: datetime) -> bytes:
    # EXIF 2.32, 4.6.5: time and thousandths of a second, and how far the clock is from UTC.
    offset = taken.strftime("%z")
    block = Image.Exif()
    words = block.get_ifd(ExifTags.IFD.Exif)
    words[ExifTags.Base.DateTimeOriginal] = taken.strftime("%Y:%m:%d %H:%M:%S")
    words[ExifTags.Base.SubsecTimeOriginal] = f"{taken.microsecond // 1000:03d}"
    words[ExifTags.Base.OffsetTimeOriginal] = f"{offset[:3]}:{offset[3:5]}"
    return block.tobytes().removeprefix(b"Exif\0\0")

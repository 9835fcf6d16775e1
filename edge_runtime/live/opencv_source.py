"""USB and V4L2 cameras, and GStreamer pipelines, through OpenCV."""

import os
import sys
from pathlib import Path

import cv2
import numpy as np

from edge_runtime.live.address import without_passwords
from edge_runtime.live.luma import luma_to_grey
from edge_runtime.live.source import GuardedSource, SourceError
from edge_runtime.live.v4l2 import why_not_usable

# Uncompressed YUYV carries luma as it is, but over USB 2 it is slow from 720p on: where a camera
# would give less than this with it, it is asked for JPEG.
_LEAST_FPS = 20.0

# Seconds after which OpenCV's read of a silent camera returns; its own 10 would keep the device
# from being opened again.
_SELECT_TIMEOUT = ("OPENCV_VIDEOIO_V4L_SELECT_TIMEOUT", "4")

# What makes grey frames of a pipeline, the newest one only, for those who do not say it.
_SINK = " ! videoconvert ! video/x-raw,format=GRAY8 ! appsink drop=true max-buffers=1 sync=false"


class OpenCvSource(GuardedSource):
    """A camera or pipeline that OpenCV reads."""

    live = True

    def __init__(self, capture: cv2.VideoCapture, description: str, layout: str = ""):
        """Take over an open capture.

        Args:
            capture: gives the frames.
            description: what a person calls it.
            layout: the four letters of the raw frames, where they are not turned into BGR.
        """
        super().__init__()
        self.description = description
        self._capture = capture
        self._layout = layout

    def _read(self) -> np.ndarray:
        try:
            good, frame = self._capture.read()
        except cv2.error as error:
            raise SourceError(f"{self.description}: {error.err or error}") from None
        if not good or frame is None:
            raise SourceError(f"{self.description}: the camera gives no more pictures")
        grey = _grey(frame, self._layout)
        if grey is None:
            raise SourceError(f"{self.description}: gives frames that are no pictures")
        return grey

    def _release(self) -> None:
        self._capture.release()


def open_device(
    index: int,
    *,
    width: int | None = None,
    height: int | None = None,
    fps: float | None = None,
    name: str = "",
) -> OpenCvSource:
    """Open a camera by its number.

    Args:
        index: 0 for the first; on Linux, N of /dev/videoN.
        width, height: asked of the camera, which may give another size.
        fps: frames a second, asked likewise.
        name: what a person calls it; by default its device.
    Raises:
        SourceError: there is no such camera, or it is in use.
    """
    linux = sys.platform.startswith("linux")
    device = Path(f"/dev/video{index}")
    description = name or (str(device) if linux else f"camera {index}")
    if linux:
        os.environ.setdefault(*_SELECT_TIMEOUT)
        problem = why_not_usable(device)
        if problem:
            raise SourceError(f"{description}: {problem}")
    capture = cv2.VideoCapture(index, cv2.CAP_V4L2 if linux else cv2.CAP_ANY)
    if not capture.isOpened():
        capture.release()
        why = "cannot be opened; another program may be using it" if linux else "no such camera"
        raise SourceError(f"{description}: {why}")
    try:
        layout = _set_up(capture, width, height, fps) if linux else ""
        if not linux:
            _ask(capture, width, height, fps)
    except BaseException:
        capture.release()
        raise
    return OpenCvSource(capture, description, layout)


def open_pipeline(pipeline: str) -> OpenCvSource:
    """Open a GStreamer pipeline.

    Args:
        pipeline: as for `gst-launch-1.0`; without an `appsink`, one for grey frames is added.
    Raises:
        SourceError: OpenCV is built without GStreamer, or the pipeline does not start.
    """
    if not cv2.videoio_registry.hasBackend(cv2.CAP_GSTREAMER):
        raise SourceError(
            "this OpenCV is built without GStreamer, as those of pip are"
            " (the one of Debian, python3-opencv, and that of JetPack have it)"
        )
    whole = pipeline if "appsink" in pipeline else pipeline + _SINK
    capture = cv2.VideoCapture(whole, cv2.CAP_GSTREAMER)
    if not capture.isOpened():
        capture.release()
        raise SourceError(f"gst:{pipeline}: the pipeline does not start")
    return OpenCvSource(capture, without_passwords(f"gst:{pipeline}"))


def _set_up(
    capture: cv2.VideoCapture, width: int | None, height: int | None, fps: float | None
) -> str:
    """Choose size, rate and the layout with the cheapest luma; returns the layout's four letters.

    An empty text stands for BGR, which OpenCV makes of every other layout.
    """
    wanted = fps or _LEAST_FPS
    for layout in ("GREY", "YUYV", "MJPG"):
        capture.set(cv2.CAP_PROP_FOURCC, cv2.VideoWriter_fourcc(*layout))
        _ask(capture, width, height, fps)
        # 0 stands for a driver that does not tell.
        rate = capture.get(cv2.CAP_PROP_FPS) or wanted
        if _layout(capture) == layout and (rate >= 0.9 * wanted or layout == "MJPG"):
            break
    layout = _layout(capture)
    raw = layout in ("GREY", "YUYV", "MJPG") and capture.set(cv2.CAP_PROP_CONVERT_RGB, 0)
    return layout if raw else ""


def _ask(
    capture: cv2.VideoCapture, width: int | None, height: int | None, fps: float | None
) -> None:
    for key, value in (
        (cv2.CAP_PROP_FRAME_WIDTH, width),
        (cv2.CAP_PROP_FRAME_HEIGHT, height),
        (cv2.CAP_PROP_FPS, fps),
    ):
        if value is not None:
            capture.set(key, value)


def _layout(capture: cv2.VideoCapture) -> str:
    code = int(capture.get(cv2.CAP_PROP_FOURCC)) & 0xFFFFFFFF
    return code.to_bytes(4, "little").decode("latin-1")


def _grey(frame: np.ndarray, layout: str) -> np.ndarray | None:
    """The grey picture of a frame as OpenCV gave it; None if it is none."""
    if layout == "MJPG":
        # libjpeg leaves the colour planes out when grey is asked for.
        return cv2.imdecode(frame.reshape(-1), cv2.IMREAD_GRAYSCALE)
    if frame.dtype != np.uint8 or 0 in frame.shape:
        return None
    if frame.ndim == 3 and frame.shape[2] == 3:
        return cv2.cvtColor(frame, cv2.COLOR_BGR2GRAY)
    if layout == "YUYV" and frame.ndim == 3 and frame.shape[2] == 2:
        return luma_to_grey(frame[..., 0], full_range=False)
    if frame.ndim == 2 or (frame.ndim == 3 and frame.shape[2] == 1):
        return luma_to_grey(frame.reshape(frame.shape[:2]), full_range=True)
    return None

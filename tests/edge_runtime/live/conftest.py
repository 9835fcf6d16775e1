"""Films, cameras that fail on purpose, and views over them."""

import os
import threading
import time
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np
import pytest

from edge_runtime import Colorizer, Device
from edge_runtime.live.live_view import LiveView
from edge_runtime.live.source import SourceError
from edge_runtime.live.watchdog import WatchTimes

# The watchdog's clock, fifty times as fast; on a machine that stalls, it barks for nothing.
QUICK = WatchTimes(silence=0.1, opening=0.3, first_wait=0.01, longest_wait=0.2)

# Quick to open again what was lost, and slow to take something for lost.
PATIENT = WatchTimes(silence=30, opening=30, first_wait=0.01, longest_wait=0.2)


def _picture(number: int, height: int = 48, width: int = 64) -> np.ndarray:
    """uint8 [H, W]: a ramp, and the number in 16 black or white blocks of the first row."""
    grey = np.tile(np.linspace(40, 220, width).astype(np.uint8), (height, 1))
    side = width // 16
    for bit in range(16):
        grey[: height // 4, bit * side : (bit + 1) * side] = 255 * (number >> bit & 1)
    return grey


def _number_of(grey: np.ndarray) -> int:
    """The number in a picture, after any codec."""
    height, width = grey.shape
    side = width // 16
    blocks = (grey[height // 8, bit * side + side // 2] > 127 for bit in range(16))
    return sum(int(block) << bit for bit, block in enumerate(blocks))


def _make_film(path: Path, times: list[float], *, size=(64, 48), options=None, codec="libx264"):
    """Write numbered grey pictures at the given times, in seconds."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream(codec, rate=30, options=options or {"crf": "10"})
        stream.width, stream.height = size
        stream.pix_fmt = "yuv420p"
        stream.time_base = stream.codec_context.time_base = Fraction(1, 90000)
        for number, at in enumerate(times):
            grey = _picture(number, size[1], size[0])
            frame = av.VideoFrame.from_ndarray(cv2.merge([grey] * 3), format="rgb24")
            frame = frame.reformat(format="yuv420p", dst_color_range="MPEG")
            frame.pts, frame.time_base = round(at * 90000), Fraction(1, 90000)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


@pytest.fixture(scope="session")
def film(tmp_path_factory) -> Path:
    """30 frames of 64 x 48 at 30 a second."""
    return _make_film(tmp_path_factory.mktemp("film") / "film.mp4", [i / 30 for i in range(30)])


class FakeCamera:
    """Gives numbered pictures at a rate, then does what its kind of loss is."""

    description = "fake camera"
    live = True

    def __init__(
        self,
        frames: int | None = None,
        loss: str = "raise",
        fps: float = 500,
        at_hang: Callable[[], None] = lambda: None,
    ):
        self._at_hang = at_hang
        self._left = frames
        self._loss = loss
        self._pause = 1 / fps
        self._number = 0
        self._closed = threading.Event()

    def read(self):
        if self._left == 0:
            if self._loss == "raise":
                raise SourceError("fake camera: unplugged")
            if self._loss == "crash":
                raise RuntimeError("the driver's own error")
            if self._loss == "hang":
                self._at_hang()
                self._closed.wait(600)
                raise SourceError("fake camera: woken")
            return None
        if self._left is not None:
            self._left -= 1
        time.sleep(self._pause)
        self._number += 1
        return _picture(self._number)

    def close(self):
        self._closed.set()


@pytest.fixture(scope="session")
def colorizer(tiny_model) -> Colorizer:
    return Colorizer(tiny_model, Device(threads=1))


@pytest.fixture
def watch(colorizer):
    """Starts views, which end with the test."""
    views = []

    def start(open_source, **options) -> LiveView:
        options = {"colorizer": colorizer, "times": PATIENT} | options
        view = LiveView(open_source, **options)
        views.append(view)
        view.start()
        return view

    yield start
    for view in views:
        view.stop()


def _wait_until(condition: Callable[[], bool], timeout: float = 60.0) -> None:
    end = time.monotonic() + timeout
    while not condition():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.005)


# What the tests call, as fixtures: there is nothing here that they could import.


@pytest.fixture(scope="session")
def picture() -> Callable[..., np.ndarray]:
    """Makes a grey picture that carries a number."""
    return _picture


@pytest.fixture(scope="session")
def number_of() -> Callable[[np.ndarray], int]:
    """Reads the number in a picture."""
    return _number_of


@pytest.fixture(scope="session")
def make_film() -> Callable[..., Path]:
    """Writes a film of numbered pictures."""
    return _make_film


@pytest.fixture(scope="session")
def fake_camera() -> type[FakeCamera]:
    """The class of cameras that can be lost."""
    return FakeCamera


@pytest.fixture(scope="session")
def quick() -> WatchTimes:
    """Times for cameras that hang."""
    return QUICK


@pytest.fixture(scope="session")
def wait_until() -> Callable[..., None]:
    """Waits for something to become true."""
    return _wait_until


@pytest.fixture(scope="session")
def open_files() -> Callable[[], int]:
    """Counts the open file descriptors."""
    return lambda: len(os.listdir("/proc/self/fd"))

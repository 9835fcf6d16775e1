"""USB, Raspberry Pi and GStreamer cameras, against stand-ins for their libraries."""

import errno
import fcntl
import os
import struct
import sys
import types
from pathlib import Path

import cv2
import numpy as np
import pytest

from edge_runtime.live import opencv_source, v4l2
from edge_runtime.live.open_source import open_source
from edge_runtime.live.source import SourceError


class FakeCapture:
    """A V4L2 camera as `cv2.VideoCapture` shows it.

    `rates` are the frames a second of each layout that it can give.
    """

    def __init__(self, grey, rates, opens=True, sizes=None):
        self.grey = grey
        self.rates = rates
        self.opens = opens
        self.asked = {}
        self.layout = next(iter(rates))
        self.converts = True
        self.released = 0
        self.frames = 10**9

    def __call__(self, index, backend):
        self.opened = (index, backend)
        return self

    def isOpened(self):  # noqa: N802
        return self.opens

    def set(self, key, value):
        self.asked[key] = value
        if key == cv2.CAP_PROP_FOURCC:
            name = int(value).to_bytes(4, "little").decode()
            if name in self.rates:
                self.layout = name
            return name in self.rates
        if key == cv2.CAP_PROP_CONVERT_RGB:
            self.converts = bool(value)
        return True

    def get(self, key):
        if key == cv2.CAP_PROP_FOURCC:
            return float(cv2.VideoWriter_fourcc(*self.layout))
        return self.rates[self.layout] if key == cv2.CAP_PROP_FPS else 0.0

    def read(self):
        self.frames -= 1
        if self.frames < 0:
            return False, None
        if self.converts:
            return True, cv2.merge([self.grey] * 3)
        if self.layout == "YUYV":
            luma = np.rint(self.grey * (219 / 255) + 16).astype(np.uint8)
            return True, np.stack([luma, np.full_like(luma, 128)], axis=-1)
        if self.layout == "MJPG":
            return True, cv2.imencode(".jpg", self.grey)[1].reshape(1, -1)
        return True, self.grey

    def release(self):
        self.released += 1


@pytest.fixture
def plug(monkeypatch, picture):
    """Plugs a camera in, as /dev/video3."""

    def plugged(rates, **options):
        capture = FakeCapture(picture(77), rates, **options)
        monkeypatch.setattr(sys, "platform", "linux")
        monkeypatch.delenv("OPENCV_VIDEOIO_V4L_SELECT_TIMEOUT", raising=False)
        monkeypatch.setattr(opencv_source, "why_not_usable", lambda device: "")
        monkeypatch.setattr(cv2, "VideoCapture", capture)
        return capture

    return plugged


@pytest.mark.parametrize("spec", ["3", "/dev/video3"])
def test_size_and_rate_are_asked_for(plug, spec):
    capture = plug({"YUYV": 30.0})
    source = open_source(spec, width=640, height=480, fps=30)
    assert capture.opened == (3, cv2.CAP_V4L2)
    assert capture.asked[cv2.CAP_PROP_FRAME_WIDTH] == 640
    assert capture.asked[cv2.CAP_PROP_FRAME_HEIGHT] == 480
    assert capture.asked[cv2.CAP_PROP_FPS] == 30
    assert source.description == "/dev/video3"
    # Read by OpenCV when it opens a camera: without it, a silent one is held for 10 s.
    assert 0 < int(os.environ["OPENCV_VIDEOIO_V4L_SELECT_TIMEOUT"]) < 5
    assert source.live
    source.close()
    source.close()
    assert capture.released == 1


@pytest.mark.parametrize(
    ("rates", "fps", "layout"),
    [
        ({"YUYV": 30.0, "MJPG": 30.0}, None, "YUYV"),  # luma as it is
        ({"YUYV": 10.0, "MJPG": 30.0}, None, "MJPG"),  # YUYV is too slow over USB 2
        ({"YUYV": 10.0, "MJPG": 30.0}, 10, "YUYV"),  # and fast enough for this
        ({"YUYV": 30.0, "MJPG": 60.0}, 60, "MJPG"),
        ({"YUYV": 10.0}, None, "YUYV"),  # there is nothing better
        ({"YUYV": 0.0, "MJPG": 30.0}, None, "YUYV"),  # a driver that does not tell its rate
        ({"GREY": 30.0, "YUYV": 30.0}, None, "GREY"),
        ({"NV12": 30.0}, None, "NV12"),  # turned into BGR by OpenCV
    ],
)
def test_the_cheapest_luma_that_is_fast_enough(plug, number_of, picture, rates, fps, layout):
    capture = plug(rates)
    source = open_source("3", fps=fps)
    grey = source.read()
    assert capture.layout == layout
    assert capture.converts == (layout == "NV12")
    assert grey.dtype == np.uint8
    assert number_of(grey) == 77
    difference = np.abs(grey.astype(int) - picture(77))
    assert difference.max() <= 1 or (layout == "MJPG" and difference.mean() < 3)
    # The frame must outlive the driver's buffer.
    assert not np.shares_memory(grey, capture.grey)


def test_a_camera_that_is_pulled_out(plug):
    capture = plug({"YUYV": 30.0})
    source = open_source("3")
    capture.frames = 2
    source.read()
    source.read()
    with pytest.raises(SourceError, match="/dev/video3: the camera gives no more pictures"):
        source.read()


def test_frames_that_are_no_pictures(plug, monkeypatch):
    capture = plug({"MJPG": 30.0})
    source = open_source("3")
    for frame in (np.frombuffer(b"not a JPEG", np.uint8), np.zeros((4, 4, 5), np.uint8)):
        monkeypatch.setattr(capture, "read", lambda frame=frame: (True, frame))
        with pytest.raises(SourceError, match="no pictures"):
            source.read()


def test_a_camera_that_does_not_open(plug):
    capture = plug({"YUYV": 30.0}, opens=False)
    with pytest.raises(SourceError, match="/dev/video3: cannot be opened"):
        open_source("3")
    assert capture.released == 1


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="V4L2 is Linux's")
class TestWhyNotUsable:
    def test_a_device_that_is_not_there(self):
        with pytest.raises(SourceError, match="/dev/video987: no such camera"):
            open_source("987")

    def test_a_device_that_is_something_else(self, tmp_path):
        assert v4l2.why_not_usable(Path("/dev/null")) == "not a camera"
        (tmp_path / "file").touch()
        assert v4l2.why_not_usable(tmp_path / "file") == "not a camera"

    @pytest.mark.parametrize(
        ("number", "why"),
        [
            (errno.EBUSY, "in use by another program"),
            (errno.EACCES, "no permission"),
            (errno.ENODEV, "no such camera"),
            (errno.EIO, "Input/output error"),
        ],
    )
    def test_a_device_that_cannot_be_opened(self, monkeypatch, number, why):
        def refuse(*arguments):
            raise OSError(number, os.strerror(number))

        monkeypatch.setattr(os, "open", refuse)
        assert why in v4l2.why_not_usable(Path("/dev/video0"))

    @pytest.mark.parametrize(
        ("capabilities", "busy", "why"),
        [
            (0x04200001, False, ""),
            (0x04201000, False, ""),  # planes in buffers of their own
            (0x04200001, True, "in use by another program"),
            (0x04A00000, False, "another device of one"),  # metadata
        ],
    )
    def test_what_the_driver_says(self, monkeypatch, open_files, capabilities, busy, why):
        def ioctl(handle, request, argument):
            if request == 0x80685600:  # VIDIOC_QUERYCAP
                struct.pack_into("I", argument, 88, capabilities)
            elif busy:
                raise OSError(errno.EBUSY, "busy")

        monkeypatch.setattr(fcntl, "ioctl", ioctl)
        before = open_files()
        problem = v4l2.why_not_usable(Path("/dev/null"))
        assert (why in problem) if why else problem == ""
        assert open_files() == before


def test_gstreamer_where_it_is_built_in(monkeypatch, picture):
    capture = FakeCapture(picture(5), {"YUYV": 30.0})
    monkeypatch.setattr(cv2.videoio_registry, "hasBackend", lambda backend: True)
    monkeypatch.setattr(cv2, "VideoCapture", capture)
    source = open_source("gst:videotestsrc ! video/x-raw,width=320")
    pipeline, backend = capture.opened
    assert pipeline.startswith("videotestsrc ! video/x-raw,width=320 ! videoconvert")
    assert "appsink drop=true max-buffers=1" in pipeline
    assert backend == cv2.CAP_GSTREAMER
    np.testing.assert_array_equal(source.read(), picture(5))
    open_source("gst:videotestsrc ! appsink")
    assert capture.opened[0] == "videotestsrc ! appsink"
    capture.opens = False
    with pytest.raises(SourceError, match="the pipeline does not start"):
        open_source("gst:videotestsrc")


def test_gstreamer_where_it_is_not_built_in(monkeypatch):
    monkeypatch.setattr(cv2.videoio_registry, "hasBackend", lambda backend: False)
    with pytest.raises(SourceError, match="built without GStreamer"):
        open_source("gst:videotestsrc")


class FakePicamera2:
    """What is used of `picamera2.Picamera2`; rows are padded, as on a Pi 5."""

    cameras = 1
    problem = None

    def __init__(self, number=0):
        if number >= self.cameras:
            raise IndexError("list index out of range")
        self.state = "open"
        self.number = number
        FakePicamera2.last = self

    def create_preview_configuration(self, main, controls):
        self.controls = controls
        width, height = main["size"]
        main = main | {"size": (width // 2 * 2, height // 2 * 2)}
        return {"main": main, "controls": controls, "colour_space": "sYCC"}

    def configure(self, configuration):
        self.configuration = configuration

    def start(self):
        if self.problem is not None:
            raise self.problem
        self.state = "started"

    def camera_configuration(self):
        return self.configuration

    def capture_array(self, name, wait):
        assert (name, self.state) == ("main", "started")
        assert 0 < wait <= 5
        if self.problem is not None:
            raise self.problem
        width, height = self.configuration["main"]["size"]
        planes = np.full((height * 3 // 2, width + 64), 128, np.uint8)
        planes[:height, :width] = self.picture(9, height, width)
        return planes

    def stop(self):
        self.state = "stopped"

    def close(self):
        self.state = "closed"


@pytest.fixture
def picamera(monkeypatch, picture):
    module = types.ModuleType("picamera2")
    module.Picamera2 = type(
        "Picamera2", (FakePicamera2,), {"picture": staticmethod(picture), "problem": None}
    )
    monkeypatch.setitem(sys.modules, "picamera2", module)
    return module.Picamera2


def test_a_raspberry_pi_camera_gives_its_y_plane(picamera, picture):
    source = open_source("picamera", width=321, height=240, fps=25)
    camera = FakePicamera2.last
    assert camera.controls == {"FrameRate": 25.0}
    assert camera.configuration["main"]["format"] == "YUV420"
    np.testing.assert_array_equal(source.read(), picture(9, 240, 320))
    assert source.live
    source.close()
    assert camera.state == "closed"


def test_the_second_raspberry_pi_camera(picamera):
    with pytest.raises(SourceError, match="picamera:1: no such camera"):
        open_source("picamera:1")
    picamera.cameras = 2
    source = open_source("picamera:1")
    assert FakePicamera2.last.number == 1
    assert source.description == "picamera:1"


@pytest.mark.parametrize(
    ("problem", "why"),
    [
        (RuntimeError("Failed to acquire camera: Device or resource busy"), "in use"),
        (RuntimeError("Camera __init__ sequence did not complete."), "in use"),
        (OSError("something of libcamera"), "something of libcamera"),
    ],
)
def test_a_raspberry_pi_camera_that_does_not_start(picamera, problem, why):
    picamera.problem = problem
    with pytest.raises(SourceError, match=why):
        open_source("picamera")
    assert FakePicamera2.last.state == "closed"


def test_a_raspberry_pi_camera_that_falls_silent(picamera):
    source = open_source("picamera")
    source.read()
    picamera.problem = TimeoutError()
    with pytest.raises(SourceError, match="picamera:0: no picture for 5 s"):
        source.read()


def test_without_picamera2(monkeypatch):
    monkeypatch.setitem(sys.modules, "picamera2", None)
    with pytest.raises(SourceError, match="apt install python3-picamera2"):
        open_source("picamera")

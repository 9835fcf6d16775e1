"""A camera that is none, real servers over it, and a browser that visits them."""

import io
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from pathlib import Path

import av
import httpx
import numpy as np
import pytest
from PIL import Image

from edge_runtime import Colorizer, Device
from edge_runtime.live.live_view import LiveView
from edge_runtime.live.source import SourceError
from edge_runtime.live.watchdog import WatchTimes
from edge_runtime.serve.listener import listen
from edge_runtime.serve.server import PageServer

# The machine that runs the tests may stand still for a while.
PATIENT = 60.0


class MovingCamera:
    """Gives pictures of a ramp with a number in it, fifty a second; can be pulled out.

    With a number of frames it is a film, and ends.
    """

    description = "test camera"

    def __init__(self, width: int = 96, height: int = 64, noise: bool = False, frames: int = 0):
        ramp = np.linspace(30, 225, width)[None] + np.linspace(-20, 20, height)[:, None]
        if noise:  # what JPEG cannot make small
            ramp = np.random.default_rng(0).integers(0, 256, (height, width))
        self._ramp = np.clip(ramp, 0, 255).astype(np.uint8)
        self._left = frames or None
        self.live = not frames
        self.number = 0
        self.pulled = threading.Event()
        self._closed = threading.Event()

    def read(self) -> np.ndarray | None:
        if self._closed.wait(0.02) or self.pulled.is_set():
            raise SourceError("test camera: unplugged")
        if self._left is not None:
            if self._left == 0:
                return None
            self._left -= 1
        self.number += 1
        picture = self._ramp.copy()
        side = picture.shape[1] // 12
        for bit in range(12):
            picture[:side, bit * side : (bit + 1) * side] = 255 * (self.number >> bit & 1)
        return picture

    def close(self) -> None:
        self._closed.set()


def _number_in(pixels: np.ndarray) -> int:
    """The number in a picture of `MovingCamera`, grey or colour, after JPEG."""
    pixels = pixels if pixels.ndim == 2 else pixels[..., 1]
    side = pixels.shape[1] // 12
    bits = (pixels[side // 2, bit * side + side // 2] > 127 for bit in range(12))
    return sum(int(one) << bit for bit, one in enumerate(bits))


@dataclass(frozen=True)
class Running:
    """A server that runs."""

    server: PageServer
    url: str
    port: int
    token: str | None
    http: httpx.Client
    thread: threading.Thread


@pytest.fixture(scope="session")
def tiny(tiny_model) -> Colorizer:
    return Colorizer(tiny_model, Device(threads=1))


@pytest.fixture(scope="module")
def start(tiny, tiny_model) -> Iterator[Callable[..., Running]]:
    """Starts a server with the tiny model over a camera or over none; they end with the module."""
    with _starter(tiny, tiny_model) as starting:
        yield starting


@pytest.fixture
def start_anew(tiny, tiny_model) -> Iterator[Callable[..., Running]]:
    """The same, and they end with the test."""
    with _starter(tiny, tiny_model) as starting:
        yield starting


class _starter:  # noqa: N801
    def __init__(self, tiny: Colorizer, tiny_model) -> None:
        self._tiny = tiny
        self._model = tiny_model
        self._running: list[tuple[Running, LiveView | None]] = []

    def __enter__(self) -> Callable[..., Running]:
        return self._start

    def __exit__(self, *error: object) -> None:
        for running, view in self._running:
            running.server.stop()
            running.thread.join(PATIENT)
            running.http.close()
            if view is not None:
                view.stop()
            assert not running.thread.is_alive()

    def _start(
        self,
        camera: Callable[[], MovingCamera] | None = None,
        host: str = "127.0.0.1",
        token: str | None = None,
        hosts: tuple[str, ...] = (),
        base_path: str = "",
        **options,
    ) -> Running:
        view = None
        if camera is not None:
            view = LiveView(
                camera,
                colorizer=self._tiny,
                name="test camera",
                model=str(self._model),
                times=WatchTimes(
                    silence=PATIENT, opening=PATIENT, first_wait=0.05, longest_wait=0.2
                ),
            )
            view.start()
        listener = listen(host, 0, token, hosts=hosts, base_path=base_path)
        ready = threading.Event()
        options = {"model": self._model, "device": Device(threads=1)} | options
        server = PageServer(listener, view, on_ready=ready.set, **options)
        thread = threading.Thread(target=server.serve_page)
        thread.start()
        assert ready.wait(PATIENT)
        url = f"http://127.0.0.1:{listener.port}"
        http = httpx.Client(base_url=url, timeout=PATIENT, trust_env=False, verify=False)  # noqa: S501
        running = Running(server, url, listener.port, listener.token, http, thread)
        self._running.append((running, view))
        return running


@pytest.fixture(scope="module")
def running(start) -> Running:
    """One server over a camera, for the whole module."""
    return start(MovingCamera)


@pytest.fixture(scope="session")
def camera() -> Callable[..., Callable[[], MovingCamera]]:
    """Makes openers of cameras."""
    return lambda **options: partial(MovingCamera, **options)


@pytest.fixture(scope="session")
def number_in() -> Callable[[np.ndarray], int]:
    return _number_in


def _file(pixels: np.ndarray, format: str = "PNG", **options) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, format, **options)
    return buffer.getvalue()


@pytest.fixture(scope="session")
def file_of() -> Callable[..., bytes]:
    """The bytes of a picture file, written by Pillow."""
    return _file


def _wait_until(condition: Callable[[], bool], seconds: float = PATIENT) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.02)


@pytest.fixture(scope="session")
def wait_until() -> Callable[..., None]:
    return _wait_until


@pytest.fixture(scope="module")
def desktop(browser):
    """A context for all tests that need none of their own: a browser's process takes a while."""
    context = browser.new_context()
    yield context
    context.close()


@pytest.fixture
def visit(browser, desktop):
    """Opens pages; at the end, none may have complained in its console."""
    contexts, pages = [], []
    complaints = []

    def opened(url, **options):
        context = desktop
        if options:
            context = browser.new_context(**options)
            contexts.append(context)
        page = context.new_page()
        pages.append(page)
        page.set_default_timeout(PATIENT * 2000)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda line: line.type == "error" and complaints.append(line.text))
        page.goto(url)
        return page

    opened.complaints = complaints
    yield opened
    for one in pages + contexts:
        one.close()
    assert complaints == []


@pytest.fixture(scope="session")
def two_shots(tmp_path_factory) -> bytes:
    """A film of two shots of 24 frames, as many as the encoder takes at once: pans over a photo."""
    demo = Path(__file__).parents[3] / "docs" / "demo" / "grey.jpg"
    grey = np.asarray(Image.open(demo).convert("L"))
    path = tmp_path_factory.mktemp("shots") / "shots.mkv"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=2, options={"crf": "12"})
        stream.width, stream.height, stream.pix_fmt = 192, 128, "yuv420p"
        for number in range(48):
            shot, step = divmod(number, 24)
            top, left = (280, 20 + 2 * step) if shot else (20, 380 - 2 * step)
            part = grey[top : top + 128, left : left + 192]
            frame = av.VideoFrame.from_ndarray(np.dstack([part] * 3), format="rgb24")
            frame.pts, frame.time_base = number, Fraction(1, 2)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path.read_bytes()

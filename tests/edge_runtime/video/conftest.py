"""Small films made by PyAV: a window that moves over the demo photo, a tone beside it."""

import threading
from collections.abc import Callable, Sequence
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image

from edge_runtime import Colorizer, Device
from edge_runtime.video import VideoStoppedError, colorize_video, pipeline

PHOTO = Path(__file__).parents[3] / "docs" / "demo" / "grey.jpg"
TONE_RATE = 48_000


@pytest.fixture(scope="session")
def photo() -> np.ndarray:
    """uint8 [H, W], the demo photo."""
    return np.asarray(Image.open(PHOTO).convert("L"))


@pytest.fixture(scope="session")
def colorizer(tiny_model) -> Colorizer:
    return Colorizer(tiny_model, Device(threads=1))


def _tone(start: int, count: int) -> av.AudioFrame:
    wave = 8000 * np.sin(np.arange(start, start + count) / 20)
    frame = av.AudioFrame.from_ndarray(wave.astype(np.int16)[None], "s16", "mono")
    frame.sample_rate = TONE_RATE
    frame.pts, frame.time_base = start, Fraction(1, TONE_RATE)
    return frame


@pytest.fixture(scope="session")
def make_film(photo) -> Callable[..., Path]:
    """Writes a film and returns its path."""

    def make(
        path: Path,
        *,
        frames: int = 25,
        size: tuple[int, int] = (96, 64),
        codec: str = "libx264",
        pixel_format: str = "yuv420p",
        rate: int = 25,
        audio: str | None = None,
        times: Sequence[int] | None = None,
        time_base: Fraction | None = None,
        options: dict[str, str] | None = None,
        set_up: Callable | None = None,
        container: str | None = None,
    ) -> Path:
        width, height = size
        with av.open(str(path), "w", format=container) as film:
            stream = film.add_stream(codec, rate=rate)
            stream.width, stream.height, stream.pix_fmt = width, height, pixel_format
            stream.codec_context.options = options or {}
            if time_base is not None:
                stream.codec_context.time_base = stream.time_base = time_base
            if set_up is not None:
                set_up(film, stream)
            tone = film.add_stream(audio, rate=TONE_RATE) if audio else None
            if tone is not None:
                tone.layout = "mono"
            played = 0
            for index in range(frames):
                rows = (np.arange(height) + index) % photo.shape[0]
                columns = (np.arange(width) + 2 * index) % photo.shape[1]
                frame = av.VideoFrame.from_ndarray(photo[np.ix_(rows, columns)], "gray")
                # A photo has all levels, as RGB has; its luma takes the range of the format.
                rgb = frame.reformat(format="rgb24")
                frame = rgb if pixel_format == "rgb24" else rgb.reformat(format=pixel_format)
                if times is not None:
                    frame.pts, frame.time_base = times[index], time_base
                film.mux(stream.encode(frame))
                while tone is not None and played < (index + 1) * TONE_RATE // rate:
                    film.mux(tone.encode(_tone(played, 1024)))
                    played += 1024
            film.mux(stream.encode(None))
            if tone is not None:
                film.mux(tone.encode(None))
        return path

    return make


@pytest.fixture(scope="session")
def luma_planes() -> Callable[[Path], list[np.ndarray]]:
    """Decodes a film; the first plane of every frame, uint8 or uint16 [H, W]."""
    return lambda path: _planes(path, 0)


@pytest.fixture(scope="session")
def chroma_planes() -> Callable[[Path], list[tuple[np.ndarray, np.ndarray]]]:
    """Decodes a film; both chroma planes of every frame."""
    return lambda path: list(zip(_planes(path, 1), _planes(path, 2), strict=True))


def _planes(path: Path, index: int) -> list[np.ndarray]:
    found = []
    with av.open(str(path)) as film:
        for frame in film.decode(video=0):
            plane = frame.planes[index]
            dtype = np.uint16 if frame.format.components[index].bits > 8 else np.uint8
            rows = np.frombuffer(plane, dtype).reshape(plane.height, -1)
            found.append(rows[:, : plane.width].copy())
    return found


@pytest.fixture(scope="session")
def packets() -> Callable[..., list[tuple]]:
    """(pts, dts, duration, bytes) of all packets of a film's stream, by kind of stream."""

    def read(path: Path, kind: str) -> list[tuple]:
        with av.open(str(path)) as film:
            return [
                (packet.pts, packet.dts, packet.duration, bytes(packet))
                for packet in film.demux()
                if packet.size and packet.stream.type == kind
            ]

    return read


class _Paced:
    """A colorizer that waits before each frame until the film's progress was told again."""

    def __init__(self, colorizer: Colorizer, on_progress: Callable):
        self._colorizer, self._on_progress = colorizer, on_progress
        self._told = threading.Event()

    def __getattr__(self, name):
        return getattr(self._colorizer, name)

    def tell(self, progress):
        self._told.set()
        self._on_progress(progress)

    def predict(self, view):
        assert self._told.wait(60)
        self._told.clear()
        return self._colorizer.predict(view)


@pytest.fixture
def interrupted(monkeypatch) -> Callable:
    """`colorize_video`, to which ctrl-C comes when so many frames are encoded, however fast it is.

    Returns the error that it ends with.
    """

    def run(source, target, colorizer, options, frames):
        came = []

        def stop(progress):
            if progress.frames >= frames and not came:
                came.append(progress)
                raise KeyboardInterrupt

        paced = _Paced(colorizer, stop)
        with monkeypatch.context() as patch:
            patch.setattr(pipeline, "POLL", 0.002)
            with pytest.raises((VideoStoppedError, KeyboardInterrupt)) as caught:
                colorize_video(source, target, paced, options, paced.tell)
        return caught.value

    return run

"""How fast films are coloured: serially, in the pipeline, and against decoding and encoding alone.

All ways run over the same clip in turn, several times, and the best of each counts: a machine's
speed drifts, and a disturbance can only slow a run down.
"""

import tempfile
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import median
from time import perf_counter, process_time

import av
import cv2
import numpy as np
from PIL import Image

from benchmarks.model_names import short_names
from edge_runtime import Colorizer, Device
from edge_runtime.bench.machine import machine_facts
from edge_runtime.bench.model_facts import model_facts
from edge_runtime.bench.result_file import BenchmarkResult, now
from edge_runtime.bench.versions import RUNTIME_PACKAGES, package_versions
from edge_runtime.keep_memory import keep_freed_memory
from edge_runtime.video import VideoOptions, colorize_video
from edge_runtime.video.frame_stages import FrameStages
from edge_runtime.video.pipeline import Pipeline
from edge_runtime.video.reader import FilmReader
from edge_runtime.video.signal import signal_of

PHOTO = Path(__file__).parents[1] / "docs" / "demo" / "grey.jpg"

SIZES = {"480p": (854, 480), "720p": (1280, 720), "1080p": (1920, 1080)}

# Grain of film, in levels: what makes an encoder work as hard as real films do.
_GRAIN = 3.0


@dataclass(frozen=True)
class FilmSpeed:
    """Frames a second of one clip.

    Attributes:
        size: its name.
        frames: of the clip.
        serial: one step after the other, one thread each.
        pipeline: the steps side by side, as `tintlite colorize` works.
        codec: decoding and encoding alone, with as many threads as the pipeline's.
        no_encoding: the pipeline without its last step.
        cpu: the processor time of the pipeline over that of the same work by hand, in which
            PyAV decodes and encodes and `Colorizer.colorize` stands between them.
        serial_shares: the part of each step in the serial run.
    """

    size: str
    frames: int
    serial: float
    pipeline: float
    codec: float
    no_encoding: float
    cpu: float
    serial_shares: dict[str, float]


def make_clip(path: Path, width: int, height: int, frames: int) -> None:
    """Write a grey H.264 clip: the demo photo, larger than the picture, panned, with grain."""
    photo = np.asarray(Image.open(PHOTO).convert("L"))
    scale = 1.25 * max(width / photo.shape[1], height / photo.shape[0])
    large = cv2.resize(photo, None, fx=scale, fy=scale, interpolation=cv2.INTER_CUBIC)
    rng = np.random.default_rng(0)
    grain = [rng.normal(0, _GRAIN, (height, width)).astype(np.float32) for _ in range(8)]
    with av.open(str(path), "w") as film:
        stream = film.add_stream("libx264", rate=25, options={"crf": "18"})
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        for index in range(frames):
            part = (1 - np.cos(2 * np.pi * index / 100)) / 2
            top = int(part * (large.shape[0] - height))
            left = int(part * (large.shape[1] - width))
            window = large[top : top + height, left : left + width] + grain[index % 8]
            levels = np.clip(16 + window * (219 / 255), 16, 235).astype(np.uint8)
            chroma = np.full((height // 2, width), 128, np.uint8)
            frame = av.VideoFrame.from_ndarray(np.concatenate([levels, chroma]), "yuv420p")
            film.mux(stream.encode(frame))
        film.mux(stream.encode(None))


def measure_films(
    model: str,
    *,
    sizes: Sequence[str] = tuple(SIZES),
    frames: int = 150,
    rounds: int = 3,
    threads: int = 1,
    options: VideoOptions | None = None,
) -> Iterator[FilmSpeed]:
    """Time clips of several sizes.

    Args:
        model: a shipped name or a `.tflite`.
        sizes: names of `SIZES`.
        frames: of each clip.
        rounds: how often each way is timed.
        threads: of the network in the pipeline; serially it has one.
        options: how to colour and to encode.
    """
    options = options or VideoOptions()
    keep_freed_memory()  # as `tintlite colorize` does; it serves the work by hand as well
    cv2.setNumThreads(1)
    colorizers = (Colorizer(model, Device(threads=1)), Colorizer(model, Device(threads=threads)))
    with tempfile.TemporaryDirectory() as folder:
        for size in sizes:
            clip, target = Path(folder, f"{size}.mp4"), Path(folder, "out.mp4")
            make_clip(clip, *SIZES[size], frames)
            yield _measure(size, clip, target, colorizers, options, rounds, frames)


def _measure(
    size: str,
    clip: Path,
    target: Path,
    colorizers: tuple[Colorizer, Colorizer],
    options: VideoOptions,
    rounds: int,
    frames: int,
) -> FilmSpeed:
    one, several = colorizers
    shares: dict[str, float] = {}

    def serial() -> None:
        result = colorize_video(clip, target, one, replace(options, serial=True))
        shares.update(result.stages)

    ways: dict[str, Callable[[], object]] = {
        "serial": serial,
        "pipeline": lambda: colorize_video(clip, target, several, options),
        "codec": lambda: _by_hand(clip, target, None, options),
        "no_encoding": lambda: _without_encoding(clip, several, options),
    }
    best = dict.fromkeys(ways, 0.0)
    ratios = []
    for _ in range(rounds):
        for name, way in ways.items():
            start = perf_counter()
            way()
            best[name] = max(best[name], frames / (perf_counter() - start))
        ratios.append(
            _processor_time(ways["pipeline"])
            / _processor_time(lambda: _by_hand(clip, target, several, options))
        )
    return FilmSpeed(size, frames, **best, cpu=median(ratios), serial_shares=shares)


def _processor_time(way: Callable[[], object]) -> float:
    start = process_time()
    way()
    return process_time() - start


def _by_hand(clip: Path, target: Path, colorizer: Colorizer | None, options: VideoOptions) -> None:
    """Decode, colour (or not) and encode, as a short script would; the encoder is the usual one."""
    quality = {"crf": "18"} | ({"preset": options.preset} if options.preset else {})
    look = replace(options.look, whole=True)
    with av.open(str(clip)) as film, av.open(str(target), "w") as result:
        source = film.streams.video[0]
        source.thread_type = "AUTO"
        stream = result.add_stream("libx264", rate=source.average_rate, options=quality)
        stream.width, stream.height, stream.pix_fmt = source.width, source.height, "yuv420p"
        stream.thread_type = "AUTO"
        for frame in film.decode(source):
            if colorizer is not None:
                grey = frame.to_ndarray(format="gray")
                coloured = av.VideoFrame.from_ndarray(colorizer.colorize(grey, look), "rgb24")
                coloured.pts, coloured.time_base = frame.pts, frame.time_base
                frame = coloured.reformat(format="yuv420p")
            frame.pict_type = 0
            result.mux(stream.encode(frame))
        result.mux(stream.encode(None))


def _without_encoding(clip: Path, colorizer: Colorizer, options: VideoOptions) -> None:
    reader = FilmReader(clip, threads=options.threads or 0)
    jobs = reader.jobs(threading.Event())
    first = next(jobs).frame
    signal = signal_of(first, reader.stream.codec_context, 8)
    stages = FrameStages(colorizer, options, signal, width=first.width, height=first.height)
    pipeline = Pipeline(jobs, "decode", stages.stages)
    pipeline.run(serial=False, poll=lambda: None, stop=lambda: None)
    reader.close()


def video_result(
    films: Sequence[FilmSpeed], model: str, threads: int, rounds: int, command: str
) -> BenchmarkResult:
    """Put the speeds of films into a result of the kind `video`.

    Args:
        films: one a size.
        model: a shipped name or a `.tflite`.
        threads: of the network in the pipeline.
        rounds: how often each way was timed.
        command: what was typed.
    """
    name = short_names([model])[model]
    return BenchmarkResult(
        kind="video",
        made=now(),
        command=command,
        machine=machine_facts(),
        versions=package_versions(RUNTIME_PACKAGES),
        models={name: model_facts(model)},
        rows=[
            {
                "model": name,
                "size": film.size,
                "frames": film.frames,
                "threads": threads,
                "serial_fps": film.serial,
                "pipeline_fps": film.pipeline,
                "codec_fps": film.codec,
                "no_encoding_fps": film.no_encoding,
                "cpu_of_by_hand": film.cpu,
                **{f"share_{step}": share for step, share in film.serial_shares.items()},
            }
            for film in films
        ],
        notes=[
            "H.264 in and H.264 out, clips with the grain of film."
            f" All ways of a size run in turn over the same clip; the best of {rounds} counts."
            " codec is decoding and encoding alone; the shares are of the serial way."
            " cpu_of_by_hand is the processor time of the pipeline over that of a loop that decodes"
            ", colours and encodes, the median of all rounds."
        ],
    )

"""How fast films are coloured: serially, in the pipeline, and against decoding and encoding alone.

All ways run over the same clip in turn, several times, and the best of each counts: a machine's
speed drifts, and a disturbance can only slow a run down.
"""

import math
import tempfile
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from statistics import median
from time import perf_counter, process_time

import av
import cv2
import numpy as np
from PIL import Image

from edge_runtime import Colorizer, Device
from edge_runtime.bench.frame_loop import SIZES
from edge_runtime.keep_memory import keep_freed_memory
from edge_runtime.video import VideoOptions, colorize_video
from edge_runtime.video.frame_stages import FrameStages
from edge_runtime.video.pipeline import Pipeline
from edge_runtime.video.reader import FilmReader
from edge_runtime.video.signal import signal_of

PHOTO = Path(__file__).parents[1] / "docs" / "demo" / "grey.jpg"

# Grain of film, in levels: what makes an encoder work as hard as real films do.
_GRAIN = 3.0

# Of a result file.
NOTE = (
    "H.264 in and H.264 out, clips with the grain of film."
    " All ways of a size run in turn over the same clip; the best of {} counts."
    " codec is decoding and encoding alone; the shares are of the serial way."
    " cpu_of_by_hand is the processor time of the pipeline over that of a loop that decodes"
    ", colours and encodes, the median of all rounds."
)


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
    sizes: Sequence[str],
    frames: int,
    rounds: int,
    threads: int,
    options: VideoOptions,
) -> Iterator[dict[str, str | int | float]]:
    """Time clips of several sizes.

    Args:
        model: a shipped name or a `.tflite`.
        sizes: names of `edge_runtime.bench.frame_loop.SIZES`.
        frames: of each clip.
        rounds: how often each way is timed.
        threads: of the network in the pipeline; serially it has one.
        options: how to colour and to encode.
    Returns:
        a row of a result file a size, without the model: frames a second of `serial`, one step
        after the other, one thread each; of the `pipeline`, the steps side by side, as
        `tintlite colorize` works; of the `codec`, decoding and encoding alone, with as many threads
        as the pipeline's; with `no_encoding`, the pipeline without its last step.
        `cpu_of_by_hand`: the processor time of the pipeline over that of the same work by hand, in
        which PyAV decodes and encodes and `Colorizer.colorize` stands between them. `share_STEP`:
        the part of each step in the serial run.
    """
    keep_freed_memory()  # as `tintlite colorize` does; it serves the work by hand as well
    cv2.setNumThreads(1)
    colorizers = (Colorizer(model, Device(threads=1)), Colorizer(model, Device(threads=threads)))
    with tempfile.TemporaryDirectory() as folder:
        for size in sizes:
            clip, target = Path(folder, f"{size}.mp4"), Path(folder, "out.mp4")
            make_clip(clip, *SIZES[size], frames)
            speeds = _measure(clip, target, colorizers, options, rounds, frames)
            yield {"size": size, "frames": frames, "threads": threads, **speeds}


def _measure(
    clip: Path,
    target: Path,
    colorizers: tuple[Colorizer, Colorizer],
    options: VideoOptions,
    rounds: int,
    frames: int,
) -> dict[str, float]:
    one, several = colorizers
    shares: dict[str, float] = {}

    def serial() -> None:
        result = colorize_video(clip, target, one, replace(options, serial=True))
        shares.update({f"share_{step}": share for step, share in result.stages.items()})

    ways: dict[str, Callable[[], object]] = {
        "serial": serial,
        "pipeline": lambda: colorize_video(clip, target, several, options),
        "codec": lambda: _by_hand(clip, target, None, options),
        "no_encoding": lambda: _without_encoding(clip, several, options),
    }
    best = dict.fromkeys(ways, math.inf)
    ratios = []
    for _ in range(rounds):
        for name, way in ways.items():
            start = perf_counter()
            way()
            best[name] = min(best[name], perf_counter() - start)
        ratios.append(
            _processor_time(ways["pipeline"])
            / _processor_time(lambda: _by_hand(clip, target, several, options))
        )
    speeds = {f"{name}_fps": frames / seconds for name, seconds in best.items()}
    return {**speeds, "cpu_of_by_hand": median(ratios), **shares}


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

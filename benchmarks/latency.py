"""How long a picture takes: the network alone, and the whole way from grey to colour in memory."""

from collections.abc import Callable
from dataclasses import dataclass
from time import perf_counter

import numpy as np

from edge_runtime import Colorizer

# (name, height, width); 4:3 and 16:9 as cameras give them.
PICTURES = (("640x480", 480, 640), ("1920x1080", 1080, 1920), ("4000x3000", 3000, 4000))


@dataclass(frozen=True)
class Latency:
    """Times of one thing, in milliseconds, after a warm-up.

    Attributes:
        what: `network`, or the size of a picture.
        threads: how many the runtime used.
        runs: how many were timed.
        median, p90: of the runs.
    """

    what: str
    threads: int
    runs: int
    median: float
    p90: float


def _timed(what: str, threads: int, runs: int, work: Callable[[], object]) -> Latency:
    for _ in range(max(1, runs // 5)):
        work()
    times = []
    for _ in range(runs):
        start = perf_counter()
        work()
        times.append((perf_counter() - start) * 1000)
    median, p90 = np.percentile(times, [50, 90])
    return Latency(what, threads, runs, float(median), float(p90))


def measure_latency(model: str, threads: int, runs: int = 100) -> list[Latency]:
    """Time a model.

    Args:
        model: a shipped name or a `.tflite`.
        threads: for the network and the colour maths.
        runs: of the network; the larger the picture, the fewer.
    """
    colorizer = Colorizer(model, threads=threads)
    rng = np.random.default_rng(0)
    size = colorizer.input_size
    lightness = rng.uniform(0, 100, (size, size)).astype(np.float32)
    rows = [_timed("network", threads, runs, lambda: colorizer.predict_ab(lightness))]
    for name, height, width in PICTURES:
        grey = rng.integers(0, 256, (height, width), np.uint8)
        fewer = max(5, runs * 640 * 480 // (height * width))
        rows.append(_timed(name, threads, fewer, lambda grey=grey: colorizer.colorize(grey)))
    return rows

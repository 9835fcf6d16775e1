"""What the process of a job does: load the model, time it when asked, and end.

It is asked by (what, arguments), and answers with a dictionary, or with a sentence: why it cannot
go on. A sentence is the last answer.
"""

import sys
from collections.abc import Callable
from multiprocessing.connection import Connection
from time import perf_counter
from typing import Any

import numpy as np

from benchmarks.latency.job import KERAS, NETWORK, PICTURES, LatencyJob
from benchmarks.latency.loaded import Loaded
from benchmarks.latency.peak_memory import peak_memory_mib
from edge_runtime.bench.timing import TimingRules, time_runs


def main() -> None:
    """Answer requests until they end; the pipe's descriptor is the last argument."""
    worker = Worker()
    with Connection(int(sys.argv[-1])) as pipe:
        while True:
            try:
                what, arguments = pipe.recv()
            except EOFError:
                return
            try:
                answer: object = getattr(worker, what)(*arguments)
            except Exception as error:  # whatever it is, it is the row's, and the others go on
                answer = _sentence(error)
            pipe.send(answer)
            if isinstance(answer, str):
                return


def _sentence(error: Exception) -> str:
    if isinstance(error, ModuleNotFoundError):
        return f"{error.name} is not installed"
    lines = str(error).strip().splitlines()
    return lines[0] if lines else type(error).__name__


class Worker:
    """The job in this process."""

    def __init__(self) -> None:
        self._loaded: Loaded | None = None
        self._work: Callable[[], object] = lambda: None

    def load(self, job: LatencyJob, rules: TimingRules) -> dict[str, Any]:
        """Load the model, run it first, warm it up.

        Returns:
            `import_ms`, `start_ms`, `first_ms`, `input_size`, `delegated_share`.
        """
        start = perf_counter()
        load = _import(job)
        imported = perf_counter()
        self._loaded = loaded = load(job)
        ready = perf_counter()
        self._work = _work(job, loaded)
        (first,) = time_runs(self._work, 1, 0, rules.max_secs)
        time_runs(self._work, rules.warmup_runs, rules.warmup_min_secs, rules.max_secs)
        return {
            "import_ms": (imported - start) * 1000,
            "start_ms": (ready - imported) * 1000,
            "first_ms": first,
            "input_size": loaded.input_size,
            "delegated_share": loaded.delegated_share,
        }

    def time(self, runs: int, min_secs: float, max_secs: float) -> dict[str, Any]:
        """Time some runs: `times` in ms, and `peak_memory_mib`."""
        self._work()  # others were at work meanwhile, and the caches are theirs
        times = time_runs(self._work, runs, min_secs, max_secs)
        return {"times": times, "peak_memory_mib": peak_memory_mib()}

    def evaluate(self, on: str, limit: int | None) -> dict[str, Any]:
        """Measure the network on colour pictures: `pictures`, `rgb_psnr`, `gain`."""
        from train.data.open_pictures import TruePictures
        from train.measure.evaluate import OpenNetwork, evaluate

        loaded = self._loaded

        def network(lightness: np.ndarray) -> np.ndarray:
            return loaded.run(np.ascontiguousarray(lightness[None, :, :, None], np.float32))[0]

        it = OpenNetwork(network, loaded.input_size, loaded.view)
        scores = evaluate({"it": it}, TruePictures(on, limit))["it"]
        return {"pictures": scores.pictures, "rgb_psnr": scores.rgb_psnr, "gain": scores.gain}


def _import(job: LatencyJob) -> Callable[[LatencyJob], Loaded]:
    if job.interpreter == KERAS:
        from benchmarks.latency.load_keras import import_keras

        return import_keras(job)
    from benchmarks.latency.load_tflite import import_tflite

    return import_tflite(job)


def _work(job: LatencyJob, loaded: Loaded) -> Callable[[], object]:
    rng, side = np.random.default_rng(0), loaded.input_size
    if job.what == NETWORK:
        lightness = rng.uniform(-1, 1, (job.batch, side, side, 1)).astype(np.float32)
        return lambda: loaded.run(lightness)
    width, height = PICTURES[job.what]
    grey = rng.integers(0, 256, (height, width), np.uint8)
    return lambda: loaded.colorize(grey)

"""What the process of a job does: load the model, time it when asked, and end.

It reads requests and writes answers, a line of JSON each:
    {"do": "load", "job": {...}, "rules": {...}}
        -> {"import_ms", "start_ms", "first_ms", "input_size", "batch", "delegated_share"}
    {"do": "time", "runs", "min_secs", "max_secs"} -> {"times": [ms, ...], "peak_memory_mib"}
    {"do": "evaluate", "on": source, "limit": n} -> {"pictures", "rgb_psnr", "gain"}
An answer {"error": sentence} is the last one.
"""

import json
import os
import sys
from collections.abc import Callable
from time import perf_counter
from typing import Any

import numpy as np

from benchmarks.latency.batch import best_batch
from benchmarks.latency.job import BEST_BATCH, NETWORK, PICTURES, Job
from benchmarks.latency.loaded import Loaded
from benchmarks.latency.peak_memory import peak_memory_mib
from edge_runtime.benchmark.timing import TimingRules, time_runs


def main() -> None:
    """Answer requests until they end."""
    # Libraries print: what they say goes to standard error, and the answers alone to our own pipe.
    with os.fdopen(os.dup(1), "w", encoding="utf-8") as answers:
        os.dup2(2, 1)
        worker = _Worker()
        for line in sys.stdin:
            try:
                answer = worker.do(json.loads(line))
            except Exception as error:  # whatever it is, it is the row's, and the others go on
                answer = {"error": _sentence(error)}
            print(json.dumps(answer), file=answers, flush=True)
            if "error" in answer:
                return


def _sentence(error: Exception) -> str:
    if isinstance(error, ModuleNotFoundError):
        return f"{error.name} is not installed"
    lines = str(error).strip().splitlines()
    return lines[0] if lines else type(error).__name__


class _Worker:
    def __init__(self) -> None:
        self._loaded: Loaded | None = None
        self._work: Callable[[], object] = lambda: None

    def do(self, request: dict[str, Any]) -> dict[str, Any]:
        what = request.pop("do")
        return {"load": self._load, "time": self._time, "evaluate": self._evaluate}[what](**request)

    def _load(self, job: dict[str, Any], rules: dict[str, Any]) -> dict[str, Any]:
        job, rules = Job(**job), TimingRules(**rules)
        start = perf_counter()
        load = _import(job)
        imported = perf_counter()
        self._loaded = loaded = load(job)
        ready = perf_counter()
        batch = job.batch
        if batch == BEST_BATCH:
            batch = best_batch(lambda size: _network_work(loaded, size), job.accelerator)
        self._work = _work(job, loaded, batch)
        (first,) = time_runs(self._work, 1, 0, rules.max_secs)
        time_runs(self._work, rules.warmup_runs, rules.warmup_min_secs, rules.max_secs)
        return {
            "import_ms": (imported - start) * 1000,
            "start_ms": (ready - imported) * 1000,
            # With a batch that was looked for, the first run was another one.
            "first_ms": None if job.batch == BEST_BATCH else first,
            "input_size": loaded.input_size,
            "batch": batch,
            "delegated_share": loaded.delegated_share,
        }

    def _time(self, runs: int, min_secs: float, max_secs: float) -> dict[str, Any]:
        self._work()  # others were at work meanwhile, and the caches are theirs
        times = time_runs(self._work, runs, min_secs, max_secs)
        return {"times": times, "peak_memory_mib": peak_memory_mib()}

    def _evaluate(self, on: str, limit: int | None) -> dict[str, Any]:
        from train.evaluate import OpenNetwork, evaluate
        from train.open_pictures import TruePictures

        loaded = self._loaded

        def network(lightness: np.ndarray) -> np.ndarray:
            return loaded.run(np.ascontiguousarray(lightness[None, :, :, None], np.float32))[0]

        it = OpenNetwork(network, loaded.input_size, loaded.view)
        scores = evaluate({"it": it}, TruePictures(on, limit))["it"]
        return {"pictures": scores.pictures, "rgb_psnr": scores.rgb_psnr, "gain": scores.gain}


def _import(job: Job) -> Callable[[Job], Loaded]:
    if job.keras_backend is None:
        from benchmarks.latency.load_tflite import import_tflite

        return import_tflite(job)
    from benchmarks.latency.load_keras import import_keras

    return import_keras(job)


def _work(job: Job, loaded: Loaded, batch: int) -> Callable[[], object]:
    if job.what == NETWORK:
        return _network_work(loaded, batch)
    width, height = PICTURES[job.what]
    grey = np.random.default_rng(0).integers(0, 256, (height, width), np.uint8)
    return lambda: loaded.colorize(grey)


def _network_work(loaded: Loaded, batch: int) -> Callable[[], object]:
    side = loaded.input_size
    shape = (batch, side, side, 1)
    lightness = np.random.default_rng(0).uniform(-1, 1, shape).astype(np.float32)
    return lambda: loaded.run(lightness)

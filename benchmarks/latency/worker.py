"""A job in a process of its own: what that does, and what asks it.

It is asked by (what, arguments), and answers with a dictionary, or with a sentence: why it cannot
go on. A sentence is the last answer.
"""

import json
import os
import re
import resource
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np

from benchmarks.latency.job import KERAS, NETWORK, PICTURES, LatencyJob
from edge_runtime.bench.timing import TimingRules, time_runs

_STATUS = Path("/proc/self/status")

# The same modules as here, and the folder of the checkout need not be the current one.
_CHILD = (
    "import json, sys; sys.path[:] = json.loads(sys.argv[1]);"
    "from benchmarks.latency.worker import main; main()"
)


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
    """The job in this process; it is loaded before anything else."""

    def load(self, job: LatencyJob, rules: TimingRules) -> dict[str, Any]:
        """Load the model, run it first, warm it up.

        Returns:
            `import_ms`, `start_ms`, `first_ms`, `input_size`, `delegated_share`.
        """
        start = perf_counter()
        from benchmarks.latency.load import import_for

        load = import_for(job)
        imported = perf_counter()
        self._loaded = loaded = load()
        ready = perf_counter()
        grey = _made_up(job, loaded.input_size)
        self._work: Callable[[], object] = lambda: loaded.run(grey)
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


def _made_up(job: LatencyJob, side: int) -> np.ndarray:
    """What a job is given: float32 lightness [B, S, S, 1], or a grey picture, uint8 [H, W]."""
    rng = np.random.default_rng(0)
    if job.what == NETWORK:
        return rng.uniform(-1, 1, (job.batch, side, side, 1)).astype(np.float32)
    width, height = PICTURES[job.what]
    return rng.integers(0, 256, (height, width), np.uint8)


def peak_memory_mib() -> float:
    """The peak of resident memory, in MiB, of the whole process: libraries and model.

    Linux's `VmHWM` is this program's alone; `ru_maxrss`, which other systems have, may be that of
    the process that started it.
    """
    try:
        found = re.search(r"^VmHWM:\s*(\d+) kB$", _STATUS.read_text("ascii"), re.MULTILINE)
    except OSError:
        found = None
    if found:
        return int(found[1]) / 1024
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / 2**20 if sys.platform == "darwin" else peak / 1024


class JobError(Exception):
    """Why a job could not be measured: a sentence for its row."""


class WorkerProcess:
    """The process of a job, from outside; to be closed after use."""

    def __init__(self, job: LatencyJob) -> None:
        """Start the process; it loads nothing yet."""
        self._said = tempfile.TemporaryFile()  # noqa: SIM115 (`close` closes it)
        self._pipe, theirs = Pipe()
        with theirs:
            self._process = subprocess.Popen(  # noqa: S603 (our own interpreter and code)
                [sys.executable, "-c", _CHILD, json.dumps(sys.path), str(theirs.fileno())],
                stdin=subprocess.DEVNULL,
                stdout=self._said,
                stderr=self._said,
                pass_fds=[theirs.fileno()],
                env=os.environ | _environment(job),
            )

    def ask(self, what: str, seconds: float | None, *arguments: object) -> dict[str, Any]:
        """What a method of `Worker` answers within so many seconds.

        Raises:
            JobError: it could not be done, the process died, or gave no answer in time.
        """
        try:
            self._pipe.send((what, arguments))
            if not self._pipe.poll(seconds):
                self._process.kill()
                raise JobError(f"no answer within {seconds:g} s")
            answer = self._pipe.recv()
        except (EOFError, ConnectionError):
            raise JobError(self._death()) from None
        if isinstance(answer, str):
            raise JobError(answer)
        return answer

    def close(self) -> None:
        """End the process."""
        self._pipe.close()
        try:
            self._process.wait(5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._said.close()

    def _death(self) -> str:
        code = self._process.wait()
        if code < 0:
            try:
                name = signal.Signals(-code).name
            except ValueError:
                name = f"signal {-code}"
            return f"the process was ended by {name}"
        self._said.seek(0)
        said = self._said.read().decode(errors="replace").strip().splitlines()
        return f"the process ended with code {code}" + (f": {said[-1]}" if said else "")


def _environment(job: LatencyJob) -> dict[str, str]:
    """What must be in the environment before Keras's backend is imported."""
    if job.interpreter != KERAS:
        return {}
    environment = {"KERAS_BACKEND": "torch", "OMP_NUM_THREADS": str(job.threads)}
    if job.accelerator == "cpu":
        environment |= {"CUDA_VISIBLE_DEVICES": "-1", "KERAS_TORCH_DEVICE": "cpu"}
    return environment

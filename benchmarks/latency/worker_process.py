"""The process of a job, from outside: ask it, and outlive it."""

import json
import os
import select
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict
from typing import Any

from benchmarks.latency.job import Job
from benchmarks.latency.load_keras import keras_environment
from edge_runtime.benchmark.timing import TimingRules

# TensorFlow's import and a large network's compilation on a small board, with much to spare.
LOAD_SECONDS = 900.0

# The same modules as here, and the folder of the checkout need not be the current one.
_CHILD = (
    "import json, sys; sys.path[:] = json.loads(sys.argv[1]);"
    "from benchmarks.latency.worker import main; main()"
)


# What the drivers of NVIDIA, AMD and Windows' Linux put there.
_GPU_DEVICES = ("/dev/nvidiactl", "/dev/nvhost-gpu", "/dev/kfd", "/dev/dxg")


class JobError(Exception):
    """Why a job could not be measured: a sentence for its row."""


class WorkerProcess:
    """A job in a process of its own; to be closed after use."""

    def __init__(self, job: Job):
        """Start the process; it loads nothing yet."""
        self._job = job
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115 (`close` closes it)
        environment = dict(os.environ)
        if job.keras_backend is not None:
            environment |= keras_environment(job)
        command = [sys.executable, "-c", _CHILD, json.dumps(sys.path)]
        self._process = subprocess.Popen(  # noqa: S603 (our own interpreter and code)
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            env=environment,
        )

    def load(self, rules: TimingRules) -> dict[str, Any]:
        """Load the model, run it first, warm it up. See `benchmarks.latency.worker`.

        Raises:
            JobError: it cannot be loaded or run, the process died, or gave no answer in time.
        """
        request = {"do": "load", "job": asdict(self._job), "rules": asdict(rules)}
        return self._ask(request, LOAD_SECONDS + 2 * rules.max_secs)

    def time(self, runs: int, min_secs: float, max_secs: float) -> dict[str, Any]:
        """Time some runs. See `benchmarks.latency.worker`.

        Raises:
            JobError: as `load`.
        """
        request = {"do": "time", "runs": runs, "min_secs": min_secs, "max_secs": max_secs}
        return self._ask(request, LOAD_SECONDS + max_secs)

    def evaluate(self, on: str, limit: int | None) -> dict[str, Any]:
        """Measure the network on colour pictures. See `benchmarks.latency.worker`.

        Raises:
            JobError: as `load`.
        """
        return self._ask({"do": "evaluate", "on": on, "limit": limit}, None)

    def close(self) -> None:
        """End the process."""
        self._process.stdin.close()
        try:
            self._process.wait(5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process.stdout.close()
        self._errors.close()

    def _ask(self, request: dict[str, Any], seconds: float | None) -> dict[str, Any]:
        try:
            self._process.stdin.write(json.dumps(request).encode() + b"\n")
            self._process.stdin.flush()
        except BrokenPipeError:
            raise JobError(self._death()) from None
        line = self._read_line(seconds)
        answer = json.loads(line)
        if "error" in answer:
            raise JobError(answer["error"])
        return answer

    def _read_line(self, seconds: float | None) -> bytes:
        end = None if seconds is None else time.monotonic() + seconds
        descriptor, line = self._process.stdout.fileno(), b""
        while not line.endswith(b"\n"):
            left = None if end is None else max(0.0, end - time.monotonic())
            ready, _, _ = select.select([descriptor], [], [], left)
            if not ready:
                self._process.kill()
                raise JobError(f"no answer within {seconds:g} s")
            part = os.read(descriptor, 1 << 16)
            if not part:
                raise JobError(self._death())
            line += part
        return line

    def _death(self) -> str:
        code = self._process.wait()
        if code < 0:
            try:
                name = signal.Signals(-code).name
            except ValueError:
                name = f"signal {-code}"
            return f"the process was ended by {name}"
        self._errors.seek(0)
        said = self._errors.read().decode(errors="replace").strip().splitlines()
        return f"the process ended with code {code}" + (f": {said[-1]}" if said else "")


def start_worker(job: Job) -> WorkerProcess:
    """Start the process of a job.

    Raises:
        JobError: Keras is to have a GPU, and it is plain that there is none.
    """
    # Importing three backends to be told so by each takes minutes.
    if job.keras_backend and job.accelerator == "gpu" and not has_gpu_device():
        raise JobError("not measured: there is no GPU on this machine")
    return WorkerProcess(job)


def has_gpu_device() -> bool:
    """Whether a driver that Keras's backends know has left its mark."""
    return any(os.path.exists(device) for device in _GPU_DEVICES)

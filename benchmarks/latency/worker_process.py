"""The process of a job, from outside: ask it, and outlive it."""

import json
import os
import signal
import subprocess
import sys
import tempfile
from multiprocessing import Pipe
from typing import Any

from benchmarks.latency.job import KERAS, LatencyJob
from benchmarks.latency.load_keras import keras_environment
from edge_runtime.bench.timing import TimingRules

# An import of Keras and a large network on a small board, with much to spare.
LOAD_SECONDS = 900.0

# The same modules as here, and the folder of the checkout need not be the current one.
_CHILD = (
    "import json, sys; sys.path[:] = json.loads(sys.argv[1]);"
    "from benchmarks.latency.worker import main; main()"
)


class JobError(Exception):
    """Why a job could not be measured: a sentence for its row."""


class WorkerProcess:
    """A job in a process of its own (`benchmarks.latency.worker`); to be closed after use."""

    def __init__(self, job: LatencyJob) -> None:
        """Start the process; it loads nothing yet."""
        self._job = job
        self._said = tempfile.TemporaryFile()  # noqa: SIM115 (`close` closes it)
        self._pipe, theirs = Pipe()
        environment = os.environ | (keras_environment(job) if job.interpreter == KERAS else {})
        with theirs:
            self._process = subprocess.Popen(  # noqa: S603 (our own interpreter and code)
                [sys.executable, "-c", _CHILD, json.dumps(sys.path), str(theirs.fileno())],
                stdin=subprocess.DEVNULL,
                stdout=self._said,
                stderr=self._said,
                pass_fds=[theirs.fileno()],
                env=environment,
            )

    def load(self, rules: TimingRules) -> dict[str, Any]:
        """Load the model, run it first, warm it up.

        Raises:
            JobError: it cannot be loaded or run, the process died, or gave no answer in time.
        """
        return self._ask("load", LOAD_SECONDS + 2 * rules.max_secs, self._job, rules)

    def time(self, runs: int, min_secs: float, max_secs: float) -> dict[str, Any]:
        """Time some runs.

        Raises:
            JobError: as `load`.
        """
        return self._ask("time", LOAD_SECONDS + max_secs, runs, min_secs, max_secs)

    def evaluate(self, on: str, limit: int | None) -> dict[str, Any]:
        """Measure the network on colour pictures.

        Raises:
            JobError: as `load`.
        """
        return self._ask("evaluate", None, on, limit)

    def close(self) -> None:
        """End the process."""
        self._pipe.close()
        try:
            self._process.wait(5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._said.close()

    def _ask(self, what: str, seconds: float | None, *arguments: object) -> dict[str, Any]:
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

"""Time jobs against each other: those of one setting in turn, round by round.

A machine's speed drifts, with its heat and with what else it has to do; what runs in turn drifts
together, so that ratios between models hold where milliseconds do not.
"""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any, Protocol

from benchmarks.latency.job import NETWORK, LatencyJob
from benchmarks.latency.worker_process import JobError, WorkerProcess
from edge_runtime.bench.timing import TimingRules, times_of

# Processes that wait for their turn keep their memory: TensorFlow's take half a gigabyte.
MOST_AT_ONCE = 8

Row = dict[str, str | int | float | None]


class Timed(Protocol):
    """What runs a job, as `WorkerProcess` does."""

    def load(self, rules: TimingRules) -> dict[str, Any]: ...
    def time(self, runs: int, min_secs: float, max_secs: float) -> dict[str, Any]: ...
    def evaluate(self, on: str, limit: int | None) -> dict[str, Any]: ...
    def close(self) -> None: ...


@dataclass(frozen=True)
class Judging:
    """Colour pictures to measure the networks on, beside their times.

    Attributes:
        on: as `TruePictures` takes it.
        limit: at most so many.
    """

    on: str
    limit: int | None = None


@dataclass
class JobResult:
    """What came of a job.

    Attributes:
        job: what was measured.
        loaded: the answer to `load`, empty if there is none.
        times: of all timed runs, ms.
        peak_memory_mib: of the process, before pictures were judged.
        scores: on pictures: `pictures`, `rgb_psnr`, `gain`; empty if they were not asked for.
        error: why it could not be measured, or None.
        worker: what runs it, while it is measured.
    """

    job: LatencyJob
    loaded: dict[str, Any] = field(default_factory=dict)
    times: list[float] = field(default_factory=list)
    peak_memory_mib: float | None = None
    scores: dict[str, float] = field(default_factory=dict)
    error: str | None = None
    worker: Timed | None = None

    def row(self, model: str) -> Row:
        """The row of a result file.

        Args:
            model: the name to give it.
        """
        job, times = self.job, times_of(self.times) if self.times else None
        return {
            "model": model,
            "what": job.what,
            "interpreter": job.interpreter,
            "precision": job.precision,
            "batch": job.batch,
            "threads": job.threads,
            "accelerator": job.accelerator,
            "first_ms": self.loaded.get("first_ms"),
            "median_ms": times and times.median,
            "p90_ms": times and times.p90,
            "p99_ms": times and times.p99,
            "runs": times and times.runs,
            "pictures_per_s": times and 1000 * job.batch / times.median,
            "import_ms": self.loaded.get("import_ms"),
            "start_ms": self.loaded.get("start_ms"),
            "peak_memory_mib": self.peak_memory_mib,
            "delegated_share": self.loaded.get("delegated_share"),
            **self.scores,
            "error": self.error,
        }

    def attempt(self, work: Callable[["JobResult"], None]) -> None:
        """Do a part of the work, unless an earlier part failed."""
        if self.error is not None:
            return
        try:
            work(self)
        except JobError as error:
            self.error, self.loaded, self.times = str(error), {}, []
            self.peak_memory_mib = None


def steps_of(jobs: Sequence[LatencyJob], rounds: int) -> int:
    """How often `measure_jobs` calls `on_step`."""
    return len(jobs) * (1 + rounds)


def measure_jobs(
    jobs: Sequence[LatencyJob],
    rules: TimingRules,
    rounds: int,
    judging: Judging | None = None,
    on_step: Callable[[str], None] = lambda text: None,
    start: Callable[[LatencyJob], Timed] = WorkerProcess,
) -> Iterator[JobResult]:
    """Measure jobs; one that fails has a result that says why, and the others go on.

    Args:
        jobs: what to measure; those of one setting that stand together are timed in turn.
        rules: of the timing, over all rounds together.
        rounds: how often each one has its turn.
        judging: pictures to measure each network on, once for its threads and batches.
        on_step: called with a word before each step.
        start: starts what runs a job.
    """
    judged: dict[tuple, dict[str, float]] = {}
    runs = math.ceil(rules.num_runs / rounds)

    def load(result: JobResult) -> None:
        result.worker = start(result.job)
        result.loaded = result.worker.load(rules)

    def take_turn(result: JobResult) -> None:
        answer = result.worker.time(runs, rules.min_secs / rounds, rules.max_secs / rounds)
        result.times += answer["times"]
        result.peak_memory_mib = answer["peak_memory_mib"]

    def judge(result: JobResult) -> None:
        job = result.job
        key = (job.model, job.interpreter, job.precision, job.accelerator)
        if key not in judged:
            judged[key] = result.worker.evaluate(judging.on, judging.limit)
        result.scores = judged[key]

    for _, group in groupby(jobs, key=lambda job: job.setting):
        together = list(group)
        for place in range(0, len(together), MOST_AT_ONCE):
            results = [JobResult(job) for job in together[place : place + MOST_AT_ONCE]]
            try:
                for result in results:
                    on_step(f"loading {_label(result.job)}")
                    result.attempt(load)
                for number in range(rounds):
                    # There and back, so that nobody always comes after the same one.
                    for result in results if number % 2 == 0 else reversed(results):
                        on_step(_label(result.job))
                        result.attempt(take_turn)
                for result in results:
                    if judging is not None and result.job.what == NETWORK:
                        result.attempt(judge)
            finally:
                for result in results:
                    if result.worker is not None:
                        result.worker.close()
            yield from results


def _label(job: LatencyJob) -> str:
    model = job.model.rstrip("/").rpartition("/")[2]
    return f"{model}: {job.interpreter}, {job.what}, {job.accelerator}"

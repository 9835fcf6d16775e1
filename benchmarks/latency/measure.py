"""Time jobs against each other: those of one setting in turn, round by round.

A machine's speed drifts, with its heat and with what else it has to do; what runs in turn drifts
together, so that ratios between models hold where milliseconds do not.
"""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any, Protocol

from benchmarks.latency.job import NETWORK, Job
from benchmarks.latency.worker_process import JobError, start_worker
from edge_runtime.benchmark.timing import TimingRules, times_of

# Processes that wait for their turn keep their memory: TensorFlow's take half a gigabyte.
MOST_AT_ONCE = 8

Row = dict[str, str | int | float | None]


class Worker(Protocol):
    """What runs a job; `start_worker` gives one."""

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


@dataclass(frozen=True)
class JobResult:
    """What came of a job.

    Attributes:
        job: what was measured.
        loaded: the answer to `load`, empty if there is none.
        times: of all timed runs, ms.
        peak_memory_mib: of the process, before pictures were judged.
        scores: on pictures: `pictures`, `rgb_psnr`, `gain`; empty if they were not asked for.
        error: why it could not be measured, or None.
    """

    job: Job
    loaded: dict[str, Any] = field(default_factory=dict)
    times: tuple[float, ...] = ()
    peak_memory_mib: float | None = None
    scores: dict[str, float] = field(default_factory=dict)
    error: str | None = None

    def row(self, model: str) -> Row:
        """The row of a result file.

        Args:
            model: the name to give it.
        """
        job, times = self.job, times_of(self.times) if self.times else None
        batch = self.loaded.get("batch", job.batch) or None
        return {
            "model": model,
            "what": job.what,
            "interpreter": job.interpreter,
            "precision": job.precision,
            "batch": batch,
            "threads": job.threads,
            "accelerator": job.accelerator,
            "first_ms": self.loaded.get("first_ms"),
            "median_ms": times and times.median,
            "p90_ms": times and times.p90,
            "p99_ms": times and times.p99,
            "runs": times and times.runs,
            "pictures_per_s": times and 1000 * batch / times.median,
            "import_ms": self.loaded.get("import_ms"),
            "start_ms": self.loaded.get("start_ms"),
            "peak_memory_mib": self.peak_memory_mib,
            "delegated_share": self.loaded.get("delegated_share"),
            **self.scores,
            "error": self.error,
        }


def steps_of(jobs: Sequence[Job], rounds: int) -> int:
    """How often `measure_jobs` calls `on_step`."""
    return len(jobs) * (1 + rounds)


def measure_jobs(
    jobs: Sequence[Job],
    rules: TimingRules,
    rounds: int,
    judging: Judging | None = None,
    on_step: Callable[[str], None] = lambda text: None,
    start: Callable[[Job], Worker] = start_worker,
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
    for _, group in groupby(jobs, key=lambda job: job.setting):
        together = list(group)
        for place in range(0, len(together), MOST_AT_ONCE):
            part = together[place : place + MOST_AT_ONCE]
            yield from _measure_together(part, rules, rounds, judging, judged, on_step, start)


@dataclass
class _Seat:
    """A job at the table."""

    job: Job
    worker: Worker | None = None
    loaded: dict[str, Any] = field(default_factory=dict)
    times: list[float] = field(default_factory=list)
    peak: float | None = None
    scores: dict[str, float] = field(default_factory=dict)
    error: str | None = None

    def attempt(self, work: Callable[["_Seat"], None]) -> None:
        if self.error is not None:
            return
        try:
            work(self)
        except JobError as error:
            self.error = str(error)


def _measure_together(
    jobs: Sequence[Job],
    rules: TimingRules,
    rounds: int,
    judging: Judging | None,
    judged: dict[tuple, dict[str, float]],
    on_step: Callable[[str], None],
    start: Callable[[Job], Worker],
) -> Iterator[JobResult]:
    seats = [_Seat(job) for job in jobs]
    runs = math.ceil(rules.num_runs / rounds)

    def load(seat: _Seat) -> None:
        seat.worker = start(seat.job)
        seat.loaded = seat.worker.load(rules)

    def take_turn(seat: _Seat) -> None:
        answer = seat.worker.time(runs, rules.min_secs / rounds, rules.max_secs / rounds)
        seat.times += answer["times"]
        seat.peak = answer["peak_memory_mib"]

    def judge(seat: _Seat) -> None:
        job = seat.job
        key = (job.model, job.interpreter, job.precision, job.accelerator)
        if key not in judged:
            judged[key] = seat.worker.evaluate(judging.on, judging.limit)
        seat.scores = judged[key]

    try:
        for seat in seats:
            on_step(f"loading {_label(seat.job)}")
            seat.attempt(load)
        for number in range(rounds):
            # There and back, so that nobody always comes after the same one.
            for seat in seats if number % 2 == 0 else reversed(seats):
                on_step(_label(seat.job))
                seat.attempt(take_turn)
        if judging is not None:
            for seat in seats:
                if seat.job.what == NETWORK:
                    seat.attempt(judge)
    finally:
        for seat in seats:
            if seat.worker is not None:
                seat.worker.close()
    for seat in seats:
        if seat.error is None:
            yield JobResult(seat.job, seat.loaded, tuple(seat.times), seat.peak, seat.scores)
        else:
            yield JobResult(seat.job, error=seat.error)


def _label(job: Job) -> str:
    model = job.model.rstrip("/").rpartition("/")[2]
    return f"{model}: {job.interpreter}, {job.what}, {job.accelerator}"

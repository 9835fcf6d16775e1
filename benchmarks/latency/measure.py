"""Time jobs against each other: those of one setting in turn, round by round.

A machine's speed drifts, with its heat and with what else it has to do; what runs in turn drifts
together, so that ratios between models hold where milliseconds do not.
"""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path
from typing import Any

from benchmarks.latency.job import NETWORK, LatencyJob
from benchmarks.latency.worker import JobError, WorkerProcess
from edge_runtime.bench.timing import TimingRules, times_of

# Processes that wait for their turn keep their memory: TensorFlow's take half a gigabyte.
MOST_AT_ONCE = 8

# An import of Keras and a large network on a small board, with much to spare.
LOAD_SECONDS = 900.0

_WHAT = (
    "A run is from lightness in the processor's memory to ab in the processor's memory; the time "
    "of a batch is that of all its pictures. Every row is of a process of its own: the start is "
    "loading the model, without importing the libraries; the peak of resident memory is that of "
    "the whole process, libraries included."
)
_JUDGED = (
    "RGB PSNR and its gain over grey are means over the same pictures for every network, compared "
    "at 256 x 256."
)

Row = dict[str, str | int | float | None]
Judging = tuple[str, int | None]  # colour pictures, as `TruePictures` takes them, and how many


@dataclass
class JobResult:
    """What came of a job.

    Attributes:
        job: what was measured.
        said: by its process: `import_ms`, `start_ms`, `first_ms`, `input_size`, `delegated_share`,
            and `peak_memory_mib` before pictures were judged; empty where it failed.
        times: of all timed runs, ms.
        scores: on pictures: `pictures`, `rgb_psnr`, `gain`; empty if they were not asked for.
        error: why it could not be measured, or None.
    """

    job: LatencyJob
    said: dict[str, Any] = field(default_factory=dict)
    times: list[float] = field(default_factory=list)
    scores: dict[str, float] = field(default_factory=dict)
    error: str | None = None

    def row(self, model: str) -> Row:
        """The row of a result file, in which the model has that name."""
        job, said, times = self.job, self.said, times_of(self.times) if self.times else None
        return {
            "model": model,
            "what": job.what,
            "interpreter": job.interpreter,
            "precision": job.precision,
            "batch": job.batch,
            "threads": job.threads,
            "accelerator": job.accelerator,
            "first_ms": said.get("first_ms"),
            "median_ms": times and times.median,
            "p90_ms": times and times.p90,
            "p99_ms": times and times.p99,
            "runs": times and times.runs,
            "pictures_per_s": times and 1000 * job.batch / times.median,
            "import_ms": said.get("import_ms"),
            "start_ms": said.get("start_ms"),
            "peak_memory_mib": said.get("peak_memory_mib"),
            "delegated_share": said.get("delegated_share"),
            **self.scores,
            # The folders of a model are nobody's business.
            "error": self.error and self.error.replace(job.model, Path(job.model).name),
        }

    def ask(self, worker: WorkerProcess, what: str, *arguments: Any) -> dict[str, Any]:
        """As `WorkerProcess.ask`; nothing, once an answer was a failure."""
        if self.error is not None:
            return {}
        try:
            return worker.ask(what, *arguments)
        except JobError as error:
            self.error, self.said, self.times = str(error), {}, []
            return {}


def steps_of(jobs: Sequence[LatencyJob], rounds: int) -> int:
    """How often `measure_jobs` calls `on_step`."""
    return len(jobs) * (1 + rounds)


def measure_jobs(
    jobs: Sequence[LatencyJob],
    rules: TimingRules,
    rounds: int,
    judging: Judging | None = None,
    on_step: Callable[[str], None] = lambda text: None,
    start: Callable[[LatencyJob], WorkerProcess] = WorkerProcess,
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
    runs, min_secs = math.ceil(rules.num_runs / rounds), rules.min_secs / rounds
    max_secs = rules.max_secs / rounds
    for _, group in groupby(jobs, key=lambda job: job.setting):
        together = list(group)
        for place in range(0, len(together), MOST_AT_ONCE):
            running: list[tuple[JobResult, WorkerProcess]] = []
            try:
                for job in together[place : place + MOST_AT_ONCE]:
                    on_step(f"loading {_label(job)}")
                    result, worker = JobResult(job), start(job)
                    running.append((result, worker))
                    seconds = LOAD_SECONDS + 2 * rules.max_secs
                    result.said = result.ask(worker, "load", seconds, job, rules)
                for number in range(rounds):
                    # There and back, so that nobody always comes after the same one.
                    for result, worker in running if number % 2 == 0 else reversed(running):
                        on_step(_label(result.job))
                        seconds = LOAD_SECONDS + max_secs
                        said = result.ask(worker, "time", seconds, runs, min_secs, max_secs)
                        result.times += said.pop("times", [])
                        result.said |= said
                for result, worker in running:
                    job = result.job
                    if judging is None or job.what != NETWORK or result.error is not None:
                        continue
                    key = (job.model, job.interpreter, job.precision, job.accelerator)
                    judged[key] = judged.get(key) or result.ask(worker, "evaluate", None, *judging)
                    result.scores = judged[key]
            finally:
                for _, worker in running:
                    worker.close()
            yield from (result for result, _ in running)


def _label(job: LatencyJob) -> str:
    return f"{Path(job.model).name}: {job.interpreter}, {job.what}, {job.accelerator}"


def notes_of(rules: TimingRules, rounds: int, judging: Judging | None) -> list[str]:
    """What a person is to know of the figures."""
    timed = (
        "Timed by the conventions of TensorFlow Lite's benchmark_model:"
        f" warmup_runs {rules.warmup_runs}, warmup_min_secs {rules.warmup_min_secs:g},"
        f" num_runs {rules.num_runs}, min_secs {rules.min_secs:g}, max_secs {rules.max_secs:g};"
        f" in {rounds} rounds, in which the models of one setting take turns."
    )
    return [timed, _WHAT, *([_JUDGED] if judging is not None else [])]

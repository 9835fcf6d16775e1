"""Time something again and again, by the conventions of TensorFlow Lite's `benchmark_model`.

The names and what they mean are those of its flags (tensorflow/lite/tools/benchmark/README.md):
`warmup_runs` and `warmup_min_secs`, then `num_runs` and `min_secs`, whichever takes longer, and
never longer than `max_secs`.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class TimingRules:
    """How long something is timed; the defaults are those of `benchmark_model`.

    Attributes:
        warmup_runs, warmup_min_secs: at least so many runs, and so long, before the timed ones.
        num_runs, min_secs: at least so many timed runs, and so long.
        max_secs: no run begins after so long, warm-up and timed runs each.
    """

    warmup_runs: int = 1
    warmup_min_secs: float = 0.5
    num_runs: int = 50
    min_secs: float = 1.0
    max_secs: float = 150.0


@dataclass(frozen=True)
class Times:
    """What timed runs come to, in milliseconds.

    Attributes:
        runs: how many.
        median, p90, p99: percentiles, linear between two runs.
    """

    runs: int
    median: float
    p90: float
    p99: float


def times_of(milliseconds: Sequence[float]) -> Times:
    """Sum up the times of at least one run."""
    median, p90, p99 = np.percentile(np.asarray(milliseconds, np.float64), [50, 90, 99]).tolist()
    return Times(len(milliseconds), median, p90, p99)


def time_runs(
    work: Callable[[], object],
    runs: int,
    min_secs: float,
    max_secs: float,
    clock: Callable[[], float] = time.perf_counter,
) -> list[float]:
    """Run something at least so often and so long; at least once, whatever the limit.

    Args:
        work: what is timed.
        runs, min_secs, max_secs: as in `TimingRules`.
        clock: gives seconds.
    Returns:
        the milliseconds of each run.
    """
    begin = clock()
    times: list[float] = []
    now = begin
    while not times or ((len(times) < runs or now - begin < min_secs) and now - begin <= max_secs):
        start = clock()
        work()
        now = clock()
        times.append((now - start) * 1000)
    return times

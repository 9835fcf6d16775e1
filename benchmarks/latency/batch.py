"""Find how many pictures at once a network takes the most of in a second."""

from collections.abc import Callable
from time import perf_counter

from edge_runtime.benchmark.timing import time_runs, times_of

MOST = {"cpu": 64, "gpu": 1024}

# A larger batch must bring so much more, or it is not worth its memory and its delay.
_GAIN = 1.03
_RUNS, _MIN_SECONDS, _MAX_SECONDS = 3, 0.2, 10.0


def best_batch(
    work_of: Callable[[int], Callable[[], object]],
    accelerator: str,
    clock: Callable[[], float] = perf_counter,
) -> int:
    """Double the batch until two doublings in a row bring nothing.

    Args:
        work_of: gives the run of a batch size.
        accelerator: `cpu` or `gpu`, which bounds the batch.
        clock: gives seconds.
    """
    best, best_rate, in_vain, size = 1, 0.0, 0, 1
    while size <= MOST[accelerator] and in_vain < 2:
        work = work_of(size)
        work()  # compiles it for this size
        times = times_of(time_runs(work, _RUNS, _MIN_SECONDS, _MAX_SECONDS, clock))
        rate = size / times.median
        if rate > best_rate * _GAIN:
            best, best_rate, in_vain = size, rate, 0
        else:
            in_vain += 1
        size *= 2
    return best

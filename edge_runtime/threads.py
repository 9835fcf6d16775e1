"""How many threads TintLite may use."""

import os

MAX_THREADS = 64


def default_threads() -> int:
    """The processor cores that this process may use, at most 4: more gains next to nothing."""
    if hasattr(os, "sched_getaffinity"):
        cores = len(os.sched_getaffinity(0))
    else:
        cores = os.cpu_count() or 1
    return min(cores, 4)


def check_threads(threads: int) -> None:
    """See that a number of threads is usable.

    Raises:
        TypeError: not a whole number.
        ValueError: not 1 to `MAX_THREADS`.
    """
    if isinstance(threads, bool) or not isinstance(threads, int):
        raise TypeError(f"the number of threads is a whole number, not {threads!r}")
    if not 1 <= threads <= MAX_THREADS:
        raise ValueError(f"the number of threads is 1 to {MAX_THREADS}, not {threads}")

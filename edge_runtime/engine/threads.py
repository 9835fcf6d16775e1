"""How many threads TintLite may use."""

import operator
import os

from edge_runtime.errors import ArgumentError, ArgumentTypeError

MAX_THREADS = 64


def usable_cores() -> int:
    """The processor cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def default_threads() -> int:
    """The cores that this process may use, at most 4: more gains next to nothing."""
    return min(usable_cores(), 4)


def check_threads(threads: int) -> int:
    """See that a number of threads is usable; any kind of whole number is, as NumPy's.

    Returns:
        the same number.
    Raises:
        TypeError: not a whole number.
        ValueError: not 1 to `MAX_THREADS`.
    """
    try:
        number = operator.index(threads)
    except TypeError:
        number = None
    if number is None or isinstance(threads, bool):
        raise ArgumentTypeError(f"the number of threads is a whole number, not {threads!r}")
    if not 1 <= number <= MAX_THREADS:
        raise ArgumentError(f"the number of threads is 1 to {MAX_THREADS}, not {number}")
    return number

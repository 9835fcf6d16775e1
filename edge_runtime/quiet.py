"""Send what C++ libraries print where it does no harm."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def quiet_libraries() -> Iterator[None]:
    """Keep what C++ libraries write to standard error (LiteRT greets, OpenCV warns) off it.

    Python's own errors come as exceptions and are shown after this block. Nothing else of the
    process is heard meanwhile, so that this is for programs that do one thing at a time.
    """
    if sys.stderr is not None:
        sys.stderr.flush()
    with open(os.devnull, "wb") as nowhere, diverted(2, nowhere.fileno()):
        yield


@contextmanager
def diverted(stream: int, to: int) -> Iterator[None]:
    """Send to one file descriptor what is written to another, 1 or 2, unless that is closed."""
    try:
        kept = os.dup(stream)
    except OSError:
        yield
        return
    try:
        os.dup2(to, stream)
        yield
    finally:
        os.dup2(kept, stream)
        os.close(kept)

"""Keep what C++ libraries print off standard error."""

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
    kept = os.dup(2)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)

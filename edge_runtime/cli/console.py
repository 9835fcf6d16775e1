"""Lines for a person: messages to standard output, complaints to standard error."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress


def one_line(text: str) -> str:
    """A text that a terminal shows as one line and obeys nowhere: control characters escaped."""
    return "".join(
        character if character.isprintable() else character.encode("unicode_escape").decode()
        for character in text
    )


def say(text: str) -> None:
    """Print one line."""
    print(one_line(text), flush=True)


def complain(text: str) -> None:
    """Print one line to standard error, with the command's name before it, if it takes one."""
    # `print` takes None, which is what a closed stream becomes, for standard output.
    if sys.stderr is not None:
        with suppress(OSError):
            print(f"tintlite: {one_line(text)}", file=sys.stderr, flush=True)


@contextmanager
def quiet_libraries() -> Iterator[None]:
    """Keep what C++ libraries write to standard error (LiteRT greets, OpenCV warns) off it.

    Python's own errors come as exceptions and are shown after this block.
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

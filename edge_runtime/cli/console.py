"""Lines for a person: messages to standard output, complaints to standard error."""

import atexit
import os
import sys
from contextlib import suppress

from edge_runtime.live.address import without_passwords
from edge_runtime.one_line import one_line

_quiet = False


def keep_quiet(quiet: bool) -> None:
    """Let `say` print nothing from now on, or print again."""
    global _quiet
    _quiet = quiet


def say(text: str) -> None:
    """Print one line, unless the user asked for quiet."""
    if not _quiet:
        print(one_line(text), flush=True)


def complain(text: str) -> None:
    """Print one line to standard error, with the command's name before it, if it takes one.

    Passwords of addresses are left out, whatever command they were given to.
    """
    # `print` takes None, which is what a closed stream becomes, for standard output.
    if sys.stderr is not None:
        with suppress(OSError):
            print(f"tintlite: {one_line(without_passwords(text))}", file=sys.stderr, flush=True)


def end_quietly(kept: object) -> None:
    """Keep off standard error what LiteRT writes when it lets go of a GPU.

    Args:
        kept: what may use the GPU; it is kept until the process ends, and standard error closes
            just before.
    """
    atexit.register(lambda kept: silence(2), kept)


def silence(number: int) -> None:
    """Let what is still written to a stream of the process go nowhere, and not fail.

    Args:
        number: 1 for standard output, 2 for standard error.
    """
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, number)
    os.close(nowhere)

"""Run the command line: parse, do, and turn every expected error into one line and a code."""

import io
import os
import signal
import sys
from collections.abc import Sequence
from types import FrameType
from typing import Any, NoReturn

from edge_runtime.cli.codes import FAILED, HUNG_UP, INTERRUPTED, OK, TERMINATED, USAGE
from edge_runtime.cli.console import complain, silence
from edge_runtime.errors import TintLiteError


def main(argv: Sequence[str] | None = None) -> int:
    """Run `tintlite`.

    Args:
        argv: the arguments after the command's name; by default those of the process.
    Returns:
        0 when all went well, 1 when pictures or a model failed, 2 for wrong usage, 3 when a picture
        or film was damaged and the rest of it is coloured, 129 after SIGHUP, 130 after ctrl-C, 143
        after SIGTERM.
    """
    before = {number: signal.signal(number, _leave) for number in _codes()}
    try:
        _prepare_streams()
        return _run(None if argv is None else list(argv))
    except TintLiteError as error:
        complain(str(error))
        return FAILED
    except KeyboardInterrupt:
        complain("interrupted")
        return INTERRUPTED
    except BrokenPipeError:  # the reader of our output has gone, as in `tintlite … | head -1`
        silence(1)  # Python writes what is left in the buffer when it ends
        return FAILED
    except OSError as error:  # those of files are told where they happen: this is a full device
        silence(1)
        complain(f"{error.filename or 'standard output'}: {error.strerror}")
        return FAILED
    except SystemExit as error:
        return int(error.code or OK)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _run(arguments: list[str] | None) -> int:
    # Imported here, since they take a while, and ctrl-C may come meanwhile.
    import typer

    from edge_runtime.cli.app import app

    # Newer Typers carry their own copy of Click, older ones need the package: BadParameter is a
    # child of the class of all usage errors in both.
    usage_error: Any = typer.BadParameter.__mro__[1]
    try:
        code = app(args=arguments, prog_name="tintlite", standalone_mode=False)
    except usage_error as error:
        complain(f"{error.format_message()} (see tintlite --help)")
        return USAGE
    except typer.Abort:  # what older Typers make of ctrl-C
        raise KeyboardInterrupt from None
    if code == INTERRUPTED:  # what newer ones make of it
        raise KeyboardInterrupt
    return code or OK


def _codes() -> dict[int, int]:
    """The signals that end the command, and its exit codes then."""
    codes: dict[int, int] = {signal.SIGTERM: TERMINATED}
    # Windows has no such signal; under nohup it is to be ignored.
    if hasattr(signal, "SIGHUP") and signal.getsignal(signal.SIGHUP) != signal.SIG_IGN:
        codes[signal.SIGHUP] = HUNG_UP
    return codes


def _leave(number: int, frame: FrameType | None) -> NoReturn:
    """Leave through the `finally` clauses, so that nothing half written stays."""
    raise SystemExit(TERMINATED if number == signal.SIGTERM else HUNG_UP)


def _prepare_streams() -> None:
    # Where one of the three streams is closed, as by `>&-`, the next file that is opened would get
    # its number, and what a library prints would go into that file.
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)
    # A file name that the terminal's encoding lacks is shown escaped, as on standard error.
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")

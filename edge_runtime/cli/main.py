"""Run the command line: parse, do, and turn every expected error into one line and a code."""

import signal
import sys
from collections.abc import Sequence
from types import FrameType
from typing import NoReturn

import typer

from edge_runtime.cli.app import app
from edge_runtime.cli.codes import FAILED, INTERRUPTED, OK, TERMINATED, USAGE
from edge_runtime.cli.console import complain
from edge_runtime.errors import TintLiteError

# Newer Typers carry their own copy of Click, older ones need the package: BadParameter is a child
# of the class of all usage errors in both.
_UsageError = typer.BadParameter.__mro__[1]


def main(argv: Sequence[str] | None = None) -> int:
    """Run `tintlite`.

    Args:
        argv: the arguments after the command's name; by default those of the process.
    Returns:
        0 when all went well, 1 when pictures or a model failed, 2 for wrong usage, 130 after
        ctrl-C, 143 after SIGTERM.
    """
    before = signal.signal(signal.SIGTERM, _terminate)
    # A file name that the terminal's encoding lacks is shown escaped, as on standard error.
    sys.stdout.reconfigure(errors="backslashreplace")
    try:
        arguments = None if argv is None else list(argv)
        return app(args=arguments, prog_name="tintlite", standalone_mode=False) or OK
    except _UsageError as error:
        complain(f"{error.format_message()} (see tintlite --help)")
        return USAGE
    except TintLiteError as error:
        complain(str(error))
        return FAILED
    except (KeyboardInterrupt, typer.Abort):
        complain("interrupted")
        return INTERRUPTED
    except BrokenPipeError:  # the reader of our output has gone, as in `tintlite … | head -1`
        return FAILED
    except SystemExit as error:
        return int(error.code or OK)
    finally:
        signal.signal(signal.SIGTERM, before)


def _terminate(number: int, frame: FrameType | None) -> NoReturn:
    """On SIGTERM leave through the `finally` clauses, so that nothing half written stays."""
    raise SystemExit(TERMINATED)

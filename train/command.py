"""Run one of the checkout's commands: a person's mistake is one line on stderr and exit code 1."""

import atexit
import gc
import sys
from collections.abc import Sequence
from typing import NoReturn

import typer
from rich.console import Console

from edge_runtime.cli.codes import INTERRUPTED
from edge_runtime.errors import TintLiteError
from train.errors import TrainError


def run(app: typer.Typer, room: str, arguments: Sequence[str] | None = None) -> NoReturn:
    """Parse, do, exit.

    Args:
        app: the commands.
        room: `train`, `export` or `benchmarks`; its errors begin with it.
        arguments: by default those of the process.
    Raises:
        SystemExit: 0 when all went well, 1 after a mistake, 2 for wrong usage, 130 after ctrl-C.
    """
    # Python's last collection would walk through all of Keras for two seconds.
    atexit.register(gc.freeze)
    try:
        app(args=None if arguments is None else list(arguments), prog_name=f"python -m {room}")
    except (TrainError, TintLiteError, OSError) as error:
        _complain(f"{room}: {error}")
    except ModuleNotFoundError as error:
        extra = "bench" if room == "benchmarks" else room
        _complain(f"{room}: {error.name} is not installed: pip install -e '.[{extra}]'")
    except KeyboardInterrupt:
        _complain(f"{room}: interrupted", INTERRUPTED)
    sys.exit(0)


def _complain(sentence: str, code: int = 1) -> NoReturn:
    Console(stderr=True, soft_wrap=True).print(sentence, highlight=False, markup=False)
    sys.exit(code)

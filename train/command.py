"""Run one of the checkout's commands: a person's mistake is one line on stderr and exit code 1."""

import sys
from collections.abc import Sequence
from typing import NoReturn

import typer
from rich.console import Console

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
    try:
        app(args=None if arguments is None else list(arguments), prog_name=f"python -m {room}")
    except (TrainError, TintLiteError, OSError) as error:
        stderr = Console(stderr=True, soft_wrap=True)
        stderr.print(f"{room}: {error}", highlight=False, markup=False)
        sys.exit(1)
    sys.exit(0)

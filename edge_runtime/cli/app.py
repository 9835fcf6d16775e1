"""The command `tintlite`: its own options, and which commands it has.

The files of commands import what they need when they run: help and completion are quick.
"""

from typing import Annotated

import typer

from edge_runtime import __version__
from edge_runtime.cli.accelerators import accelerators
from edge_runtime.cli.benchmark import benchmark
from edge_runtime.cli.bulk import bulk
from edge_runtime.cli.camera import camera
from edge_runtime.cli.colorize import colorize
from edge_runtime.cli.console import keep_quiet
from edge_runtime.cli.info import info
from edge_runtime.cli.models import models
from edge_runtime.cli.serve import serve

# Plain help keeps the examples as they are typed, and Rich out of the start-up time.
app = typer.Typer(
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for _command in (colorize, bulk, camera, serve, models, accelerators, benchmark, info):
    app.command()(_command)


def _show_version(asked: bool) -> None:
    if asked:
        typer.echo(f"tintlite {__version__}")
        raise typer.Exit


# What `tintlite` alone says before its help.
_FIRST = """For most people this is the command:

    tintlite serve      a page opens in the browser: drop a photo there"""


@app.callback(invoke_without_command=True)
def tintlite(
    context: typer.Context,
    version: Annotated[
        bool,
        typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version."),
    ] = False,
    verbose: Annotated[
        bool, typer.Option("--verbose", "-v", help="Tell on standard error what is done, and how.")
    ] = False,
    quiet: Annotated[
        bool, typer.Option("--quiet", "-q", help="Say nothing but what goes wrong.")
    ] = False,
) -> None:
    """Colour for black-and-white pictures and films, offline.

    \b
    Examples:
      tintlite serve
      tintlite colorize grandmother.jpg
      tintlite colorize film.mp4
      tintlite colorize album/ -o album-in-colour/ --recursive
      tintlite models
      tintlite -v colorize old.tif
    """
    from edge_runtime.cli.logs import show_log

    keep_quiet(quiet)
    show_log(verbose)
    if context.invoked_subcommand is None:
        typer.echo(f"{_FIRST}\n\n{context.get_help()}")

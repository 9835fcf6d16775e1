"""The commands of `tintlite` and their options. What they need is imported when they run."""

from enum import Enum
from typing import Annotated

import typer

from edge_runtime import __version__
from edge_runtime.framing import DEFAULT_FRAMING, FRAMINGS
from edge_runtime.model_file import DEFAULT_MODEL
from edge_runtime.saturation import MAX_SATURATION, check_saturation
from edge_runtime.threads import MAX_THREADS

# Plain help keeps the examples as they are typed, and Rich out of the start-up time.
app = typer.Typer(
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

FramingName = Enum("FramingName", {name: name for name in FRAMINGS}, type=str)
_FRAMING = FramingName(DEFAULT_FRAMING)


def _show_version(asked: bool) -> None:
    if asked:
        typer.echo(f"tintlite {__version__}")
        raise typer.Exit


def _saturation(value: float) -> float:
    try:
        check_saturation(value)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from None
    return value


@app.callback(invoke_without_command=True)
def tintlite(
    context: typer.Context,
    version: Annotated[
        bool,
        typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version."),
    ] = False,
) -> None:
    """Colour for black-and-white pictures, offline.

    \b
    Examples:
      tintlite colorize grandmother.jpg
      tintlite colorize album/ -o album-in-colour/ --recursive
      tintlite models
    """
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())


@app.command()
def colorize(
    # Texts, not paths: a Path forgets a slash at the end, and takes an empty one for a dot; and
    # Typer would refuse all of them for one that cannot be read.
    paths: Annotated[
        list[str], typer.Argument(metavar="PATH...", help="Pictures, and folders of pictures.")
    ],
    out: Annotated[
        str | None,
        typer.Option(
            "-o",
            "--out",
            metavar="OUT",
            help="The file to write, or the folder for a folder or several pictures.",
        ),
    ] = None,
    model: Annotated[
        str, typer.Option("--model", "-m", help="A shipped model's name, or a .tflite file.")
    ] = DEFAULT_MODEL,
    recursive: Annotated[
        bool, typer.Option("--recursive", "-r", help="Go into sub-folders too.")
    ] = False,
    threads: Annotated[
        int | None,
        typer.Option(
            min=1, max=MAX_THREADS, help="Threads to use.  [default: the cores, at most 4]"
        ),
    ] = None,
    saturation: Annotated[
        float,
        typer.Option(
            callback=_saturation, help=f"How strong the colours are, 0 to {MAX_SATURATION:g}."
        ),
    ] = 1.0,
    framing: Annotated[
        FramingName, typer.Option(help="How the network sees pictures that are not square.")
    ] = _FRAMING,
    side_by_side: Annotated[
        bool, typer.Option("--side-by-side", help="Write grey and colour beside each other.")
    ] = False,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Replace output files that exist already.")
    ] = False,
) -> int:
    """Colour pictures: JPEG, PNG, TIFF, WebP, BMP.

    NAME.EXT becomes NAME.colour.EXT beside it, or in the folder OUT; a folder's pictures go to
    FOLDER-colour. OUT's ending chooses the format. Files are never replaced without --overwrite,
    and a result of an earlier run (NAME.colour.EXT) in a folder is not coloured again.

    \b
    Examples:
      tintlite colorize grandmother.jpg
      tintlite colorize grandmother.tif -o grandmother.png --saturation 1.3
      tintlite colorize grandmother.jpg -o before-after.jpg --side-by-side
      tintlite colorize album/ holiday.jpg -o coloured/ --recursive --model nano

    \b
    Exit code: 0 all done, 1 something failed, 2 wrong usage, 130 stopped by ctrl-C.
    """
    from edge_runtime.cli.colorize import Options, run

    return run(
        paths,
        out,
        recursive,
        Options(model, threads, saturation, framing.value, side_by_side, overwrite),
    )


@app.command()
def models() -> None:
    """List the shipped models."""
    from edge_runtime.cli.models import show_models

    show_models()


@app.command()
def info(
    model: Annotated[
        str, typer.Argument(metavar="MODEL", help="A shipped model's name, or a .tflite file.")
    ],
) -> None:
    """Show what a model file says of itself, and its tensors.

    \b
    Example:
      tintlite info standard
    """
    from edge_runtime.cli.info import show_info

    show_info(model)

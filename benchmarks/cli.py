"""`python -m benchmarks`: measure what the documents claim."""

import sys
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import track
from rich.table import Table

from train.command import run

app = typer.Typer(
    help="Measure TintLite.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
console = Console(width=None if sys.stdout.isatty() else 120)


@app.callback()
def _several_commands() -> None:
    """Keeps `framing` a command of its own while it is the only one."""


@app.command("framing")
def framing_command(
    on: Annotated[str, typer.Option(help="Folder, .tar, .zip, or prepared data as DATA:val.")],
    model: Annotated[str, typer.Option(help="A shipped name or a .tflite.")] = "standard",
    limit: Annotated[int | None, typer.Option(min=1, help="At most this many pictures.")] = None,
) -> None:
    """Squash, pad or tile: the colours of panoramas and portraits by each."""
    from benchmarks.framing import compare_framings
    from train.open_pictures import TruePictures

    pictures = TruePictures(on, limit)
    progress = track(pictures, "measuring", total=len(pictures), console=console)
    scores = compare_framings(model, progress)
    table = Table(title=f"{model} on {scores[0].pictures} pictures, cut to each aspect")
    for heading in ("width : height", "framing", "gain over grey", "colourfulness", "ms"):
        table.add_column(heading, justify="left" if heading == "framing" else "right")
    for row in scores:
        aspect = f"{row.aspect:.2g} : 1" if row.aspect >= 1 else f"1 : {1 / row.aspect:.2g}"
        table.add_row(
            aspect,
            row.framing,
            f"{row.gain:+.2f} dB",
            f"{row.colourfulness_ratio:.2f}",
            f"{row.ms:.1f}",
        )
    console.print(table)


def main() -> None:
    """Run a command and exit."""
    run(app, "benchmarks")

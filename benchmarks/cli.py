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


@app.command("latency")
def latency_command(
    models: Annotated[list[str], typer.Argument(help="Shipped names or .tflite files.")],
    threads: Annotated[int, typer.Option(min=1, max=64)] = 1,
    runs: Annotated[int, typer.Option(min=5, help="Of the network; pictures get fewer.")] = 100,
) -> None:
    """How long the network takes, and a picture from grey to colour in memory."""
    from benchmarks.latency import measure_latency

    table = Table(title=f"{threads} thread{'s' if threads > 1 else ''}, milliseconds")
    for heading in ("model", "what", "runs", "median", "90 %"):
        table.add_column(heading, justify="left" if heading in ("model", "what") else "right")
    for model in models:
        for row in measure_latency(model, threads, runs):
            figures = (str(row.runs), f"{row.median:.1f}", f"{row.p90:.1f}")
            table.add_row(model, row.what, *figures)
    console.print(table)


def main() -> None:
    """Run a command and exit."""
    run(app, "benchmarks")

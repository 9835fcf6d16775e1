"""The command that measures whether looking twice gains anything."""

from typing import Annotated

import typer
from rich.progress import track
from rich.table import Table

from benchmarks.commands.console import console


def detail_command(
    on: Annotated[str, typer.Option(help="Folder, .tar, .zip, or prepared data as DATA:val.")],
    model: Annotated[str, typer.Option(help="A shipped name or a .tflite.")] = "standard",
    limit: Annotated[int | None, typer.Option(min=1, help="At most this many pictures.")] = None,
) -> None:
    """One look at the whole picture, and windows of it joined with that."""
    from benchmarks.detail import measure_detail
    from train.open_pictures import TruePictures

    pictures = TruePictures(on, limit)
    progress = track(pictures, "measuring", total=len(pictures), console=console)
    scores = measure_detail(model, progress)
    table = Table(title=f"{model} on {scores[0].pictures} pictures")
    for heading in ("looking", "runs", "gain over grey", "better than one look", "colourfulness"):
        table.add_column(heading, justify="left" if heading == "looking" else "right")
    for row in scores:
        table.add_row(
            row.way,
            str(row.runs),
            f"{row.gain:+.2f} dB",
            f"{row.better:.0%}",
            f"{row.colourfulness_ratio:.2f}",
        )
    console.print(table)

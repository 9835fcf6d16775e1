"""The command that measures how well pictures keep their lightness."""

from typing import Annotated

import typer
from rich.progress import track
from rich.table import Table

from benchmarks.commands.console import console


def lightness_command(
    on: Annotated[str, typer.Option(help="Folder, .tar, .zip, or prepared data as DATA:val.")],
    model: Annotated[str, typer.Option(help="A shipped name or a .tflite.")] = "standard",
    limit: Annotated[int | None, typer.Option(min=1, help="At most this many pictures.")] = None,
) -> None:
    """How far L* is from the picture's own, at several saturations."""
    from benchmarks.lightness import OFF, measure_lightness
    from train.open_pictures import TruePictures

    pictures = TruePictures(on, limit)
    progress = track(pictures, "measuring", total=len(pictures), console=console)
    scores = measure_lightness(model, progress, (1.0, 1.3, 2.0, 3.0))
    table = Table(title=f"{model} on {scores[0].pictures} pictures: L* against their own")
    for heading in ("saturation", f"off by more than {OFF:g}", "worst"):
        table.add_column(heading, justify="right")
    for row in scores:
        table.add_row(f"{row.saturation:g}", f"{row.off:.2%}", f"{row.worst:.2f}")
    console.print(table)

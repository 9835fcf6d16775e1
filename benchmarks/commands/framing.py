"""The command that compares framings of panoramas and portraits."""

from typing import Annotated

import typer
from rich.progress import track
from rich.table import Table

from benchmarks.commands.console import console


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

"""The command that measures what margins and mounts cost."""

from typing import Annotated

import typer
from rich.progress import track
from rich.table import Table

from benchmarks.commands.console import console


def margins_command(
    on: Annotated[str, typer.Option(help="Folder, .tar, .zip, or prepared data as DATA:val.")],
    model: Annotated[str, typer.Option(help="A shipped name or a .tflite.")] = "standard",
    limit: Annotated[int | None, typer.Option(min=1, help="At most this many pictures.")] = None,
) -> None:
    """What borders, mounts and album pages cost, coloured whole and with margins left out."""
    from benchmarks.margins import measure_margins
    from train.open_pictures import TruePictures

    pictures = TruePictures(on, limit)
    scores = measure_margins(
        model, track(pictures, "reading", total=len(pictures), console=console)
    )
    table = Table(title=f"{model} on {scores[0].photos} photos: gain over the bare one's, chroma")
    for heading in ("page", "whole", "ours", "mount whole", "mount ours", "found"):
        table.add_column(heading, justify="left" if heading == "page" else "right")
    for row in scores:
        table.add_row(
            row.kind,
            f"{row.whole_gain - row.bare_gain:+.2f} dB",
            f"{row.gain - row.bare_gain:+.2f} dB",
            f"{row.whole_chroma:.1f}",
            f"{row.chroma:.1f}",
            f"{row.found:.1%}",
        )
    console.print(table)
    console.print(f"gain of the bare photos: {scores[0].bare_gain:+.2f} dB")

"""The command that counts found scene cuts."""

from typing import Annotated

import typer
from rich.progress import track
from rich.table import Table

from benchmarks.commands.console import console


def cuts_command(
    on: Annotated[str, typer.Option(help="Folder, .tar, .zip, or prepared data as DATA:val.")],
    limit: Annotated[int | None, typer.Option(min=2, help="At most this many pictures.")] = None,
) -> None:
    """How often a scene cut is found where there is one, and where there is none."""
    from benchmarks.cuts import measure_cuts
    from train.open_pictures import TruePictures

    pictures = TruePictures(on, limit)
    scores = measure_cuts(track(pictures, "reading", total=len(pictures), console=console))
    table = Table(title=f"pairs made of {len(pictures)} pictures")
    for heading in ("between the frames", "is a cut", "called one"):
        table.add_column(heading, justify="right" if heading == "called one" else "left")
    for row in scores:
        table.add_row(row.kind, "yes" if row.is_cut else "no", f"{row.found:.1%}")
    console.print(table)

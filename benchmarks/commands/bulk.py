"""The command that measures how near `tintlite bulk` comes to ideal speed."""

import tempfile
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from benchmarks.commands.console import console
from benchmarks.commands.study import Model


def bulk_command(
    workers: Annotated[list[int] | None, typer.Option(min=1, help="One run for each.")] = None,
    model: Model = "standard",
    pictures: Annotated[int, typer.Option(min=8, help="How many each run colours.")] = 60,
    ray: Annotated[str | None, typer.Option(help="A Ray cluster to run on.")] = None,
) -> None:
    """The share of ideal speed of `tintlite bulk` on made-up scans of 12 megapixels."""
    from benchmarks.bulk import DIFFERENT, time_bulk

    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder, "bulk")
        times = time_bulk(place, model, pictures, workers or [1, 2], ray)
        read = [(place / "scans" / f"{n:06}.jpg").stat().st_size for n in range(DIFFERENT)]
        written = (place / "alone.jpg").stat().st_size
    table = Table(title=f"{model}, {pictures} scans: alone {times[0].alone:.2f} s each")
    for heading in ("workers", "seconds", "share of ideal", "overhead a picture", "nothing to do"):
        table.add_column(heading, justify="right")
    for row in times:
        table.add_row(
            str(row.workers),
            f"{row.seconds:.1f}",
            f"{row.share:.0%}",
            f"{1000 * row.overhead:.0f} ms",
            f"{row.again:.1f} s",
        )
    console.print(table)
    console.print(f"MB read and written of a scan: {sum(read) / 4e6:.1f}, {written / 1e6:.1f}")

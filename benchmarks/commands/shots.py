"""The command that measures how colours hold through a shot."""

from rich.table import Table

from benchmarks.commands.console import console
from benchmarks.commands.study import Limit, Model, On, measured


def shots_command(on: On, limit: Limit = 24, model: Model = "standard") -> None:
    """How far the tint moves where the exposure of a film does: fades, flicker, old film."""
    from benchmarks.shots import measure_shots

    table = Table(title=f"films made of pictures, {model}")
    headings = ("film", "colours", "tint", "worst", "CDC", "flicker", "colourfulness")
    for heading in headings:
        table.add_column(heading, justify="left" if heading in headings[:2] else "right")
    for (kind, colours), row in measure_shots(measured(on, limit), model).items():
        table.add_row(
            kind,
            colours,
            f"{row.tint:.2f}",
            f"{row.worst_tint:.2f}",
            f"{row.cdc:.5f}",
            f"{row.flicker:.3f}",
            f"{row.colourfulness:.1f}",
        )
    console.print(table)

"""The command that measures what several suggestions are worth."""

from typing import Annotated

import typer
from rich.table import Table

from benchmarks.commands.console import console
from benchmarks.commands.study import Limit, Model, On, measured


def suggest_command(
    on: On,
    model: Model = "standard",
    limit: Limit = None,
    odd: Annotated[
        bool, typer.Option("--odd", help="Every second picture: the others chose the numbers.")
    ] = False,
) -> None:
    """The best of four suggestions against the truth, and four pictures made trivially."""
    from itertools import islice

    from benchmarks.suggest import measure_suggestions

    pictures = measured(on, limit)
    scores = measure_suggestions(model, islice(pictures, 1, None, 2) if odd else pictures)
    table = Table(
        title=f"{model} on {scores.pictures} pictures: {scores.first:.2f} dB, "
        f"grey {scores.grey:+.2f} dB"
    )
    for heading in ("way", "best of four", "95 % interval", "the three others", "ab apart"):
        table.add_column(heading, justify="left" if heading == "way" else "right")
    for row in scores.ways:
        table.add_row(
            row.way,
            f"{row.best:+.2f} dB",
            f"{row.low:+.2f} to {row.high:+.2f}",
            f"{row.others:+.2f} dB",
            f"{row.apart:.1f}",
        )
    console.print(table)

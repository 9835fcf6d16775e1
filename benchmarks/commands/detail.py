"""The command that measures whether looking twice gains anything."""

from rich.table import Table

from benchmarks.commands.console import console
from benchmarks.commands.study import Limit, Model, On, measured


def detail_command(on: On, model: Model = "standard", limit: Limit = None) -> None:
    """One look at the whole picture, and windows of it joined with that."""
    from benchmarks.detail import measure_detail

    scores = measure_detail(model, measured(on, limit))
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

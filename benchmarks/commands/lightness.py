"""The command that measures how well pictures keep their lightness."""

from rich.table import Table

from benchmarks.commands.console import console
from benchmarks.commands.study import Limit, Model, On, measured


def lightness_command(on: On, model: Model = "standard", limit: Limit = None) -> None:
    """How far L* is from the picture's own, at several saturations."""
    from benchmarks.lightness import OFF, measure_lightness

    scores = measure_lightness(model, measured(on, limit), (1.0, 1.3, 2.0, 3.0))
    table = Table(title=f"{model} on {scores[0].pictures} pictures: L* against their own")
    for heading in ("saturation", f"off by more than {OFF:g}", "worst"):
        table.add_column(heading, justify="right")
    for row in scores:
        table.add_row(f"{row.saturation:g}", f"{row.off:.2%}", f"{row.worst:.2f}")
    console.print(table)

"""The command that measures what hints gain."""

from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from benchmarks.commands.console import console
from benchmarks.commands.study import Limit, Model, On, measured


def hints_command(
    on: On,
    model: Model = "standard",
    limit: Limit = None,
    seed: Annotated[int, typer.Option(min=0, help="Of the places of the hints.")] = 0,
    plot: Annotated[Path | None, typer.Option(help="Write the curve as SVG.")] = None,
) -> None:
    """Gain over no hint with hints from the truth: spreading, and Levin's optimization."""
    from benchmarks.hints import measure_hints

    scores, wrong = measure_hints(model, measured(on, limit), seed=seed)
    table = Table(title=f"{model} on {scores[0].pictures} pictures: gain over no hint")
    for heading in ("way", "hints", "gain", "95 % interval"):
        table.add_column(heading, justify="left" if heading == "way" else "right")
    for row in scores:
        limits = f"{row.low:+.2f} to {row.high:+.2f}"
        table.add_row(row.way, str(row.hints), f"{row.gain:+.2f} dB", limits)
    console.print(table)
    console.print(
        f"a wrong hint on {wrong.pictures} pictures: its object moves by {wrong.moved:.0%}, "
        f"what lies beyond lightness edges by {wrong.beyond:.1f} units of ab "
        f"(at nine of ten pictures by {wrong.beyond_90:.1f} at most)"
    )
    if plot is not None:
        from benchmarks.report.plots import gain_of_hints

        lines: dict[str, list[tuple[int, float, float, float]]] = {}
        for row in scores:
            lines.setdefault(row.way, []).append((row.hints, row.gain, row.low, row.high))
        plot.write_text(gain_of_hints(lines), "utf-8")

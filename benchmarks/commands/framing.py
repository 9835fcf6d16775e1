"""The command that compares framings of panoramas and portraits."""

from rich.table import Table

from benchmarks.commands.console import console
from benchmarks.commands.study import Limit, Model, On, measured


def framing_command(on: On, model: Model = "standard", limit: Limit = None) -> None:
    """Squash, pad or tile: the colours of panoramas and portraits by each."""
    from benchmarks.framing import compare_framings

    scores = compare_framings(model, measured(on, limit))
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

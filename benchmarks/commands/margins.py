"""The command that measures what margins and mounts cost."""

from rich.table import Table

from benchmarks.commands.console import console
from benchmarks.commands.study import Limit, Model, On, measured


def margins_command(on: On, model: Model = "standard", limit: Limit = None) -> None:
    """What borders, mounts and album pages cost, coloured whole and with margins left out."""
    from benchmarks.margins import measure_margins

    scores = measure_margins(model, measured(on, limit))
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

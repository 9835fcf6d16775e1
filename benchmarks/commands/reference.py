"""The command that measures what the colours of another picture are worth."""

from benchmarks.commands.console import console
from benchmarks.commands.study import Limit, Model, On, measured


def reference_command(on: On, model: Model = "standard", limit: Limit = None) -> None:
    """One half of every photo takes its colours from the other one."""
    from benchmarks.reference import measure_reference

    score = measure_reference(model, measured(on, limit))
    console.print(
        f"{model} on {score.halves} halves: {score.gain:+.2f} dB by {score.hints:.0f} hints, "
        f"{score.better:.0%} are better, one of ten gains {score.worst_tenth:+.2f} dB or less"
    )

"""The command that tells whether a result is worse than another one."""

from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table
from rich.text import Text

from benchmarks.commands.console import console

HELP = """Fail if a result is worse than another one, beyond the noise.

    python -m benchmarks compare before.json after.json

    python -m benchmarks compare before.json after.json --psnr 0.1 --time 0.2

Accuracy is paired by picture where both files hold the figures of every picture (accuracy
--per-picture); otherwise means are compared, with the noise of their intervals. A loss counts if it
is more than allowed and its 95 % interval leaves zero out. Time is compared by ratios between the
models of a run, not in milliseconds.
Exit code: 0 if nothing was lost, 1 if something was, 2 if the files cannot be compared.
"""

_UNUSABLE = 2


def compare_command(
    before: Annotated[Path, typer.Argument(help="A result file.")],
    after: Annotated[Path, typer.Argument(help="A result of the same kind, made later.")],
    psnr: Annotated[
        float, typer.Option(min=0, help="dB of mean RGB PSNR that may be lost.")
    ] = 0.05,
    ciede2000: Annotated[float, typer.Option(min=0, help="Of CIEDE2000 that may be added.")] = 0.05,
    colourfulness: Annotated[
        float, typer.Option(min=0, help="Share of colourfulness that may be lost.")
    ] = 0.03,
    time: Annotated[
        float, typer.Option(min=0, help="Share by which a model may be slower than the others.")
    ] = 0.10,
    size: Annotated[float, typer.Option(min=0, help="Share by which a file may grow.")] = 0.01,
) -> None:
    from benchmarks.compare_results import CompareError, Tolerances, compare_results
    from edge_runtime.bench.result_file import ResultFileError, read

    tolerances = Tolerances(psnr, ciede2000, colourfulness, time, size)
    try:
        found = compare_results(read(before), read(after), tolerances)
    except (CompareError, ResultFileError) as error:
        typer.echo(f"benchmarks: {error}", err=True)
        raise typer.Exit(_UNUSABLE) from None
    table = Table(title=Text(f"{before.name} against {after.name}"))
    headings = ("model", "figure", "before", "after", "change", "allowed", "")
    for heading in headings:
        table.add_column(heading, justify="left" if heading in ("model", "figure", "") else "right")
    for change in found.changes:
        verdict = "worse" if change.worse else ""
        texts = (
            change.model,
            change.figure,
            change.before,
            change.after,
            change.change,
            change.allowed,
            verdict,
        )
        # Names come from files and may hold what Rich takes for markup.
        table.add_row(*map(Text, texts), style="bold red" if change.worse else None)
    console.print(table)
    for note in found.notes:
        console.print(note, markup=False, highlight=False)
    worse, count = found.worse, len(found.changes)
    if worse:
        names = ", ".join(dict.fromkeys(change.model for change in worse))
        typer.echo(f"worse: {len(worse)} of {count} figures, of {names}")
        raise typer.Exit(1)
    typer.echo(f"not worse: {count} figures within what is allowed")

"""The command that makes a page of result files."""

from pathlib import Path
from typing import Annotated

import typer

from benchmarks.commands.console import console

HELP = """Make a Markdown page of result files, of any kinds and machines, its plots beside it.

    python -m benchmarks report benchmarks/results/*.json --markdown docs/measurements/benchmarks.md

Each result file is taken once. The plots are of the first results of their kinds.
"""


def report_command(
    results: Annotated[list[Path], typer.Argument(help="Result files, in the order to show.")],
    markdown: Annotated[Path, typer.Option(help="The page to write.")],
) -> None:
    from benchmarks.report.page import write_report
    from edge_runtime.bench.result_file import check_target, read

    check_target(markdown)
    write_report([read(file) for file in dict.fromkeys(results)], markdown)
    console.print(f"written: {markdown}", markup=False, highlight=False)

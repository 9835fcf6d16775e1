"""The command that makes pages of result files."""

from pathlib import Path
from typing import Annotated

import typer

from benchmarks.commands.console import console

HELP = """Make a Markdown page and an HTML page of result files, of any kinds and machines.

    python -m benchmarks report benchmarks/results/*.json --markdown docs/benchmarks.md

    python -m benchmarks report mine.json --html out/mine.html --pictures photos/

The HTML page needs no other file and shows photos if you say where they are; Markdown has its plots
beside it, in a folder of its name, and no photos. Each result file is taken once.
"""


def report_command(
    results: Annotated[list[Path], typer.Argument(help="Result files, in the order to show.")],
    markdown: Annotated[Path | None, typer.Option(help="The Markdown page to write.")] = None,
    html: Annotated[Path | None, typer.Option(help="The HTML page to write.")] = None,
    pictures: Annotated[
        str | None,
        typer.Option(help="The source of the first accuracy result, to show its best and worst."),
    ] = None,
    model: Annotated[
        list[Path] | None,
        typer.Option(help="A .tflite to show them with, beside the shipped ones; repeatable."),
    ] = None,
) -> None:
    if markdown is None and html is None:
        raise typer.BadParameter("give --markdown, --html, or both")
    from benchmarks.report.gallery import galleries
    from benchmarks.report.make_report import make_report
    from benchmarks.report.write_pages import write_html, write_markdown
    from benchmarks.target import check_target
    from edge_runtime.benchmark.result_file import read
    from train.errors import SourceError

    for target in (markdown, html):
        if target is not None:
            check_target(target)
    read_results = [read(file) for file in dict.fromkeys(results)]
    with console.status("drawing") as status:
        shown = None
        if pictures is not None and html is not None:
            first = next((r for r in read_results if r.kind == "accuracy"), None)
            if first is None:
                raise SourceError("--pictures needs a result of accuracy")
            status.update("colouring the best and the worst pictures")
            shown = galleries(first, pictures, model or ())
        status.update("drawing")
        document = make_report(read_results, shown)
        if markdown is not None:
            write_markdown(document, markdown)
        if html is not None:
            write_html(document, html)
    for target in (markdown, html):
        if target is not None:
            console.print(f"written: {target}", markup=False, highlight=False)

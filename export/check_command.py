"""`python -m export check`: is a model file whole, and does it run where it should?"""

import json
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from export.errors import ExportError

HELP = """Check a model file: contract, operators, delegates, half precision, colours, size, speed.

The exit code is 1 where a check fails. docs/guide/checking.md tells what each looks at.

    python -m export check out/models/nano.int8_ptq.tflite

    python -m export check my.int8_ptq.tflite --reference runs/my --pictures photos.zip

    python -m export check my.fp16.tflite --json my.check.json
"""

_COLOURS = {"pass": "green", "warning": "yellow", "fail": "red", "skipped": "yellow", "told": ""}


def check_command(
    file: Annotated[str, typer.Argument(help="A .tflite or .onnx, or a shipped model's name.")],
    reference: Annotated[
        str | None, typer.Option(help="A run, its weights, or a float file to compare with.")
    ] = None,
    pictures: Annotated[
        str | None, typer.Option(help="To compare on: folder, .tar, .zip, DATA:val.")
    ] = None,
    json_file: Annotated[
        Path | None, typer.Option("--json", help="Write the report there as well.")
    ] = None,
) -> None:
    from edge_runtime.whole_file import write_whole
    from export.check.check_file import check_file

    # Not to a terminal: wide enough for whole sentences.
    console = Console()
    console = console if console.is_terminal else Console(width=120)
    with console.status("") as status:
        report = check_file(
            file,
            reference=reference,
            pictures=pictures,
            on_stage=status.update,
        )
    table = Table(title=report.file, show_lines=False)
    for heading in ("check", "result", "detail"):
        table.add_column(heading, no_wrap=heading != "detail")
    for row in report.results:
        # Text, not markup: names of layers come from the file.
        table.add_row(row.check, Text(row.status, _COLOURS[row.status]), Text(row.detail))
    console.print(table)
    if json_file is not None:
        data = json.dumps(report.to_json(), indent=1, allow_nan=False) + "\n"
        try:
            write_whole(json_file, data.encode())
        except OSError as error:
            raise ExportError(f"{json_file} cannot be written: {error.strerror}") from None
    if not report.passed:
        raise typer.Exit(1)

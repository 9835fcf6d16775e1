"""`python -m export golden`: write the golden vectors anew."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

console = Console()

HELP = """Write the golden vectors of the shipped models: lightness in, ab out and RGB out of small
pictures, for every language to reproduce.

    python -m export golden --out tests/golden
"""


def golden_command(
    out: Annotated[Path, typer.Option(help="The folder for the vectors.")],
) -> None:
    from export.golden import write_golden

    with console.status("") as status:
        vectors = write_golden(out, status.update)
    for vector in vectors:
        console.print(f"{vector.name}  {vector.width} x {vector.height}", highlight=False)

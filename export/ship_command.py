"""`python -m export ship`: put models into the package, with all that goes with them."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

console = Console()

HELP = """Put exported models into the package, or renew what goes with those that are there: the
ranges of their ends, SHA256SUMS and the golden vectors.

    python -m export ship out/models/nano.int8_ptq.tflite

    python -m export ship --pictures val.tar
"""


def ship_command(
    files: Annotated[list[Path] | None, typer.Argument(help="By default the shipped ones.")] = None,
    pictures: Annotated[
        str | None, typer.Option(help="To measure ranges on, for a model without.")
    ] = None,
    golden: Annotated[Path, typer.Option(help="The golden vectors.")] = Path("tests/golden"),
) -> None:
    from export.ship import ship

    with console.status("") as status:
        results = ship(files or [], golden, pictures=pictures, on_stage=status.update)
    for row in results:
        state = "renewed" if row.changed else "as it was"
        console.print(f"{row.file.name}: {row.bytes:,} bytes, {state}", highlight=False)
    console.print("the sizes stand in docs/models/ as well", style="dim")

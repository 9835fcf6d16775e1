"""`python -m export card`: a model's folder for Hugging Face."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

console = Console()

HELP = """Write a model's folder for Hugging Face: card, licence and model files, as
litert-community has them. Sizes, hashes and recipes are read off the files; figures are those of
the model's page in docs/models/.

    python -m export card standard --out out/card/standard

    python -m export card nano out/models/nano.fp32.onnx --out out/card/nano
"""


def card_command(
    models: Annotated[list[str], typer.Argument(help="Shipped models' names, or model files.")],
    out: Annotated[Path, typer.Option(help="The folder to write.")],
    page: Annotated[
        Path | None, typer.Option(help="The model's page; by default docs/models/NAME.md.")
    ] = None,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace files.")] = False,
) -> None:
    from export.card import write_card

    for path in write_card(models, out, page=page, overwrite=overwrite):
        console.print(f"{path}: {path.stat().st_size:,} bytes", highlight=False)

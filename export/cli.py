"""`python -m export`: from a training run to `.tflite` files."""

import os
import sys
from math import isfinite
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from export.errors import ExportError
from train.command import run

# Conversion is TensorFlow's; weights trained on another backend load into it all the same.
os.environ["KERAS_BACKEND"] = "tensorflow"
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

app = typer.Typer(
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="markdown",
)
# Wide enough for its tables where the output goes to a file.
console = Console(width=None if sys.stdout.isatty() else 120)

HELP = """Convert a trained network to `.tflite` files with the contract inside, checked on the way.

    python -m export runs/nano --recipe fp32 fp16 int8_ptq --out out/models \\
        --calibrate data/mine:train

    python -m export runs/nano --recipe int8_ptq --out out/models --calibrate photos.zip \\
        --input-size 160 --measure val=val.tar --measure held_back=data/mine:val
"""


@app.command(help=HELP)
def export_command(
    source: Annotated[Path, typer.Argument(help="A run's folder, or its .weights.h5.")],
    recipe: Annotated[list[str], typer.Option(help="fp32, fp16, int8_ptq; several may follow.")],
    out: Annotated[Path, typer.Option(help="The folder for NAME.RECIPE.tflite.")],
    calibrate: Annotated[str, typer.Option(help="200 pictures or more, or prepared data.")],
    name: Annotated[str | None, typer.Option(help="The model's; by default the run's.")] = None,
    version: Annotated[str, typer.Option(help="The model's own version.")] = "1.0",
    input_size: Annotated[int | None, typer.Option(help="S; measure it with evaluate.")] = None,
    ab_gain: Annotated[float, typer.Option(min=0.1, max=4, help="Multiplied into the head.")] = 1.0,
    measure: Annotated[
        list[str] | None, typer.Option(help="NAME=SOURCE to measure on, for the contract.")
    ] = None,
    training_set: Annotated[str, typer.Option(help="For the contract.")] = "the maker's own photos",
    licence: Annotated[str, typer.Option(help="For the contract.")] = "not stated",
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace files.")] = False,
) -> None:
    from export.export_model import Label, export_model
    from train.networks import run_name

    sets = {}
    for text in measure or []:
        key, equals, value = text.partition("=")
        if not (key.isidentifier() and equals and value):
            raise ExportError(f"--measure takes NAME=SOURCE, not {text!r}")
        sets[key] = value
    label = Label(name or run_name(source), version, training_set, licence)
    with console.status("") as status:

        def on_stage(stage: str) -> None:
            status.update(stage)
            console.print(stage, style="dim", highlight=False)

        rows = export_model(
            source,
            recipe,
            out,
            label,
            calibration=calibrate,
            input_size=input_size,
            ab_gain=ab_gain,
            sets=sets,
            overwrite=overwrite,
            on_stage=on_stage,
        )
    table = Table()
    for heading in ("file", "bytes", "max ab difference", "RGB PSNR to Keras"):
        table.add_column(heading, justify="left" if heading == "file" else "right")
    for key in sets:
        table.add_column(f"{key}: RGB PSNR (gain), colourfulness", justify="right")
    for row in rows:
        figures = [
            f"{s.rgb_psnr:.2f} ({s.gain:+.2f}), {s.colourfulness_ratio:.3f}"
            for s in row.scores.values()
        ]
        parity = row.parity
        table.add_row(
            row.file.name,
            f"{row.bytes:,}",
            f"{parity.max_ab:.4f}",
            f"{parity.rgb_psnr:.1f} dB" if isfinite(parity.rgb_psnr) else "equal",
            *figures,
        )
    console.print(table)


def expand(arguments: list[str], option: str = "--recipe") -> list[str]:
    """Let several values follow one option: `--recipe a b` becomes `--recipe a --recipe b`."""
    expanded: list[str] = []
    inside = False
    for word in arguments:
        if word.startswith("-"):
            inside = word == option
        elif inside and expanded[-1] != option:
            expanded.append(option)
        expanded.append(word)
    return expanded


def main() -> None:
    """Run the command and exit."""
    run(app, "export", expand(sys.argv[1:]))

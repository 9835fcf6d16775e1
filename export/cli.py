"""`python -m export`: from a training run to `.tflite` and `.onnx` files."""

import os
import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from export.card_command import HELP as CARD_HELP
from export.card_command import card_command
from export.check_command import HELP as CHECK_HELP
from export.check_command import check_command
from export.errors import ExportError
from export.golden_command import HELP as GOLDEN_HELP
from export.golden_command import golden_command
from export.qat.options import DEFAULT_LEARNING_RATE, DEFAULT_MINUTES, QatOptions
from export.ship_command import HELP as SHIP_HELP
from export.ship_command import ship_command
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

HELP = """Convert a trained network to model files with the contract inside, checked on the way.

    python -m export runs/nano --recipe fp32 fp16 int8_ptq --out out/models \\
        --calibrate data/mine:train

    python -m export runs/nano --recipe int8_ptq --out out/models --calibrate photos.zip \\
        --input-size 160 --measure val=val.tar --measure held_back=data/mine:val

    python -m export runs/nano --recipe int8_qat --out out/models --calibrate data/mine:train \\
        --data data/mine --qat-minutes 40

    python -m export weights/nano --recipe onnx_fp32 onnx_fp16 onnx_int8 --out out/models \\
        --calibrate photos.zip --rounded weights/nano/nano.int8_qat.tflite

    python -m export check --help
    python -m export ship --help
    python -m export card --help
    python -m export golden --help
"""


@app.command(help=HELP)
def export_command(
    source: Annotated[Path, typer.Argument(help="A run's folder, or its .weights.h5.")],
    recipe: Annotated[
        list[str],
        typer.Option(
            help="fp32, fp16, int8_ptq, int8_qat, onnx_fp32, onnx_fp16, onnx_int8; several follow."
        ),
    ],
    out: Annotated[Path, typer.Option(help="The folder for NAME.RECIPE.tflite or .onnx.")],
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
    data: Annotated[
        Path | None, typer.Option(help="Prepared data, for int8_qat to fine-tune on.")
    ] = None,
    qat_minutes: Annotated[
        float | None, typer.Option(help="How long int8_qat fine-tunes; 40 by default.")
    ] = None,
    qat_steps: Annotated[int | None, typer.Option(help="The same in batches.")] = None,
    qat_learning_rate: Annotated[
        float, typer.Option(help="Its first; it falls to zero.")
    ] = DEFAULT_LEARNING_RATE,
    qat_run: Annotated[
        Path | None, typer.Option(help="Its checkpoint, to go on from; OUT/NAME.qat by default.")
    ] = None,
    rounded: Annotated[
        Path | None, typer.Option(help="An int8 .tflite, whose integers onnx_int8 takes over.")
    ] = None,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace files.")] = False,
    write_anyway: Annotated[
        bool, typer.Option("--write-anyway", help="Also files that break a rule of the checks.")
    ] = False,
) -> None:
    from export.export_model import Label, export_model
    from export.export_table import export_table
    from export.progress import Progress
    from train.networks.load import run_name

    sets = {}
    for text in measure or []:
        key, equals, value = text.partition("=")
        if not (key.isidentifier() and equals and value):
            raise ExportError(f"--measure takes NAME=SOURCE, not {text!r}")
        sets[key] = value
    label = Label(name or run_name(source), version, training_set, licence)
    qat = None
    if data is not None:
        minutes = qat_minutes if qat_minutes or qat_steps else DEFAULT_MINUTES
        folder = qat_run or out / f"{label.name}.qat"
        qat = QatOptions(data, folder, minutes, qat_steps, qat_learning_rate)
    with console.status("") as status:
        on_progress = Progress(status, console)

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
            write_anyway=write_anyway,
            qat=qat,
            rounded=rounded,
            on_stage=on_stage,
            on_progress=on_progress,
        )
    console.print(export_table(rows))
    for row in rows:
        for result in row.gates:
            if result.status in ("fail", "warning"):
                console.print(
                    f"{row.file.name}: {result.check}: {result.detail}",
                    style="yellow",
                    highlight=False,
                    markup=False,
                )


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


# What else there is to do than to export: the first word says so.
others = typer.Typer(
    add_completion=False, pretty_exceptions_enable=False, rich_markup_mode="markdown"
)
others.callback()(lambda: None)
others.command("card", help=CARD_HELP)(card_command)
others.command("check", help=CHECK_HELP)(check_command)
others.command("golden", help=GOLDEN_HELP)(golden_command)
others.command("ship", help=SHIP_HELP)(ship_command)


def main() -> None:
    """Run the command and exit; a run whose folder is called as a command is `./check`."""
    words = sys.argv[1:]
    if words and words[0] in {command.name for command in others.registered_commands}:
        run(others, "export", words)
    run(app, "export", expand(words))

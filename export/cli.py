"""`python -m export`: from a training run to `.tflite` and `.onnx` files."""

import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.status import Status
from rich.table import Table
from rich.text import Text

from export.errors import ExportError
from export.qat.options import DEFAULT_LEARNING_RATE, DEFAULT_MINUTES, QatOptions
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
_SECONDS_BETWEEN_LINES = 60.0
_COLOURS = {"pass": "green", "warning": "yellow", "fail": "red", "skipped": "yellow", "told": ""}


@app.command()
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
    """Convert a trained network to model files with the contract inside, checked on the way.

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
    from export.export_model import Label, export_model
    from export.export_table import export_table
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
        on_progress = _now_and_then(status)

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


def _now_and_then(status: Status) -> Callable[[str], None]:
    """Shows how far a long stage is: on a terminal in place, in a log once a minute."""
    printed = time.monotonic()

    def show(line: str) -> None:
        nonlocal printed
        status.update(line)
        if not console.is_terminal and time.monotonic() - printed > _SECONDS_BETWEEN_LINES:
            printed = time.monotonic()
            console.print(line, style="dim", highlight=False)

    return show


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


@others.command("card")
def card_command(
    models: Annotated[list[str], typer.Argument(help="Shipped models' names, or model files.")],
    out: Annotated[Path, typer.Option(help="The folder to write.")],
    page: Annotated[
        Path | None, typer.Option(help="The model's page; by default docs/models/NAME.md.")
    ] = None,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace files.")] = False,
) -> None:
    """Write a model's folder for Hugging Face: card, licence and model files, as
    litert-community has them. Sizes, hashes and recipes are read off the files; figures are those
    of the model's page in docs/models/.

        python -m export card standard --out out/card/standard

        python -m export card nano out/models/nano.fp32.onnx --out out/card/nano
    """
    from export.card import write_card

    for path in write_card(models, out, page=page, overwrite=overwrite):
        console.print(f"{path}: {path.stat().st_size:,} bytes", highlight=False)


@others.command("check")
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
    """Check a model file: contract, operators, delegates, half precision, colours, size, speed.

    The exit code is 1 where a check fails. docs/guide/checking.md tells what each looks at.

        python -m export check out/models/nano.int8_ptq.tflite

        python -m export check my.int8_ptq.tflite --reference runs/my --pictures photos.zip

        python -m export check my.fp16.tflite --json my.check.json
    """
    from edge_runtime.whole_file import write_whole
    from export.check.check_file import check_file

    with console.status("") as status:
        report = check_file(file, reference=reference, pictures=pictures, on_stage=status.update)
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


@others.command("golden")
def golden_command(
    out: Annotated[Path, typer.Option(help="The folder for the vectors.")],
) -> None:
    """Write the golden vectors of the shipped models: lightness in, ab out and RGB out of
    small pictures, for every language to reproduce.

        python -m export golden --out tests/golden
    """
    from export.golden import write_golden

    with console.status("") as status:
        vectors = write_golden(out, status.update)
    for vector in vectors:
        words = "{name}  {width} x {height}".format_map(vector)
        console.print(words, highlight=False)


@others.command("ship")
def ship_command(
    files: Annotated[list[Path] | None, typer.Argument(help="By default the shipped ones.")] = None,
    pictures: Annotated[
        str | None, typer.Option(help="To measure ranges on, for a model without.")
    ] = None,
    golden: Annotated[Path, typer.Option(help="The golden vectors.")] = Path("tests/golden"),
) -> None:
    """Put exported models into the package, or renew what goes with those that are there:
    the ranges of their ends, SHA256SUMS and the golden vectors.

        python -m export ship out/models/nano.int8_ptq.tflite

        python -m export ship --pictures val.tar
    """
    from export.ship import ship

    with console.status("") as status:
        results = ship(files or [], golden, pictures=pictures, on_stage=status.update)
    for row in results:
        state = "renewed" if row.changed else "as it was"
        console.print(f"{row.file.name}: {row.bytes:,} bytes, {state}", highlight=False)
    console.print("the sizes stand in docs/models/ as well", style="dim")


def main() -> None:
    """Run the command and exit; a run whose folder is called as a command is `./check`."""
    words = sys.argv[1:]
    if words and words[0] in {command.name for command in others.registered_commands}:
        run(others, "export", words)
    run(app, "export", expand(words))

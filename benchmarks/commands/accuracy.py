"""The command that measures how good models are."""

import logging
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from benchmarks.commands.console import console

HELP = """Measure how good models are on colour pictures, beside grey and mean colour.

    python -m benchmarks accuracy standard nano --on val.tar --out accuracy.json

    python -m benchmarks accuracy out/models/*.tflite runs/mine --on data/mine:val --out mine.json

PSNR over RGB, Lab and ab, rho, CIEDE2000 and colourfulness are always measured; the Fréchet
distance needs the weights of a network trained on photos. `--plates` and `--film` judge a*, b*
alone. `compare` pairs files that `--per-picture` wrote picture by picture.
"""

_IN_TABLE = (
    "rgb_psnr",
    "gain",
    "rho",
    "ciede2000",
    "colourfulness_ratio",
    "mobilenetv2_frechet",
    "neutral_chroma",
)


def accuracy_command(
    models: Annotated[
        list[str], typer.Argument(help="Shipped names, .tflite files, run folders, .weights.h5.")
    ],
    on: Annotated[str, typer.Option(help="Folder, .tar, .zip, or prepared data as DATA:val.")],
    out: Annotated[Path, typer.Option(help="The result file to write.")],
    limit: Annotated[
        int | None, typer.Option(min=1, help="At most this many pictures, spread evenly.")
    ] = None,
    plates: Annotated[
        str | None, typer.Option(help="Measure on these glass plates of known colour as well.")
    ] = None,
    film: Annotated[
        bool, typer.Option("--film", help="Measure on the pictures aged as well: faded, old film.")
    ] = False,
    per_picture: Annotated[
        Path | None,
        typer.Option(help="Write the result with the figures of every picture here, for compare."),
    ] = None,
    mobilenetv2: Annotated[
        str | None,
        typer.Option(
            help="MobileNetV2 1.0 without classifier, .weights.h5, or `imagenet` (Keras "
            "downloads it): for the Fréchet distance.",
            envvar="TINTLITE_MOBILENETV2",
        ),
    ] = None,
) -> None:
    # TensorFlow's own chatter (missing GPUs, oneDNN) would bury ours.
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    logging.getLogger("tensorflow").setLevel(logging.ERROR)
    from benchmarks.accuracy import MIN_SIDE, ROWS_OF_OUR_OWN
    from benchmarks.accuracy_columns import AB_COLUMNS
    from benchmarks.accuracy_run import failures, run_accuracy, without_pictures
    from benchmarks.frechet import FrechetFeatures
    from benchmarks.open_models import open_models
    from edge_runtime.bench.command_line import command_line
    from edge_runtime.bench.result_file import check_target, write
    from train.data.open_pictures import TruePictures

    for target in (out, per_picture):
        if target is not None:
            check_target(target)
    pictures = TruePictures(on, limit, MIN_SIDE)
    known_plates = TruePictures(plates, None, MIN_SIDE) if plates else None
    with console.status("opening the models"):
        features = FrechetFeatures(mobilenetv2) if mobilenetv2 else None
        opened = open_models(models, ROWS_OF_OUR_OWN)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, TimeRemainingColumn(), console=console) as progress:
        # Once for the mean colour, once to measure.
        total = (3 if film else 2) * len(pictures) + (len(known_plates) if known_plates else 0)
        task = progress.add_task("pictures", total=total)
        result = run_accuracy(
            opened,
            pictures,
            on,
            features,
            command_line("python -m benchmarks", sys.argv[1:]),
            on_picture=lambda: progress.advance(task),
            plates=known_plates,
            film=film,
        )
    write(without_pictures(result), out)
    if per_picture is not None:
        write(result, per_picture)
    console.print(_table(result, _IN_TABLE, f"{len(result.pictures)} pictures, means"))
    for wanted, what in ((plates, "plates"), (film, "film")):
        if wanted:
            keys = [column.key for column in AB_COLUMNS if column.key.startswith(what)]
            console.print(_table(result, keys, f"{what}, a* and b* alone"))
    for note in result.notes:
        console.print(note, markup=False, highlight=False)
    failed = failures(result)
    for name, reason in failed.items():
        typer.echo(f"benchmarks: {name}: {reason}", err=True)
    if failed:
        raise typer.Exit(1)


def _table(result, keys: Sequence[str], title: str) -> Table:
    """Of a `edge_runtime.bench.result_file.BenchmarkResult`, the columns of those keys."""
    from rich.text import Text

    from benchmarks.accuracy_columns import BY_KEY
    from benchmarks.report.rows import NOT_MEASURED, good_rows, number, text

    table = Table(title=title)
    table.add_column("model", overflow="fold")
    for key in keys:
        table.add_column(BY_KEY[key].heading, justify="right")
    for row in good_rows(result.rows):
        values = [(BY_KEY[key], number(row, key)) for key in keys]
        cells = [NOT_MEASURED if value is None else column.show(value) for column, value in values]
        # A name may hold what Rich takes for markup.
        table.add_row(Text(text(row, "model")), *cells)
    return table

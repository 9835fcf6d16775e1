"""`python -m train`: prepare pictures, fit a network, evaluate models, time the training."""

import json
import os
import re
import sys
from collections.abc import Callable
from dataclasses import asdict, replace
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    TaskProgressColumn,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

from train.began import process_began
from train.command import run
from train.errors import ConfigError

if TYPE_CHECKING:
    from train.config import FitConfig

# TensorFlow's own chatter (missing GPUs, oneDNN) would bury ours.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
# TensorFlow leaves oneDNN off on CPUs without AVX-512, where it doubles the speed of training.
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "1")

ON_SHEET = 8  # pictures that `compare --sheet` shows

app = typer.Typer(
    help="Train TintLite's networks on your own pictures.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="markdown",
)
# Wide enough for its tables where the output goes to a file.
console = Console(width=None if sys.stdout.isatty() else 120)


def _progress(*amount: ProgressColumn) -> Progress:
    """A bar with times; `amount` says how much of the work is done, in its own unit."""
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        *amount,
        TimeElapsedColumn(),
        TimeRemainingColumn(),
        console=console,
    )


@app.command("prepare")
def prepare_command(
    sources: Annotated[list[Path], typer.Argument(help="Folders, .tar and .zip files.")],
    out: Annotated[Path, typer.Option(help="The folder to make.")],
    split: Annotated[str, typer.Option(help="Train/val or train/val/test, in percent.")] = "98/2",
    short_side: Annotated[int, typer.Option(min=64, max=2048, help="In pixels.")] = 160,
    min_side: Annotated[int, typer.Option(min=16, help="Smaller pictures are dropped.")] = 96,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace prepared data.")] = False,
) -> None:
    """Decode pictures once, drop what teaches nothing, resize, split and store them.

    python -m train prepare photos/ more.zip --out data/mine

    python -m train prepare photos/ --out data/mine --split 80/10/10
    """
    from train.data.prepare import PrepareOptions, parse_fractions, prepare
    from train.data.sources import check_sources, count_pictures

    options = PrepareOptions(
        short_side=short_side, min_side=min_side, fractions=parse_fractions(split)
    )
    check_sources(sources)
    with _progress(MofNCompleteColumn()) as progress:
        task = progress.add_task("preparing pictures", total=count_pictures(sources))
        report = prepare(
            sources,
            out,
            options,
            overwrite=overwrite,
            on_picture=lambda: progress.advance(task),
        )
    kept = ", ".join(f"{count} {name}" for name, count in report.kept.items())
    dropped = ", ".join(f"{count} {why}" for why, count in sorted(report.dropped.items()))
    console.print(f"read {report.read} pictures; kept {kept}; dropped {dropped or 'none'}")
    console.print(f"written to {out}", highlight=False)


class DeviceKind(str, Enum):
    """Where to train."""

    AUTO, CPU, CUDA = "auto", "cpu", "cuda"


class Dtype(str, Enum):
    """What to compute in while training; weights are float32 in any case."""

    FLOAT32, BFLOAT16 = "float32", "bfloat16"


DEVICE = typer.Option(help="`auto` takes a GPU where there is one.")
DTYPE = typer.Option(help="Compute in this instead of what the recipe says; weights are float32.")
BATCH_SIZE = typer.Option(min=1, help="Pictures in a batch instead.")
SCALE = typer.Option(help="Of a recipe that has several: paper, hour, cpu, cpu_l1, smoke.")


def _seconds(text: str) -> float:
    """A time as people write it: `555s`, `9m`, `1h30m`."""
    number = r"(\d+(?:\.\d+)?)"
    found = re.fullmatch(f"(?:{number}h)?(?:{number}m)?(?:{number}s)?", text)
    parts = [float(part or 0) for part in found.groups()] if found else [0.0]
    seconds = sum(part * unit for part, unit in zip(parts, (3600, 60, 1), strict=False))
    if not 0 < seconds < float("inf"):
        raise ConfigError(f"a time is written as 555s, 9m or 1h30m, not {text!r}")
    return seconds


def _adapted(recipe: "FitConfig", batch_size: int | None, dtype: Dtype | None) -> "FitConfig":
    """A recipe with what the command line says instead."""
    changes: dict[str, object] = {}
    if batch_size is not None:
        changes["batch_size"] = batch_size
    if dtype is not None:
        changes["dtype_policy"] = "float32" if dtype is Dtype.FLOAT32 else "mixed_bfloat16"
    return replace(recipe, **changes)


@app.command("fit")
def fit_command(
    config: Annotated[str, typer.Argument(help="A recipe of train/configs/.")],
    data: Annotated[Path, typer.Option(help="Prepared data.")],
    out: Annotated[Path, typer.Option(help="The run's folder; an unfinished run goes on.")],
    scale: Annotated[str | None, SCALE] = None,
    minutes: Annotated[float | None, typer.Option(help="Train this long instead.")] = None,
    steps: Annotated[int | None, typer.Option(help="Train this many batches instead.")] = None,
    epochs: Annotated[float | None, typer.Option(help="Train this many passes instead.")] = None,
    until: Annotated[
        str | None,
        typer.Option(help="End the whole command this long after it began: 555s, 9m, 1h30m."),
    ] = None,
    checkpoint_every: Annotated[
        str | None, typer.Option(help="Measure and write weights this often instead: 90s, 5m.")
    ] = None,
    batch_size: Annotated[int | None, BATCH_SIZE] = None,
    dtype: Annotated[Dtype | None, DTYPE] = None,
    device: Annotated[DeviceKind, DEVICE] = DeviceKind.AUTO,
    encoder_weights: Annotated[
        str, typer.Option(help="`imagenet` (downloaded by Keras), `none`, or a .weights.h5 file.")
    ] = "imagenet",
    start_from: Annotated[
        Path | None, typer.Option(help="Start from these weights of the whole network.")
    ] = None,
    extra: Annotated[
        Path | None,
        typer.Option(
            help="Another store of prepared pictures, as old plates: each batch has the recipe's"
            " `extra_share` of it."
        ),
    ] = None,
    teacher: Annotated[
        Path | None,
        typer.Option(
            help="Another network to learn from as well: the recipe's `teacher_share` of the loss."
        ),
    ] = None,
    vgg16: Annotated[
        Path | None,
        typer.Option(help="VGG16's weights (.npz), for recipes with a `feature_weight`."),
    ] = None,
) -> None:
    """Train a network by a recipe of `train/configs/`; run again to go on where it stopped.

    python -m train fit nano --data data/mine --out runs/nano

    python -m train fit standard --data data/mine --out runs/short --minutes 30

    python -m train fit standard --data data/mine --out runs/gpu --until 9m --dtype bfloat16

    python -m train fit baseline_cnn --scale cpu --data data/mine --out runs/baseline_cnn_cpu
    """
    from train.config import load_config
    from train.fit.loop import Round, fit

    recipe = load_config(config, scale)
    lengths = {
        "minutes": minutes,
        "steps": steps,
        "epochs": epochs,
        "until_seconds": None if until is None else _seconds(until),
    }
    given = sum(length is not None for length in lengths.values())
    if given > 1:
        raise ConfigError("give one of --minutes, --steps, --epochs and --until")
    if given:
        recipe = replace(recipe, **lengths)
    if checkpoint_every is not None:
        recipe = replace(recipe, checkpoint_seconds=_seconds(checkpoint_every))
    recipe = _adapted(recipe, batch_size, dtype)

    with _progress(TaskProgressColumn()) as progress:
        task = progress.add_task("training", total=1.0)

        def on_step(done: float, loss: float) -> None:
            progress.update(task, completed=done, description=f"loss {loss:.4f}")

        def on_round(row: Round) -> None:
            console.print(
                f"step {row.step}  crops {row.crop_size} px  loss {row.loss:.4f}"
                f" (val {row.val_loss:.4f})"
                f"  {row.images_per_second:.0f} images/s  val {row.val_rgb_psnr:.2f} dB"
                f" ({row.val_gain:+.2f} over grey)  colourfulness"
                f" {row.val_colourfulness_ratio:.2f}",
                highlight=False,
            )

        fit(
            recipe,
            data,
            out,
            encoder_weights=None if encoder_weights == "none" else encoder_weights,
            start_from=start_from,
            extra=extra,
            teacher=teacher,
            vgg16=vgg16,
            device=device.value,
            began=process_began(),
            on_note=lambda note: console.print(note, highlight=False),
            on_step=on_step,
            on_round=on_round,
        )
    console.print(f"best weights: {out / 'best.weights.h5'}", highlight=False)


def _numbers(text: str, kind: type = float) -> list:
    try:
        values = [kind(part) for part in text.split(",")]
    except ValueError:
        values = []
    if not values or not all(0 < value < float("inf") for value in values):
        raise ConfigError(f"a list is positive numbers with commas, not {text!r}")
    return values


@app.command("evaluate")
def evaluate_command(
    models: Annotated[
        list[str], typer.Argument(help="Shipped names, model files, run folders, .weights.h5.")
    ],
    on: Annotated[str, typer.Option(help="Folder, .tar, .zip, or prepared data as DATA:val.")],
    input_sizes: Annotated[
        str | None, typer.Option(help="Measure run folders at these S, as in 128,160,192.")
    ] = None,
    saturations: Annotated[
        str, typer.Option(help="Multiply ab by each of these: the curve of gain over colour.")
    ] = "1",
    limit: Annotated[int | None, typer.Option(min=1, help="At most this many pictures.")] = None,
    plates: Annotated[
        str | None, typer.Option(help="Measure on these glass plates of known colour as well.")
    ] = None,
    film: Annotated[
        bool, typer.Option("--film", help="Measure on the pictures aged as well: faded, old film.")
    ] = False,
    json_out: Annotated[Path | None, typer.Option(help="Write the scores as JSON too.")] = None,
) -> None:
    """Measure models on colour pictures, with the grey row (ab = 0) beside.

    python -m train evaluate standard nano --on val.tar

    python -m train evaluate runs/nano --on data/mine:val --input-sizes 128,160,192,224

    python -m train evaluate standard --on val.tar --plates plates.tar --film
    """
    from train.data.open_pictures import TruePictures
    from train.measure.ab import ab_scores
    from train.measure.evaluate import evaluate
    from train.measure.film import film_sums
    from train.measure.neutral import measure_neutral
    from train.measure.open_networks import open_networks
    from train.measure.plates import plate_sums
    from train.measure.tables import film_table, neutral_line, plates_table, scores_table

    pictures = TruePictures(on, limit)
    known_plates = TruePictures(plates) if plates else None
    sizes = _numbers(input_sizes, int) if input_sizes else None
    networks = open_networks(models, sizes, _numbers(saturations))
    neutral = {name: measure_neutral(network) for name, network in networks.items()}
    on_plates, on_film = {}, {}
    with _progress(MofNCompleteColumn()) as progress:

        def counted(what: str, source: TruePictures) -> Callable[[], None]:
            task = progress.add_task(f"measuring {what}", total=len(source))
            return lambda: progress.advance(task)

        scores = evaluate(networks, pictures, counted("pictures", pictures))
        if film:
            aged = counted("aged pictures", pictures)
            on_film = ab_scores(film_sums(networks, pictures, aged))
        if known_plates:
            each = counted("plates", known_plates)
            on_plates = ab_scores(plate_sums(networks, known_plates, each))

    console.print(scores_table(scores))
    if on_film:
        console.print(film_table(on_film))
    if on_plates:
        console.print(plates_table(on_plates))
    console.print(neutral_line(neutral), markup=False, highlight=False)
    passed_over = pictures.passed_over + (known_plates.passed_over if known_plates else 0)
    if passed_over:
        console.print(f"passed over {passed_over} broken or grey pictures")
    if json_out:
        rows = {name: asdict(row) for name, row in scores.items()}
        for name, row in rows.items():
            for key, found in (("film", on_film), ("plates", on_plates)):
                if found:
                    row[key] = {kind: asdict(value) for kind, value in found[name].items()}
            if name in neutral:
                row["neutral_chroma"] = neutral[name].chroma
        json_out.write_text(json.dumps(rows, indent=2) + "\n", encoding="utf-8")


@app.command("compare")
def compare_command(
    runs: Annotated[list[Path], typer.Argument(help="Folders that `fit` wrote.")],
    on: Annotated[str, typer.Option(help="Folder, .tar, .zip, or prepared data as DATA:val.")],
    limit: Annotated[int | None, typer.Option(min=1, help="At most this many pictures.")] = None,
    markdown: Annotated[Path | None, typer.Option(help="Write the table as Markdown too.")] = None,
    json_out: Annotated[
        Path | None, typer.Option("--json", help="Write the figures as JSON too.")
    ] = None,
    sheet: Annotated[
        Path | None,
        typer.Option(help="Draw a PNG of 8 of the pictures: grey, as each run colours them, true."),
    ] = None,
) -> None:
    """Compare runs, finished or running: how good, how large, how long to train.

    python -m train compare runs/standard runs/nano --on data/mine:val

    python -m train compare runs/* --on val.tar --limit 300 --markdown table.md --sheet sheet.png
    """
    from train.data.open_pictures import TruePictures
    from train.measure.compare import compare, open_runs
    from train.measure.tables import comparison_markdown, comparison_table

    pictures = TruePictures(on, limit)
    opened = open_runs(runs)
    with _progress(MofNCompleteColumn()) as progress:
        task = progress.add_task("measuring pictures", total=len(pictures))
        rows = compare(opened, pictures, on_picture=lambda: progress.advance(task))
    console.print(comparison_table(rows))
    if pictures.passed_over:
        console.print(f"passed over {pictures.passed_over} broken or grey pictures")
    if markdown:
        markdown.write_text(comparison_markdown(rows), encoding="utf-8")
    if json_out:
        figures = {name: asdict(row) for name, row in rows.items()}
        json_out.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")
    if sheet:
        from train.measure.sheet import draw_sheet

        shown = TruePictures(on, min(limit or ON_SHEET, ON_SHEET))
        draw_sheet({name: run.network for name, run in opened.items()}, shown, sheet)


@app.command("speed")
def speed_command(
    config: Annotated[str, typer.Argument(help="A recipe of train/configs/.")],
    data: Annotated[Path, typer.Option(help="Prepared data.")],
    scale: Annotated[str | None, SCALE] = None,
    batches: Annotated[int, typer.Option(min=2, help="To make, and to train.")] = 50,
    batch_size: Annotated[int | None, BATCH_SIZE] = None,
    dtype: Annotated[Dtype | None, DTYPE] = None,
    device: Annotated[DeviceKind, DEVICE] = DeviceKind.AUTO,
) -> None:
    """Time a recipe here: images/s of the data alone, of the network alone, of both.

    python -m train speed standard --data data/mine
    """
    from train.config import load_config
    from train.fit.speed import measure_speed

    recipe = _adapted(load_config(config, scale), batch_size, dtype)
    with console.status("") as status:
        speed = measure_speed(recipe, data, batches, device=device.value, on_stage=status.update)
    console.print(
        f"{config} on {speed.device}: batches of {speed.batch_size} crops of {speed.crop_size} px,"
        " images/s",
        highlight=False,
    )
    for name, value in (
        ("data alone", speed.data),
        ("training on a batch made beforehand", speed.held),
        ("training, data included", speed.training),
    ):
        console.print(f"{value:9.1f}  {name}", highlight=False)
    console.print(
        f"{speed.waiting:9.0%}  of the time the network waits for its data", highlight=False
    )


@app.command("moods")
def moods_command(
    data: Annotated[list[Path], typer.Argument(help="Prepared data; its training pictures count.")],
    out: Annotated[Path, typer.Option(help="The file to write.")],
    limit: Annotated[int, typer.Option(min=1, help="Pictures of each, evenly spread.")] = 2000,
    model: Annotated[str, typer.Option(help="A shipped model's name, or a .tflite.")] = "standard",
) -> None:
    """Make the table by which `tintlite colorize --suggest` finds other colours.

    python -m train moods data/photos data/plates --out edge_runtime/hints/moods.json
    """
    from train.data.store import Store
    from train.fit.moods import write_moods

    stores = [Store(folder, "train") for folder in data]
    with console.status(""):
        pictures = write_moods(stores, limit, model, out)
    console.print(f"{out}: of {pictures} pictures", highlight=False)


def main() -> None:
    """Run a command and exit."""
    run(app, "train")

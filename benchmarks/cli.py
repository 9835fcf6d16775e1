"""`python -m benchmarks`: measure what the documents claim."""

import logging
import os
import sys
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import astuple
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeRemainingColumn,
    track,
)
from rich.table import Table
from rich.text import Text

from benchmarks.latency.job import INTERPRETERS
from edge_runtime.errors import TintLiteError
from edge_runtime.look import DEFAULT_SMOOTHING
from train.command import run

if TYPE_CHECKING:
    from edge_runtime.bench.result_file import BenchmarkResult

# TensorFlow's own chatter (missing GPUs, oneDNN) would bury ours.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

app = typer.Typer(
    help="Measure TintLite.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
# Wide enough for its tables where the output goes to a file.
console = Console(width=None if sys.stdout.isatty() else 120)

ACCURACY_HELP = """Measure how good models are on colour pictures, beside grey and mean colour.

    python -m benchmarks accuracy standard nano --on val.tar --out accuracy.json

    python -m benchmarks accuracy out/models/*.tflite runs/mine --on data/mine:val --out mine.json

PSNR over RGB, Lab and ab, rho, CIEDE2000 and colourfulness are always measured; the Fréchet
distance needs the weights of a network trained on photos. `--plates` and `--film` judge a*, b*
alone. `compare` pairs files that `--per-picture` wrote picture by picture.
"""

LATENCY_HELP = """\
Time models: every file in every interpreter, and the full-precision Keras model beside.

    python -m benchmarks latency standard nano

    python -m benchmarks latency standard weights/standard --threads 1 --threads 4 \\
        --pictures val.tar --limit 50 --out latency.json

    python -m benchmarks latency nano --interpreter ai-edge-litert --whole-pictures

Warm-up and runs are those of TensorFlow Lite's `benchmark_model`. Each model runs in a process of
its own; those of one setting take turns, so that ratios hold on a busy machine.
"""

VIDEO_HELP = """\
Time films: serially, in the pipeline, and decoding and encoding alone; a Markdown table.

    python -m benchmarks video

    python -m benchmarks video --model nano --size 720p --frames 60 --out video.json
"""

REPORT_HELP = """\
Make a Markdown page of result files, of any kinds and machines, its plots beside it.

    python -m benchmarks report benchmarks/results/*.json --markdown docs/measurements/benchmarks.md

Each result file is taken once. The plots are of the first results of their kinds.
"""

COMPARE_HELP = """Fail if a result is worse than another one, beyond the noise.

    python -m benchmarks compare before.json after.json

    python -m benchmarks compare before.json after.json --psnr 0.1 --time 0.2

Accuracy is paired by picture where both files hold the figures of every picture (accuracy
--per-picture); otherwise means are compared, with the noise of their intervals. A loss counts if it
is more than allowed and its 95 % interval leaves zero out. Time is compared by ratios between the
models of a run, not in milliseconds.
Exit code: 0 if nothing was lost, 1 if something was, 2 if the files cannot be compared.
"""

InterpreterName = Enum("InterpreterName", {name: name for name in INTERPRETERS}, type=str)
AcceleratorName = Enum("AcceleratorName", {name: name for name in ("cpu", "gpu")}, type=str)

Models = Annotated[
    list[str], typer.Argument(help="Shipped names, .tflite files, run folders, .weights.h5.")
]
Model = Annotated[str, typer.Option(help="A shipped name or a .tflite.")]
On = Annotated[str, typer.Option(help="Folder, .tar, .zip, or prepared data as DATA:val.")]
Limit = Annotated[
    int | None, typer.Option(min=1, help="At most this many pictures, spread evenly.")
]
Out = Annotated[Path | None, typer.Option(help="The result file to write.")]

# What `compare` pairs by picture, to so many significant digits: 0.001 dB. What more there is would
# make files large.
_PAIRED = ("rgb_psnr", "ciede2000", "colourfulness")
_DIGITS = 5

_UNUSABLE = 2  # the exit code of `compare` where there is nothing to compare


def main() -> None:
    """Run a command and exit."""
    run(app, "benchmarks")


@app.command("accuracy", help=ACCURACY_HELP)
def accuracy_command(
    models: Models,
    on: On,
    out: Annotated[Path, typer.Option(help="The result file to write.")],
    limit: Limit = None,
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
    logging.getLogger("tensorflow").setLevel(logging.ERROR)
    from benchmarks import accuracy
    from benchmarks.accuracy_columns import AB_COLUMNS, MAIN, NEUTRAL
    from benchmarks.frechet import FrechetFeatures
    from benchmarks.open_models import facts_of, float_partners, open_models
    from edge_runtime.bench.result_file import write
    from train.data.open_pictures import TruePictures

    _check_targets(out, per_picture)
    pictures = TruePictures(on, limit, accuracy.MIN_SIDE)
    known_plates = TruePictures(plates, None, accuracy.MIN_SIDE) if plates else None
    with console.status("opening the models"):
        features = FrechetFeatures(mobilenetv2) if mobilenetv2 else None
        opened, unopened = open_models(models, accuracy.ROWS_OF_OUR_OWN)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, TimeRemainingColumn(), console=console) as progress:
        # Once for the mean colour, once to measure.
        total = (3 if film else 2) * len(pictures) + (len(known_plates) if known_plates else 0)
        task = progress.add_task("pictures", total=total)

        def on_picture() -> None:
            progress.advance(task)

        measured = accuracy.measure(opened, pictures, features, on_picture)
        good = [model for model in opened if model.name not in measured.failed]
        photos = pictures if film else None
        alone, failed = accuracy.measure_ab_alone(good, photos, known_plates, on_picture)
    found = accuracy.accuracy_rows(measured, Path(on).name or on, float_partners(opened))
    rows = [row | alone.get(row["model"], {}) for row in found if row["model"] not in failed]
    rows += [{"model": name, "error": why} for name, why in (failed | unopened).items()]
    a, b = measured.mean_ab
    notes = [f"Mean colour of these pictures: a* = {a:.1f}, b* = {b:.1f}."]
    if pictures.passed_over:
        notes.append(f"{pictures.passed_over} broken, grey or tiny pictures were passed over.")
    if features is None:
        notes.append("MobileNetV2 Fréchet distance: not measured, for want of its weights.")
    facts = {model.name: facts_of(model.source, model.network.input_size) for model in opened}
    result = _result("accuracy", facts, rows, notes)
    write(result, out)
    if per_picture is not None:
        result.pictures.extend(measured.pictures)
        for name, figures in measured.per_picture.items():
            result.per_picture[name] = {
                key: [float(f"{value:.{_DIGITS}g}") for value in values]
                for key, values in figures.items()
                if key in _PAIRED
            }
        write(result, per_picture)
    _print_accuracy(rows, (*MAIN, NEUTRAL), f"{len(measured.pictures)} pictures, means")
    for wanted, what in ((plates, "plates"), (film, "film")):
        if wanted:
            keys = [column.key for column in AB_COLUMNS if column.key.startswith(what)]
            _print_accuracy(rows, keys, f"{what}, a* and b* alone")
    _print_notes(notes)
    failures = [row for row in rows if "error" in row]
    for row in failures:
        typer.echo(f"benchmarks: {row['model']}: {row['error']}", err=True)
    if failures:
        raise typer.Exit(1)


@app.command("latency", help=LATENCY_HELP)
def latency_command(
    models: Models,
    threads: Annotated[
        list[int] | None, typer.Option(min=1, max=64, help="May be repeated.  [default: 1]")
    ] = None,
    interpreter: Annotated[
        list[InterpreterName] | None,
        typer.Option(help="Of .tflite files; may be repeated.  [default: the installed ones]"),
    ] = None,
    accelerator: Annotated[
        list[AcceleratorName] | None,
        typer.Option(help="May be repeated.  [default: cpu, and gpu where it works]"),
    ] = None,
    batch: Annotated[int, typer.Option(min=1, help="Pictures a run of Keras models.")] = 1,
    whole_pictures: Annotated[
        bool,
        typer.Option("--whole-pictures", help="Colour 640x480, 1920x1080 and 12 megapixels too."),
    ] = False,
    pictures: Annotated[
        str | None,
        typer.Option(help="Measure the PSNR on these too: folder, .tar, .zip, or DATA:val."),
    ] = None,
    limit: Limit = None,
    warmup_runs: Annotated[int, typer.Option(min=1, help="At least so many.")] = 1,
    warmup_min_secs: Annotated[float, typer.Option(min=0, help="At least so long.")] = 0.5,
    num_runs: Annotated[int, typer.Option(min=1, help="Timed runs, at least so many.")] = 50,
    min_secs: Annotated[float, typer.Option(min=0, help="Timed runs, at least so long.")] = 1.0,
    max_secs: Annotated[float, typer.Option(min=0.001, help="But no longer.")] = 150.0,
    rounds: Annotated[int, typer.Option(min=1, max=100, help="Turns of each model.")] = 5,
    out: Out = None,
) -> None:
    from benchmarks.latency import jobs_of as which
    from benchmarks.latency.measure import measure_jobs, notes_of, steps_of
    from benchmarks.open_models import facts_of, short_names
    from benchmarks.report.latency import COLUMNS, delegated, way_of
    from benchmarks.report.rows import number, or_dash
    from edge_runtime.bench.result_file import write
    from edge_runtime.bench.timing import TimingRules
    from train.data.open_pictures import TruePictures

    _check_targets(out)
    if pictures is not None:
        TruePictures(pictures, limit)  # what is wrong with them is said now, not in an hour
    notes = []
    if accelerator is None:
        accelerators, reason = which.usable_accelerators(models)
        if reason:
            notes.append(f"No .tflite was run on a GPU: {reason}.")
    else:
        accelerators = _values(accelerator)
    jobs = which.jobs_of(
        models,
        _values(interpreter or []) or which.installed_interpreters(),
        list(dict.fromkeys(threads or [1])),
        accelerators,
        batch,
        whole_pictures,
    )
    rules = TimingRules(warmup_runs, warmup_min_secs, num_runs, min_secs, max_secs)
    judging = None if pictures is None else (pictures, limit)
    columns = (BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    words = TextColumn("{task.description}", markup=False)
    with Progress(*columns, words, console=console) as progress:
        task = progress.add_task("", total=steps_of(jobs, rounds))

        def on_step(text: str) -> None:
            progress.update(task, advance=1, description=text)

        measured = list(measure_jobs(jobs, rules, rounds, judging, on_step))
    names = short_names([job.model for job in jobs])
    rows = [found.row(names[found.job.model]) for found in measured]
    facts: dict[str, Any] = {}
    for found in measured:
        model, size = found.job.model, found.said.get("input_size")
        if size is not None and names[model] not in facts:
            with suppress(TintLiteError):  # it went while it was measured
                facts[names[model]] = facts_of(model, size)
    result = _result("latency", facts, rows, [*notes, *notes_of(rules, rounds, judging)])
    if out is not None:
        write(result, out)
    good = [row for row in rows if not row["error"]]
    shown = [column for column in COLUMNS if any(number(row, column[0]) for row in good)]
    cells = [
        (row["model"], way_of(row), *(or_dash(row, key, n) for key, _, n in shown), delegated(row))
        for row in good
    ]
    headings = ("model", "run by", *(heading for _, heading, _ in shown), "delegated")
    _show("the network alone, or a whole picture", _table(headings, cells, left=2))
    _print_notes(result.notes)
    for row in rows:
        if row["error"]:
            typer.echo(f"benchmarks: {row['model']} ({way_of(row)}): {row['error']}", err=True)
    if {row["model"] for row in rows} - {row["model"] for row in good}:
        raise typer.Exit(1)


@app.command("video", help=VIDEO_HELP)
def video_command(
    model: Model = "standard",
    size: Annotated[
        list[str] | None, typer.Option(help="480p, 720p or 1080p; may be repeated.")
    ] = None,
    frames: Annotated[int, typer.Option(min=2, help="Of each clip.")] = 150,
    rounds: Annotated[int, typer.Option(min=1, help="The best of so many counts.")] = 3,
    threads: Annotated[int, typer.Option(min=1, max=64, help="Of the network.")] = 1,
    preset: Annotated[str | None, typer.Option(help="Of libx264.")] = None,
    smoothing: Annotated[float, typer.Option(min=0, max=1)] = DEFAULT_SMOOTHING,
    out: Out = None,
) -> None:
    from benchmarks.open_models import short_names
    from benchmarks.report.page import film_table
    from benchmarks.video import NOTE, measure_films
    from edge_runtime.bench.frame_loop import SIZES
    from edge_runtime.bench.model_facts import model_facts
    from edge_runtime.bench.result_file import write
    from edge_runtime.bench.versions import RUNTIME_PACKAGES
    from edge_runtime.look import Look
    from edge_runtime.video import VideoOptions

    sizes = size or list(SIZES)
    for name in sizes:
        if name not in SIZES:
            raise typer.BadParameter(f"the sizes are {', '.join(SIZES)}, not '{name}'")
    _check_targets(out)
    options = VideoOptions(preset=preset, look=Look(smoothing=smoothing))
    films = measure_films(
        model, sizes=sizes, frames=frames, rounds=rounds, threads=threads, options=options
    )
    (name,) = short_names([model]).values()
    rows = [
        {"model": name, **film}
        for film in track(films, "measuring", total=len(sizes), console=console)
    ]
    note = NOTE.format(rounds)
    result = _result("video", {name: model_facts(model)}, rows, [note], RUNTIME_PACKAGES)
    if out is not None:
        write(result, out)
    print(film_table(rows))


@app.command("hints")
def hints_command(
    on: On,
    model: Model = "standard",
    limit: Annotated[int | None, typer.Option(min=1, help="At most this many pictures.")] = None,
    seed: Annotated[int, typer.Option(min=0, help="Of the places of the hints.")] = 0,
) -> None:
    """Gain over no hint with hints from the truth."""
    from benchmarks.hints import measure_hints
    from train.data.open_pictures import TruePictures

    pictures = TruePictures(on, limit)
    measuring = track(pictures, "measuring", total=len(pictures), console=console)
    scores = measure_hints(model, measuring, seed)
    cells = [
        (str(row.hints), f"{row.gain:+.2f} dB", f"{row.low:+.2f} to {row.high:+.2f}")
        for row in scores
    ]
    title = f"{model} on {scores[0].pictures} pictures: gain over no hint"
    _show(title, _table(("hints", "gain", "95 % interval"), cells, left=0))


@app.command("flicker")
def flicker_command(
    clips: Annotated[list[Path], typer.Argument(help="Colour films.")],
    strength: Annotated[
        list[float] | None, typer.Option(help="Of the smoothing, 0 to 1; may be repeated.")
    ] = None,
    model: Model = "standard",
) -> None:
    """How much colours flicker, frame by frame and smoothed, and how true they stay."""
    from benchmarks.flicker import measure_flicker
    from edge_runtime.steady.temporal import check_strength

    strengths = strength or [DEFAULT_SMOOTHING]
    for value in strengths:
        try:
            check_strength(value)
        except ValueError as error:
            raise typer.BadParameter(str(error), param_hint="'--strength'") from None
    headings = ("flicker", "of frame by frame", "CDC", "RGB PSNR", "change", "CF", "ms")
    for clip in clips:
        true, _, by_frame, *_ = rows = measure_flicker(clip, strengths, model)
        table = [
            (
                row.colours,
                f"{row.flicker:.3f}",
                f"{row.flicker / by_frame.flicker:.2f}" if by_frame.flicker else "-",
                f"{row.cdc:.5f}",
                "-" if row is true else f"{row.rgb_psnr:.2f} dB",
                "-" if row is true else f"{row.rgb_psnr - by_frame.rgb_psnr:+.2f}",
                f"{row.colourfulness_ratio:.2f}",
                f"{row.ms:.1f}" if row.ms else "-",
            )
            for row in rows
        ]
        title = f"{clip.name}: {true.frames} frames, {true.cuts} cuts, {model}"
        _show(title, _table(("colours", *headings), table))


@app.command("report", help=REPORT_HELP)
def report_command(
    results: Annotated[list[Path], typer.Argument(help="Result files, in the order to show.")],
    markdown: Annotated[Path, typer.Option(help="The page to write.")],
) -> None:
    from benchmarks.report.page import write_report
    from edge_runtime.bench.result_file import read

    _check_targets(markdown)
    write_report([read(file) for file in dict.fromkeys(results)], markdown)
    _print_notes([f"written: {markdown}"])


@app.command("compare", help=COMPARE_HELP)
def compare_command(
    before: Annotated[Path, typer.Argument(help="A result file.")],
    after: Annotated[Path, typer.Argument(help="A result of the same kind, made later.")],
    psnr: Annotated[
        float, typer.Option(min=0, help="dB of mean RGB PSNR that may be lost.")
    ] = 0.05,
    ciede2000: Annotated[float, typer.Option(min=0, help="Of CIEDE2000 that may be added.")] = 0.05,
    colourfulness: Annotated[
        float, typer.Option(min=0, help="Share of colourfulness that may be lost.")
    ] = 0.03,
    time: Annotated[
        float, typer.Option(min=0, help="Share by which a model may be slower than the others.")
    ] = 0.10,
    size: Annotated[float, typer.Option(min=0, help="Share by which a file may grow.")] = 0.01,
) -> None:
    from benchmarks.compare_results import CompareError, Tolerances, compare_results
    from edge_runtime.bench.result_file import ResultFileError, read

    tolerances = Tolerances(psnr, ciede2000, colourfulness, time, size)
    try:
        found = compare_results(read(before), read(after), tolerances)
    except (CompareError, ResultFileError) as error:
        typer.echo(f"benchmarks: {error}", err=True)
        raise typer.Exit(_UNUSABLE) from None
    table = _table(
        ("model", "figure", "before", "after", "change", "allowed", ""),
        ((*astuple(change)[:-1], "worse" if change.worse else "") for change in found.changes),
        left=2,
    )
    for row, change in zip(table.rows, found.changes, strict=True):
        row.style = "bold red" if change.worse else None
    _show(f"{before.name} against {after.name}", table)
    _print_notes(found.notes)
    worse, count = found.worse, len(found.changes)
    if worse:
        names = ", ".join(dict.fromkeys(change.model for change in worse))
        typer.echo(f"worse: {len(worse)} of {count} figures, of {names}")
        raise typer.Exit(1)
    typer.echo(f"not worse: {count} figures within what is allowed")


def _values(chosen: Sequence[Enum]) -> list[str]:
    return list(dict.fromkeys(choice.value for choice in chosen))


def _check_targets(*files: Path | None) -> None:
    from edge_runtime.bench.result_file import check_target

    for file in files:
        if file is not None:
            check_target(file)


def _result(
    kind: str,
    models: dict[str, Any],
    rows: list[dict[str, Any]],
    notes: list[str],
    packages: Sequence[str] | None = None,
) -> "BenchmarkResult":
    """What was measured, with when and where; the versions are of the workshop's packages."""
    from edge_runtime.bench.command_line import command_line
    from edge_runtime.bench.machine import machine_facts
    from edge_runtime.bench.result_file import BenchmarkResult, now
    from edge_runtime.bench.versions import WORKSHOP_PACKAGES, package_versions

    return BenchmarkResult(
        kind=kind,
        made=now(),
        command=command_line("python -m benchmarks", sys.argv[1:]),
        machine=machine_facts(),
        versions=package_versions(packages or WORKSHOP_PACKAGES),
        models=models,
        rows=rows,
        notes=notes,
    )


def _table(headings: Sequence[str], rows: Iterable[Sequence[str]], left: int = 1) -> Table:
    """With some columns to the left; texts may hold what Rich takes for markup."""
    table = Table()
    for place, heading in enumerate(headings):
        justify = "left" if place < left else "right"
        table.add_column(heading, justify=justify, overflow="fold" if place < left else "ellipsis")
    for row in rows:
        table.add_row(*map(Text, row))
    return table


def _show(title: str, table: Table) -> None:
    # A title of the table's own would be folded to the table's width: it may hold a path.
    console.print(title, markup=False, highlight=False, soft_wrap=True)
    console.print(table)


def _print_accuracy(rows: Sequence[dict[str, Any]], keys: Sequence[str], title: str) -> None:
    from benchmarks.accuracy_columns import BY_KEY
    from benchmarks.report.accuracy import plain
    from benchmarks.report.rows import good_rows, text

    cells = ((text(row, "model"), *(plain(row, key) for key in keys)) for row in good_rows(rows))
    _show(title, _table(("model", *(BY_KEY[key].heading for key in keys)), cells))


def _print_notes(notes: Sequence[str]) -> None:
    for note in notes:
        console.print(note, markup=False, highlight=False)

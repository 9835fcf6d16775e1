"""The command that times models."""

import sys
from enum import Enum
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

from benchmarks.commands.console import console
from benchmarks.latency.job import INTERPRETERS

HELP = """Time models: every file in every interpreter, and the full-precision Keras model beside.

    python -m benchmarks latency standard nano

    python -m benchmarks latency standard weights/standard --threads 1 --threads 4 \\
        --pictures val.tar --limit 50 --out latency.json

    python -m benchmarks latency nano --interpreter ai-edge-litert --whole-pictures

Warm-up and runs are those of TensorFlow Lite's `benchmark_model`. Each model runs in a process of
its own; those of one setting take turns, so that ratios hold on a busy machine.
"""

InterpreterName = Enum("InterpreterName", {name: name for name in INTERPRETERS}, type=str)
AcceleratorName = Enum("AcceleratorName", {name: name for name in ("cpu", "gpu")}, type=str)


def latency_command(
    models: Annotated[
        list[str], typer.Argument(help="Shipped names, .tflite files, run folders, .weights.h5.")
    ],
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
    limit: Annotated[
        int | None, typer.Option(min=1, help="At most this many pictures, spread evenly.")
    ] = None,
    warmup_runs: Annotated[int, typer.Option(min=1, help="At least so many.")] = 1,
    warmup_min_secs: Annotated[float, typer.Option(min=0, help="At least so long.")] = 0.5,
    num_runs: Annotated[int, typer.Option(min=1, help="Timed runs, at least so many.")] = 50,
    min_secs: Annotated[float, typer.Option(min=0, help="Timed runs, at least so long.")] = 1.0,
    max_secs: Annotated[float, typer.Option(min=0.001, help="But no longer.")] = 150.0,
    rounds: Annotated[int, typer.Option(min=1, max=100, help="Turns of each model.")] = 5,
    out: Annotated[Path | None, typer.Option(help="The result file to write.")] = None,
) -> None:
    from benchmarks.latency import jobs_of as which
    from benchmarks.latency.measure import Judging, measure_jobs, steps_of
    from benchmarks.latency.run import latency_result
    from benchmarks.report.latency import way_of
    from edge_runtime.bench.command_line import command_line
    from edge_runtime.bench.result_file import check_target, write
    from edge_runtime.bench.timing import TimingRules
    from train.data.open_pictures import TruePictures

    if out is not None:
        check_target(out)
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
        _values(interpreter) or which.installed_interpreters(),
        tuple(dict.fromkeys(threads or [1])),
        accelerators,
        batch,
        whole_pictures,
    )
    rules = TimingRules(warmup_runs, warmup_min_secs, num_runs, min_secs, max_secs)
    judging = None if pictures is None else Judging(pictures, limit)
    columns = (BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    words = TextColumn("{task.description}", markup=False)
    with Progress(*columns, words, console=console) as progress:
        task = progress.add_task("", total=steps_of(jobs, rounds))

        def on_step(text: str) -> None:
            progress.update(task, advance=1, description=text)

        measured = list(measure_jobs(jobs, rules, rounds, judging, on_step))
    command = command_line("python -m benchmarks", sys.argv[1:])
    result = latency_result(measured, rules, rounds, judging, command, notes)
    if out is not None:
        write(result, out)
    good = [row for row in result.rows if not row["error"]]
    console.print(_table(good))
    for note in result.notes:
        console.print(note, markup=False, highlight=False)
    for row in result.rows:
        if row["error"]:
            typer.echo(f"benchmarks: {row['model']} ({way_of(row)}): {row['error']}", err=True)
    if {row["model"] for row in result.rows} - {row["model"] for row in good}:
        raise typer.Exit(1)


def _values(chosen: list[Enum] | None) -> tuple[str, ...]:
    return tuple(dict.fromkeys(choice.value for choice in chosen or []))


def _table(rows: list[dict]) -> Table:
    from benchmarks.report.latency import COLUMNS, delegated, way_of
    from benchmarks.report.rows import number, or_dash

    columns = [column for column in COLUMNS if any(number(row, column[0]) for row in rows)]
    table = Table(title="the network alone, or a whole picture")
    for heading in ("model", "run by"):
        table.add_column(heading, overflow="fold")
    for heading in (*(heading for _, heading, _ in columns), "delegated"):
        table.add_column(heading, justify="right")
    for row in rows:
        cells = [or_dash(row, key, digits) for key, _, digits in columns]
        # A name may hold what Rich takes for markup.
        table.add_row(Text(row["model"]), Text(way_of(row)), *cells, delegated(row))
    return table

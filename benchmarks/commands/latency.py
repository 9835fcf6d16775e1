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
from benchmarks.latency.job import BEST_BATCH, BFLOAT16, FLOAT32, INTERPRETERS, KERAS, NETWORK

HELP = """Time models: every file in every interpreter, and the full-precision Keras model beside.

    python -m benchmarks latency standard nano

    python -m benchmarks latency standard weights/standard --threads 1 --threads 4 \\
        --pictures val.tar --limit 50 --out latency.json

    python -m benchmarks latency nano --interpreter ai-edge-litert --whole-pictures

Warm-up and runs are those of TensorFlow Lite's `benchmark_model`. Each model runs in a process of
its own; those of one setting take turns, so that ratios hold on a busy machine.
"""

InterpreterName = Enum("InterpreterName", {name: name for name in INTERPRETERS}, type=str)
BackendName = Enum("BackendName", {name: name for name in KERAS}, type=str)
AcceleratorName = Enum("AcceleratorName", {name: name for name in ("cpu", "gpu")}, type=str)
PrecisionName = Enum("PrecisionName", {name: name for name in (FLOAT32, BFLOAT16)}, type=str)


def latency_command(
    models: Annotated[
        list[str], typer.Argument(help="Shipped names, .tflite files, run folders, .weights.h5.")
    ],
    threads: Annotated[
        list[int] | None, typer.Option(min=1, max=64, help="May be repeated.  [default: 1]")
    ] = None,
    interpreter: Annotated[
        list[InterpreterName] | None,
        typer.Option(
            help="Of .tflite files; may be repeated.  [default: the installed ones but OpenCV]"
        ),
    ] = None,
    accelerator: Annotated[
        list[AcceleratorName] | None,
        typer.Option(help="May be repeated.  [default: cpu, and gpu where it works]"),
    ] = None,
    backend: Annotated[
        list[BackendName] | None,
        typer.Option(help="Of Keras models; may be repeated.  [default: the installed ones]"),
    ] = None,
    precision: Annotated[
        list[PrecisionName] | None,
        typer.Option(help="Of Keras models; may be repeated.  [default: both]"),
    ] = None,
    best_batch: Annotated[
        bool, typer.Option(help="Find the best batch of Keras models, beside a batch of 1.")
    ] = True,
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
    from benchmarks.latency.measure import Judging, steps_of
    from benchmarks.latency.run import LatencyRun, run_latency
    from benchmarks.target import check_target
    from edge_runtime.benchmark.command_line import command_line
    from edge_runtime.benchmark.result_file import write
    from edge_runtime.benchmark.timing import TimingRules
    from train.open_pictures import TruePictures

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
    run = LatencyRun(
        models=tuple(models),
        choices=which.Choices(
            interpreters=_values(interpreter) or which.installed_interpreters(),
            backends=_values(backend) or which.installed_backends(),
            threads=tuple(dict.fromkeys(threads or [1])),
            accelerators=accelerators,
            precisions=_values(precision) or (FLOAT32, BFLOAT16),
            batches=(1, BEST_BATCH) if best_batch else (1,),
            whole_pictures=whole_pictures,
        ),
        rules=TimingRules(warmup_runs, warmup_min_secs, num_runs, min_secs, max_secs),
        rounds=rounds,
        judging=None if pictures is None else Judging(pictures, limit),
        notes=tuple(notes),
    )
    columns = (BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    words = TextColumn("{task.description}", markup=False)
    with Progress(*columns, words, console=console) as progress:
        task = progress.add_task("", total=steps_of(run.jobs(), rounds))
        result = run_latency(
            run,
            command_line("python -m benchmarks", sys.argv[1:]),
            on_step=lambda text: progress.update(task, advance=1, description=text),
        )
    if out is not None:
        write(result, out)
    console.print(_table(result.rows))
    for note in result.notes:
        console.print(note, markup=False, highlight=False)
    failed = {row["model"] for row in result.rows} - {
        row["model"] for row in result.rows if not row["error"]
    }
    for row in result.rows:
        if row["error"]:
            where = f"{row['model']} ({row['interpreter']}, {row['accelerator']})"
            typer.echo(f"benchmarks: {where}: {row['error']}", err=True)
    if failed:
        raise typer.Exit(1)


def _values(chosen: list[Enum] | None) -> tuple[str, ...]:
    return tuple(dict.fromkeys(choice.value for choice in chosen or []))


def _table(rows: list[dict]) -> Table:
    table = Table(title="milliseconds a run")
    scored = any(row.get("rgb_psnr") is not None for row in rows)
    for heading in ("model", "run by", "threads", "first", "median", "90 %", "99 %", "start"):
        table.add_column(heading, justify="left" if heading in ("model", "run by") else "right")
    for heading in ("MiB", "delegated", *(["RGB PSNR"] if scored else [])):
        table.add_column(heading, justify="right")
    for row in rows:
        if row["error"]:
            continue
        times = [row[key] for key in ("first_ms", "median_ms", "p90_ms", "p99_ms", "start_ms")]
        cells = [str(row["threads"]), *("-" if time is None else f"{time:.1f}" for time in times)]
        cells.append(f"{row['peak_memory_mib']:.0f}")
        share = row["delegated_share"]
        cells.append("-" if share is None else f"{share:.0%}")
        if scored:
            score = row.get("rgb_psnr")
            cells.append("-" if score is None else f"{score:.2f} dB")
        # A name may hold what Rich takes for markup.
        table.add_row(Text(row["model"]), _way(row), *cells)
    return table


def _way(row: dict) -> str:
    parts = [row["interpreter"]]
    parts += [row["precision"]] if row["interpreter"] in KERAS.values() else []
    parts += [row["what"]] if row["what"] != NETWORK else []
    parts += [f"batch {row['batch']}"] if row["batch"] != 1 else []
    parts += ["GPU"] if row["accelerator"] == "gpu" else []
    return ", ".join(parts)

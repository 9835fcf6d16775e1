"""`tintlite benchmark`: frames a second of each model on this machine, as a table and a file."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from edge_runtime.cli import options
from edge_runtime.cli.codes import FAILED, OK
from edge_runtime.cli.console import complain, say
from edge_runtime.cli.progress import show_bar
from edge_runtime.engine.threads import default_threads
from edge_runtime.errors import ModelError
from edge_runtime.model.shipped import shipped_names
from edge_runtime.one_line import one_line

if TYPE_CHECKING:
    from edge_runtime.bench.device_row import DeviceRow
    from edge_runtime.bench.machine import Machine
    from edge_runtime.bench.model_facts import ModelFacts


def benchmark(
    model: Annotated[
        list[str] | None,
        typer.Option(
            "--model",
            "-m",
            help="A shipped name, or a .tflite or .onnx; may be repeated.  [default: the shipped]",
        ),
    ] = None,
    threads: options.Threads = None,
    seconds: Annotated[
        float, typer.Option(min=0.1, max=600, help="How long each model runs at each size.")
    ] = 3.0,
    accelerator: options.Accelerator = options.ACCELERATOR,
    out: Annotated[
        str | None,
        typer.Option("-o", "--out", metavar="FILE", help="Write the figures as JSON, to share."),
    ] = None,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Replace that file if it exists already.")
    ] = False,
) -> int:
    """Measure how many frames a second this machine colours, at 480p, 720p and 1080p.

    The frames go from grey to colour in memory, as those of a camera do. The file holds the kind of
    machine and the figures, and no names of people, hosts or folders.

    \b
    Examples:
      tintlite benchmark
      tintlite benchmark --model nano --threads 1 -o result.json
      tintlite benchmark --accelerator gpu --seconds 10

    \b
    Exit code: 0 all measured, 1 a model could not be measured, 2 wrong usage.
    """
    from edge_runtime.bench.command_line import command_line
    from edge_runtime.bench.device import WARMUP_SECONDS, measure_device
    from edge_runtime.bench.frame_loop import SIZES
    from edge_runtime.bench.machine import machine_facts
    from edge_runtime.bench.result_file import BenchmarkResult, check_target, now, write
    from edge_runtime.bench.versions import package_versions

    target = None if out is None else Path(out)
    if target is not None:
        check_target(target, overwrite=overwrite)
    models = model or []
    command = ["benchmark", *(f"--model={name}" for name in models)]
    command += [] if threads is None else [f"--threads={threads}"]
    command += [f"--seconds={seconds:g}", f"--accelerator={accelerator.value}"]
    named = _names(list(dict.fromkeys(models)) or shipped_names())
    if not named:
        raise ModelError("no models are installed")
    threads = threads or default_threads()
    machine = machine_facts()
    say(_machine_line(machine, threads))
    measured = measure_device(
        named, threads=threads, seconds=seconds, accelerator=accelerator.value
    )
    rows = []
    with show_bar("", len(named) * len(SIZES)) as bar:
        for row in measured:
            rows.append(row)
            if bar is not None:
                text = one_line(f"{row.model} {row.size}")
                bar.update(bar.task_ids[0], advance=1, description=text)
    _print_table(rows)
    notes = list(dict.fromkeys(f"{row.model}: {row.note}" for row in rows if row.note))
    for note in notes:
        say(note)
    failed = {row.model: row.error for row in rows if row.error}
    for reason in failed.values():
        complain(reason)
    if target is not None:
        notes.append(
            f"Frames in memory, from grey to colour, steadied over time; {seconds:g} s a row after"
            f" a warm-up of {WARMUP_SECONDS:g} s, each row in a process of its own."
        )
        result = BenchmarkResult(
            kind="device",
            made=now(),
            command=command_line("tintlite", command),
            machine=machine,
            versions=package_versions(),
            models=_facts(named),
            rows=[row.flat() for row in rows],
            notes=notes,
        )
        write(result, target)
        say(f"wrote {target}")
    return FAILED if failed else OK


def _names(models: Sequence[str]) -> dict[str, str]:
    """By a name for its rows, each model; the folders of files are nobody's business."""
    named: dict[str, str] = {}
    for model in models:
        short = Path(model).name.removesuffix(".tflite")
        name, number = short, 1
        while name in named:
            number += 1
            name = f"{short} ({number})"
        named[name] = model
    return named


def _facts(named: dict[str, str]) -> dict[str, "ModelFacts"]:
    from edge_runtime.bench.model_facts import model_facts

    facts = {}
    for name, model in named.items():
        try:
            facts[name] = model_facts(model)
        except ModelError:  # its rows say so
            continue
    return facts


def _machine_line(machine: "Machine", threads: int) -> str:
    parts = [
        machine.board,
        machine.cpu,
        f"{machine.cores} core{'' if machine.cores == 1 else 's'}",
        machine.system,
    ]
    parts.append(f"{threads} thread{'' if threads == 1 else 's'}")
    return ", ".join(part for part in parts if part)


def _print_table(rows: Sequence["DeviceRow"]) -> None:
    from rich import box
    from rich.console import Console
    from rich.table import Table

    heat = any(row.temperature_c is not None for row in rows)
    table = Table(box=box.SIMPLE)
    for column in ("model", "frames", "on", "fps", "median", "90 %", "network"):
        table.add_column(column, justify="left" if column in ("model", "on") else "right")
    if heat:
        table.add_column("temperature", justify="right")
    for row in rows:
        if row.error:
            continue
        cells = [row.model, row.size, row.accelerator, f"{row.fps:.1f}"]
        cells += [f"{value:.1f} ms" for value in (row.median_ms, row.p90_ms, row.network_ms)]
        if heat:
            cells.append("-" if row.temperature_c is None else f"{row.temperature_c:.0f} °C")
        table.add_row(*cells)
    if table.row_count:
        Console(markup=False, highlight=False).print(table)
    for throttled in dict.fromkeys(row.throttled for row in rows):
        if throttled not in (None, "no"):
            say(f"slowed down: {throttled}")

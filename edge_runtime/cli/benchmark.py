"""`tintlite benchmark`: frames a second of each model on this machine, as a table and a file."""

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from edge_runtime.bench.command_line import command_line
from edge_runtime.bench.device import WARMUP_SECONDS, measure_device
from edge_runtime.bench.device_row import DeviceRow
from edge_runtime.bench.frame_loop import SIZES
from edge_runtime.bench.machine import Machine, machine_facts
from edge_runtime.bench.model_facts import ModelFacts, model_facts
from edge_runtime.bench.result_file import BenchmarkResult, check_target, now, write
from edge_runtime.bench.versions import package_versions
from edge_runtime.cli.codes import FAILED, OK
from edge_runtime.cli.console import complain, say
from edge_runtime.engine.threads import default_threads
from edge_runtime.errors import ModelError
from edge_runtime.model.shipped import shipped_names
from edge_runtime.one_line import one_line


def run(
    models: Sequence[str],
    threads: int | None,
    seconds: float,
    accelerator: str,
    out: str | None,
    overwrite: bool,
) -> int:
    """Measure, print a table, and write the result file if one is asked for.

    Args:
        models: shipped names, `.tflite` or `.onnx` files; none: all that are shipped.
        threads: 1 to 64, or None for the cores at hand, at most 4.
        seconds: of each row.
        accelerator: as `Colorizer` takes it.
        out: the result file, or None.
        overwrite: whether that may replace a file.
    Returns:
        the exit code: 1 if a model could not be measured.
    Raises:
        ResultFileError: the result file cannot be written.
        ModelError: no models are named, and none is installed.
    """
    target = None if out is None else Path(out)
    if target is not None:
        check_target(target, overwrite=overwrite)
    command = ["benchmark", *(f"--model={model}" for model in models)]
    command += [] if threads is None else [f"--threads={threads}"]
    command += [f"--seconds={seconds:g}", f"--accelerator={accelerator}"]
    named = _names(list(dict.fromkeys(models)) or shipped_names())
    if not named:
        raise ModelError("no models are installed")
    threads = threads or default_threads()
    machine = machine_facts()
    say(_machine_line(machine, threads))
    measured = measure_device(named, threads=threads, seconds=seconds, accelerator=accelerator)
    rows = []
    with _bar(len(named) * len(SIZES)) as bar:
        for row in measured:
            rows.append(row)
            bar(f"{row.model} {row.size}")
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


def _facts(named: dict[str, str]) -> dict[str, ModelFacts]:
    facts = {}
    for name, model in named.items():
        try:
            facts[name] = model_facts(model)
        except ModelError:  # its rows say so
            continue
    return facts


def _machine_line(machine: Machine, threads: int) -> str:
    parts = [
        machine.board,
        machine.cpu,
        f"{machine.cores} core{'' if machine.cores == 1 else 's'}",
        machine.system,
    ]
    parts.append(f"{threads} thread{'' if threads == 1 else 's'}")
    return ", ".join(part for part in parts if part)


@contextmanager
def _bar(count: int) -> Iterator[Callable[[str], None]]:
    """On a terminal, a bar. Gives what moves it on, with a word."""
    if sys.stderr is None or not sys.stderr.isatty():
        yield lambda text: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (BarColumn(), TimeRemainingColumn(), TextColumn("{task.description}", markup=False))
    with Progress(*columns, console=Console(stderr=True)) as progress:
        task = progress.add_task("", total=count)
        yield lambda text: progress.update(task, advance=1, description=one_line(text))


def _print_table(rows: Sequence[DeviceRow]) -> None:
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

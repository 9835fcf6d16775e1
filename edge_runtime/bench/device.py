"""How many frames a second this machine colours, each row in a process of its own.

So it is with `tintlite camera`: a process that has coloured large frames keeps memory that small
ones then need not ask the system for again, and on some systems that is half of their time.
"""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import cv2

from edge_runtime.bench.device_row import DeviceRow
from edge_runtime.bench.frame_loop import SIZES, FrameLoop, grey_frames
from edge_runtime.bench.temperature import read_heat
from edge_runtime.bench.timing import time_runs, times_of
from edge_runtime.colorizer import Colorizer
from edge_runtime.device import Device
from edge_runtime.engine.accelerator import DEFAULT_ACCELERATOR
from edge_runtime.errors import TintLiteError
from edge_runtime.keep_memory import keep_freed_memory
from edge_runtime.model.model_file import read_model

WARMUP_SECONDS = 0.5
_WARMUP_FRAMES = 3
_FEWEST_FRAMES = 5
# Frames that take so many times longer than planned for all of them end the row.
_MOST_TIMES_LONGER = 10

# To start a process, load a model, and try a GPU whose driver is of software, on a small board.
_START_SECONDS = 600.0

# The same modules as here, and none of the folder that the user happens to be in.
_CHILD = (
    "import json, sys; sys.path[:] = json.loads(sys.argv[1]);"
    "from edge_runtime.bench.device import main; main(**json.loads(sys.argv[2]))"
)


def measure_device(
    models: Mapping[str, str],
    *,
    threads: int,
    seconds: float,
    accelerator: str = DEFAULT_ACCELERATOR,
    sizes: Sequence[str] = tuple(SIZES),
) -> Iterator[DeviceRow]:
    """Time each model at each size; the rows of a model that cannot be used say why.

    Args:
        models: by the name that its rows get, a shipped name or a `.tflite`.
        threads: 1 to 64.
        seconds: how long each row is timed, after a warm-up of `WARMUP_SECONDS`.
        accelerator: as `Colorizer` takes it.
        sizes: names of `SIZES`.
    """
    for name, model in models.items():
        for size in sizes:
            try:
                read_model(model)  # what is wrong with the file needs no process to be found
                yield _in_own_process(name, model, size, threads, seconds, accelerator)
            except TintLiteError as error:
                # Without the folders of this machine.
                reason = str(error).replace(model, Path(model).name)
                yield DeviceRow(name, size, threads, accelerator, error=reason)


def main(**row: Any) -> None:
    """What a process of its own does: measure a row, and print it as JSON, or fail in a word."""
    # What libraries print goes elsewhere.
    with os.fdopen(os.dup(1), "w", encoding="utf-8") as answer:
        os.dup2(2, 1)
        try:
            found: dict[str, Any] = {"row": asdict(measure_row(**row))}
        except TintLiteError as error:
            found = {"error": str(error)}
        json.dump(found, answer)


def measure_row(
    name: str, model: str, size: str, threads: int, seconds: float, accelerator: str
) -> DeviceRow:
    """Time one model at one size, in this process. Arguments: see `measure_device`.

    Raises:
        TintLiteError: the model or the accelerator cannot be used.
    """
    keep_freed_memory()  # as `tintlite camera` does
    cv2.setNumThreads(threads)
    colorizer = Colorizer(model, Device(threads, accelerator))
    loop = FrameLoop(colorizer, grey_frames(*SIZES[size]))
    time_runs(loop.colour_next, _WARMUP_FRAMES, WARMUP_SECONDS, WARMUP_SECONDS)
    loop.network_ms.clear()
    frames = time_runs(loop.colour_next, _FEWEST_FRAMES, seconds, _MOST_TIMES_LONGER * seconds)
    heat = read_heat()
    times = times_of(frames)
    return DeviceRow(
        model=name,
        size=size,
        threads=threads,
        accelerator=colorizer.accelerator,
        frames=times.runs,
        fps=1000 * times.runs / sum(frames),
        median_ms=times.median,
        p90_ms=times.p90,
        network_ms=times_of(loop.network_ms).median,
        temperature_c=heat.temperature_c,
        throttled=heat.throttled,
        note=colorizer.accelerator_note,
    )


def _in_own_process(
    name: str, model: str, size: str, threads: int, seconds: float, accelerator: str
) -> DeviceRow:
    row: dict[str, Any] = {"name": name, "model": model, "size": size, "threads": threads}
    row |= {"seconds": seconds, "accelerator": accelerator}
    if not sys.executable or getattr(sys, "frozen", False):  # there is no Python to start
        return measure_row(**row)
    command = [sys.executable, "-I", "-c", _CHILD, json.dumps(sys.path), json.dumps(row)]
    try:
        child = subprocess.run(  # noqa: S603 (our own interpreter and code)
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=_START_SECONDS + 2 * _MOST_TIMES_LONGER * seconds,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise TintLiteError(f"{model}: no answer within {error.timeout:g} seconds") from None
    if child.returncode:
        raise TintLiteError(f"{model}: the process was ended by {_cause(child.returncode)}")
    found = json.loads(child.stdout)
    if "error" in found:
        raise TintLiteError(found["error"])
    return DeviceRow(**found["row"])


def _cause(code: int) -> str:
    try:
        return signal.Signals(-code).name
    except ValueError:
        return f"code {code}"

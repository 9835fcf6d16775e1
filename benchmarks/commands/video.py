"""The command that times films."""

import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import track

from benchmarks.commands.console import console
from edge_runtime.look import DEFAULT_SMOOTHING

HELP = """Time films: serially, in the pipeline, and decoding and encoding alone; a Markdown table.

    python -m benchmarks video

    python -m benchmarks video --model nano --size 720p --frames 60 --out video.json
"""


def video_command(
    model: Annotated[str, typer.Option(help="A shipped name or a .tflite.")] = "standard",
    size: Annotated[
        list[str] | None, typer.Option(help="480p, 720p or 1080p; may be repeated.")
    ] = None,
    frames: Annotated[int, typer.Option(min=2, help="Of each clip.")] = 150,
    rounds: Annotated[int, typer.Option(min=1, help="The best of so many counts.")] = 3,
    threads: Annotated[int, typer.Option(min=1, max=64, help="Of the network.")] = 1,
    preset: Annotated[str | None, typer.Option(help="Of libx264.")] = None,
    smoothing: Annotated[float, typer.Option(min=0, max=1)] = DEFAULT_SMOOTHING,
    out: Annotated[Path | None, typer.Option(help="The result file to write.")] = None,
) -> None:
    from benchmarks.report.page import film_table
    from benchmarks.video import SIZES, measure_films, video_result
    from edge_runtime.bench.command_line import command_line
    from edge_runtime.bench.result_file import check_target, write
    from edge_runtime.look import Look
    from edge_runtime.video import VideoOptions

    sizes = size or list(SIZES)
    for name in sizes:
        if name not in SIZES:
            raise typer.BadParameter(f"the sizes are {', '.join(SIZES)}, not '{name}'")
    if out is not None:
        check_target(out)
    options = VideoOptions(preset=preset, look=Look(smoothing=smoothing))
    rows = measure_films(
        model, sizes=sizes, frames=frames, rounds=rounds, threads=threads, options=options
    )
    measured = list(track(rows, "measuring", total=len(sizes), console=console))
    command = command_line("python -m benchmarks", sys.argv[1:])
    result = video_result(measured, model, threads, rounds, command)
    if out is not None:
        write(result, out)
    print(film_table(result.rows))

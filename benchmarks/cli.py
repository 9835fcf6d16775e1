"""`python -m benchmarks`: measure what the documents claim."""

import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import track
from rich.table import Table

from train.command import run

app = typer.Typer(
    help="Measure TintLite.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
console = Console(width=None if sys.stdout.isatty() else 120)


@app.command("framing")
def framing_command(
    on: Annotated[str, typer.Option(help="Folder, .tar, .zip, or prepared data as DATA:val.")],
    model: Annotated[str, typer.Option(help="A shipped name or a .tflite.")] = "standard",
    limit: Annotated[int | None, typer.Option(min=1, help="At most this many pictures.")] = None,
) -> None:
    """Squash, pad or tile: the colours of panoramas and portraits by each."""
    from benchmarks.framing import compare_framings
    from train.open_pictures import TruePictures

    pictures = TruePictures(on, limit)
    progress = track(pictures, "measuring", total=len(pictures), console=console)
    scores = compare_framings(model, progress)
    table = Table(title=f"{model} on {scores[0].pictures} pictures, cut to each aspect")
    for heading in ("width : height", "framing", "gain over grey", "colourfulness", "ms"):
        table.add_column(heading, justify="left" if heading == "framing" else "right")
    for row in scores:
        aspect = f"{row.aspect:.2g} : 1" if row.aspect >= 1 else f"1 : {1 / row.aspect:.2g}"
        table.add_row(
            aspect,
            row.framing,
            f"{row.gain:+.2f} dB",
            f"{row.colourfulness_ratio:.2f}",
            f"{row.ms:.1f}",
        )
    console.print(table)


@app.command("latency")
def latency_command(
    models: Annotated[list[str], typer.Argument(help="Shipped names or .tflite files.")],
    threads: Annotated[int, typer.Option(min=1, max=64)] = 1,
    runs: Annotated[int, typer.Option(min=5, help="Of the network; pictures get fewer.")] = 100,
) -> None:
    """How long the network takes, and a picture from grey to colour in memory."""
    from benchmarks.latency import measure_latency

    table = Table(title=f"{threads} thread{'s' if threads > 1 else ''}, milliseconds")
    for heading in ("model", "what", "runs", "median", "90 %"):
        table.add_column(heading, justify="left" if heading in ("model", "what") else "right")
    for model in models:
        for row in measure_latency(model, threads, runs):
            figures = (str(row.runs), f"{row.median:.1f}", f"{row.p90:.1f}")
            table.add_row(model, row.what, *figures)
    console.print(table)


@app.command("cuts")
def cuts_command(
    on: Annotated[str, typer.Option(help="Folder, .tar, .zip, or prepared data as DATA:val.")],
    limit: Annotated[int | None, typer.Option(min=2, help="At most this many pictures.")] = None,
) -> None:
    """How often a scene cut is found where there is one, and where there is none."""
    from benchmarks.cuts import measure_cuts
    from train.open_pictures import TruePictures

    pictures = TruePictures(on, limit)
    scores = measure_cuts(track(pictures, "reading", total=len(pictures), console=console))
    table = Table(title=f"pairs made of {len(pictures)} pictures")
    for heading in ("between the frames", "is a cut", "called one"):
        table.add_column(heading, justify="right" if heading == "called one" else "left")
    for row in scores:
        table.add_row(row.kind, "yes" if row.is_cut else "no", f"{row.found:.1%}")
    console.print(table)


@app.command("flicker")
def flicker_command(
    clips: Annotated[list[Path], typer.Argument(help="Colour films.")],
    strength: Annotated[
        list[float] | None, typer.Option(help="Of the smoothing, 0 to 1; may be repeated.")
    ] = None,
    model: Annotated[str, typer.Option(help="A shipped name or a .tflite.")] = "standard",
) -> None:
    """How much colours flicker, frame by frame and smoothed, and how true they stay."""
    from benchmarks.flicker import measure_flicker
    from edge_runtime.video.temporal import DEFAULT_STRENGTH, check_strength

    strengths = strength or [DEFAULT_STRENGTH]
    for value in strengths:
        try:
            check_strength(value)
        except ValueError as error:
            raise typer.BadParameter(str(error), param_hint="'--strength'") from None
    for clip in clips:
        rows = measure_flicker(clip, strengths, model)
        by_frame = next(row for row in rows if row.colours == "frame by frame")
        table = Table(title=f"{clip.name}: {rows[0].frames} frames, {rows[0].cuts} cuts, {model}")
        headings = ("colours", "flicker", "of frame by frame", "RGB PSNR", "change", "CF", "ms")
        for heading in headings:
            table.add_column(heading, justify="left" if heading == "colours" else "right")
        for row in rows:
            table.add_row(
                row.colours,
                f"{row.flicker:.3f}",
                f"{row.flicker / by_frame.flicker:.2f}" if by_frame.flicker else "-",
                "-" if row.colours == "true" else f"{row.rgb_psnr:.2f} dB",
                "-" if row.colours == "true" else f"{row.rgb_psnr - by_frame.rgb_psnr:+.2f}",
                f"{row.colourfulness_ratio:.2f}",
                f"{row.ms:.1f}" if row.ms else "-",
            )
        console.print(table)


@app.command("video")
def video_command(
    model: Annotated[str, typer.Option(help="A shipped name or a .tflite.")] = "standard",
    size: Annotated[
        list[str] | None, typer.Option(help="480p, 720p or 1080p; may be repeated.")
    ] = None,
    frames: Annotated[int, typer.Option(min=2, help="Of each clip.")] = 150,
    rounds: Annotated[int, typer.Option(min=1, help="The best of so many counts.")] = 3,
    threads: Annotated[int, typer.Option(min=1, max=64, help="Of the network.")] = 1,
    preset: Annotated[str | None, typer.Option(help="Of libx264.")] = None,
    smoothing: Annotated[float | None, typer.Option(min=0, max=1)] = None,
) -> None:
    """Films: serially, in the pipeline, and decoding and encoding alone; Markdown tables."""
    from benchmarks.video import SIZES, markdown, measure_films
    from edge_runtime.video import VideoOptions

    sizes = size or list(SIZES)
    for name in sizes:
        if name not in SIZES:
            raise typer.BadParameter(f"the sizes are {', '.join(SIZES)}, not '{name}'")
    options = VideoOptions(preset=preset, smoothing=smoothing)
    rows = measure_films(
        model, sizes=sizes, frames=frames, rounds=rounds, threads=threads, options=options
    )
    measured = list(track(rows, "measuring", total=len(sizes), console=console))
    print(markdown(measured))


def main() -> None:
    """Run a command and exit."""
    run(app, "benchmarks")

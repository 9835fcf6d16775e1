"""The command that measures how calm colours are over time."""

from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from benchmarks.commands.console import console


def flicker_command(
    clips: Annotated[list[Path], typer.Argument(help="Colour films.")],
    strength: Annotated[
        list[float] | None, typer.Option(help="Of the smoothing, 0 to 1; may be repeated.")
    ] = None,
    model: Annotated[str, typer.Option(help="A shipped name or a .tflite.")] = "standard",
) -> None:
    """How much colours flicker, frame by frame and smoothed, and how true they stay."""
    from benchmarks.flicker import measure_flicker
    from edge_runtime.look import DEFAULT_SMOOTHING
    from edge_runtime.steady.temporal import check_strength

    strengths = strength or [DEFAULT_SMOOTHING]
    for value in strengths:
        try:
            check_strength(value)
        except ValueError as error:
            raise typer.BadParameter(str(error), param_hint="'--strength'") from None
    for clip in clips:
        rows = measure_flicker(clip, strengths, model)
        by_frame = next(row for row in rows if row.colours == "frame by frame")
        table = Table(title=f"{clip.name}: {rows[0].frames} frames, {rows[0].cuts} cuts, {model}")
        headings = (
            "colours",
            "flicker",
            "of frame by frame",
            "CDC",
            "RGB PSNR",
            "change",
            "CF",
            "ms",
        )
        for heading in headings:
            table.add_column(heading, justify="left" if heading == "colours" else "right")
        for row in rows:
            table.add_row(
                row.colours,
                f"{row.flicker:.3f}",
                f"{row.flicker / by_frame.flicker:.2f}" if by_frame.flicker else "-",
                f"{row.cdc:.5f}",
                "-" if row.colours == "true" else f"{row.rgb_psnr:.2f} dB",
                "-" if row.colours == "true" else f"{row.rgb_psnr - by_frame.rgb_psnr:+.2f}",
                f"{row.colourfulness_ratio:.2f}",
                f"{row.ms:.1f}" if row.ms else "-",
            )
        console.print(table)

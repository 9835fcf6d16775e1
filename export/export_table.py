"""The table at the end of an export."""

from collections.abc import Sequence
from math import isfinite

from rich import box
from rich.table import Table

from export.export_model import Exported


def export_table(rows: Sequence[Exported]) -> Table:
    """One row a file: size, operators, XNNPACK's share, speed, and how near to float and truth.

    Args:
        rows: at least one, all measured on the same sets.
    """
    sets = list(rows[0].scores)
    caption = "ms: median of one run on 1 thread; float: the Keras model"
    if not sets:
        caption += "; --measure NAME=SOURCE adds PSNR against true pictures, and colourfulness"
    # Two sets fit beside all else into 120 columns.
    table = Table(box=box.SIMPLE, collapse_padding=True, pad_edge=False, caption=caption)
    headings = ["file", "bytes", "ops", "dele-\ngated", "ms", "max ab\nto float", "PSNR\nto float"]
    for name in sets:
        headings += [f"{name}\nPSNR, gain", "colour-\nfulness"]
    for heading in headings:
        table.add_column(heading, justify="left" if heading == "file" else "right")
    for row in rows:
        found = {result.check: result.figures for result in row.gates}
        xnnpack = found.get("xnnpack")
        if xnnpack is None:  # an .onnx
            cells = [str(sum(found["operators"]["operators"].values())), "-"]
        else:
            cells = [str(xnnpack.get("operators", "?")), f"{xnnpack.get('delegated_share', 0):.0%}"]
        parity = row.parity
        cells = [
            row.file.name,
            f"{row.bytes:,}",
            *cells,
            f"{row.median_ms:.1f}",
            f"{parity.max_ab:.3f}",
            f"{parity.rgb_psnr:.1f} dB" if isfinite(parity.rgb_psnr) else "equal",
        ]
        for score in row.scores.values():
            cells += [
                f"{score.rgb_psnr:.2f} {score.gain:+.2f}",
                f"{score.colourfulness_ratio:.3f}",
            ]
        table.add_row(*cells)
    return table

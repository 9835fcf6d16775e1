"""The part of the page about films: one video result."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes

from benchmarks.report.accuracy_plots import short
from benchmarks.report.document import Block, Cell, Paragraph, Plot, Section, Table
from benchmarks.report.machine_text import machine_text
from benchmarks.report.plot_style import COLOURS, INK, draw
from benchmarks.report.rows import number, text
from edge_runtime.benchmark.result_file import BenchmarkResult

Row = Mapping[str, Any]

_SHARE = "share_"
_LONGEST_STAGE = 14


def _stages(rows: Sequence[Row]) -> list[str]:
    """The stages that rows have shares of, in their order."""
    keys = dict.fromkeys(key for row in rows for key in row if key.startswith(_SHARE))
    return [key for key in keys if any(number(row, key) is not None for row in rows)]


def _label(row: Row) -> str:
    return ", ".join(part for part in (text(row, "model"), text(row, "size")) if part)


def _speed_keys(rows: Sequence[Row]) -> list[str]:
    keys = dict.fromkeys(key for row in rows for key in row if key.endswith("fps"))
    return [key for key in keys if any(number(row, key) is not None for row in rows)]


def _heading(key: str) -> str:
    name = key.removesuffix("fps").strip("_").replace("_", " ")
    return f"{name}, fps" if name else "fps"


def _table(rows: Sequence[Row]) -> Table:
    speeds, stages = _speed_keys(rows), _stages(rows)

    def share(row: Row, key: str) -> Cell:
        value = number(row, key)
        return Cell("-" if value is None else f"{value:.0%}")

    def speed(row: Row, key: str) -> Cell:
        value = number(row, key)
        return Cell("-" if value is None else f"{value:.1f}")

    headings = (
        "model, size",
        *map(_heading, speeds),
        *(stage.removeprefix(_SHARE) for stage in stages),
    )
    cells = tuple(
        (
            Cell(_label(row), code=True),
            *(speed(row, key) for key in speeds),
            *(share(row, key) for key in stages),
        )
        for row in rows
    )
    return Table(headings, cells, caption="Frames a second, and the share of each stage")


def _shares(name: str, rows: Sequence[Row], stages: Sequence[str]) -> Plot:
    def paint(axes: Axes) -> None:
        places, left = np.arange(len(rows)), np.zeros(len(rows))
        for index, stage in enumerate(stages):
            width = np.array([100 * (number(row, stage) or 0) for row in rows])
            axes.barh(
                places,
                width,
                left=left,
                height=0.62,
                color=COLOURS[index % len(COLOURS)],
                label=short(stage.removeprefix(_SHARE), _LONGEST_STAGE),
            )
            left += width
        axes.set_yticks(places, [short(_label(row)) for row in rows], color=INK)
        axes.invert_yaxis()
        axes.set_xlim(0, 100)
        axes.grid(axis="y", visible=False)
        axes.set_xlabel("share of the time of a frame (%)")
        axes.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=3, borderpad=0)

    caption = "Where the time of a film goes, the stages one after the other."
    return Plot(name, draw(1.5 + 0.42 * len(rows), paint), caption)


def video_section(result: BenchmarkResult, prefix: str) -> Section:
    """Table and plot of one result of the kind `video`."""
    rows = [row for row in result.rows if not text(row, "error")]
    blocks: list[Block] = [Paragraph(note) for note in result.notes]
    if rows:
        blocks.append(_table(rows))
        stages = _stages(rows)
        if stages:
            blocks.append(_shares(f"{prefix}-shares", rows, stages))
    return Section(f"Films on {machine_text(result.machine)}", tuple(blocks))

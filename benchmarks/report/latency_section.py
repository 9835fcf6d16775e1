"""The part of the page about the time of networks: one latency result."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes

from benchmarks.report.accuracy_plots import short
from benchmarks.report.document import Block, Bullets, Cell, Paragraph, Plot, Section, Table
from benchmarks.report.machine_text import machine_text
from benchmarks.report.plot_style import COLOURS, INK, SOFT, draw, logarithmic
from benchmarks.report.rows import number, shown, text
from edge_runtime.benchmark.result_file import BenchmarkResult

Row = Mapping[str, Any]

# Bars beyond which a drawing is no longer looked at.
MOST_BARS = 40

_COLUMNS = (
    ("median_ms", "median, ms", 2),
    ("p90_ms", "90 %, ms", 2),
    ("p99_ms", "99 %, ms", 2),
    ("first_ms", "first run, ms", 1),
    ("start_ms", "start, ms", 0),
    ("peak_memory_mib", "peak memory, MiB", 0),
    ("pictures_per_s", "pictures/s", 1),
    ("gain", "gain, dB", 2),
)

NETWORK = "network"
_AS_STORED = "as stored"
KERAS = "keras"


def is_network(row: Row) -> bool:
    """Whether a row is of the network alone, and not of whole pictures."""
    return text(row, "what") in ("", NETWORK)


def is_keras(row: Row) -> bool:
    """Whether Keras ran it, in full precision."""
    return text(row, "interpreter").lower().startswith(KERAS)


def way_of(row: Row) -> str:
    """How a row was run: interpreter, precision, accelerator, threads, batch."""
    threads, batch = number(row, "threads"), number(row, "batch")
    parts = [text(row, "interpreter")]
    if text(row, "precision") != _AS_STORED:
        parts.append(text(row, "precision"))
    accelerator = text(row, "accelerator")
    parts.append(accelerator.upper())
    if threads is not None and accelerator != "gpu":
        parts.append(f"{threads:.0f} thread{'' if threads == 1 else 's'}")
    if batch is not None and batch > 1:
        parts.append(f"batch of {batch:.0f}")
    return ", ".join(part for part in parts if part)


def _or_dash(row: Row, key: str, digits: int) -> str:
    return "-" if number(row, key) is None else shown(row, key, digits)


def _delegated(row: Row) -> str:
    share = number(row, "delegated_share")
    return "-" if share is None else f"{share:.0%}"


def _network_table(rows: Sequence[Row]) -> Table:
    columns = [column for column in _COLUMNS if any(number(row, column[0]) for row in rows)]
    return Table(
        ("model", "run by", *(heading for _, heading, _ in columns), "delegated", "runs"),
        tuple(
            (
                Cell(text(row, "model"), code=True),
                Cell(way_of(row)),
                *(Cell(_or_dash(row, key, digits)) for key, _, digits in columns),
                Cell(_delegated(row)),
                Cell(_or_dash(row, "runs", 0)),
            )
            for row in rows
        ),
        left=(1,),
        caption="The network alone, after a warm-up; times are of a whole batch",
    )


def _pictures_table(rows: Sequence[Row]) -> Table:
    return Table(
        ("model", "picture", "run by", "median, ms", "90 %, ms", "99 %, ms", "runs"),
        tuple(
            (
                Cell(text(row, "model"), code=True),
                Cell(text(row, "what")),
                Cell(way_of(row)),
                *(Cell(_or_dash(row, key, 1)) for key in ("median_ms", "p90_ms", "p99_ms")),
                Cell(_or_dash(row, "runs", 0)),
            )
            for row in rows
        ),
        left=(1, 2),
        caption="Whole pictures, from grey to colour in memory",
    )


def _bars(name: str, rows: Sequence[Row]) -> Plot:
    rows = sorted(rows, key=lambda row: number(row, "median_ms") or 0)[:MOST_BARS]

    def paint(axes: Axes) -> None:
        places = np.arange(len(rows))
        median = np.array([number(row, "median_ms") for row in rows])
        tail = np.array([number(row, "p90_ms") or m for row, m in zip(rows, median, strict=True)])
        colours = [COLOURS[2] if is_keras(row) else COLOURS[0] for row in rows]
        logarithmic(axes, [*median, *np.maximum(tail, median)])
        axes.hlines(places, median, np.maximum(tail, median), color=SOFT, lw=1.4)
        # Points: on a logarithmic axis the length of a bar says nothing.
        axes.scatter(median, places, color=colours, s=30, zorder=3)
        labels = [f"{short(text(row, 'model'))}\n{short(way_of(row))}" for row in rows]
        axes.set_yticks(places, labels, color=INK, fontsize=8)
        axes.set_ylim(len(rows) - 0.5, -0.5)  # the fastest on top
        axes.set_xlabel("ms for a picture, logarithmic: median, line to 90 %")

    height = 0.9 + 0.4 * len(rows)
    caption = "Time of the network for one picture, fastest first; green: full precision in Keras."
    return Plot(name, draw(height, paint), caption)


def latency_section(result: BenchmarkResult, prefix: str) -> Section:
    """Table and plot of one result of the kind `latency`."""
    rows = [row for row in result.rows if not text(row, "error")]
    failed = [row for row in result.rows if text(row, "error")]
    blocks: list[Block] = [Paragraph(note) for note in result.notes]
    networks = [row for row in rows if is_network(row)]
    pictures = [row for row in rows if not is_network(row)]
    if networks:
        blocks.append(_network_table(networks))
    if pictures:
        blocks.append(_pictures_table(pictures))
    timed = [
        row
        for row in networks
        if (number(row, "median_ms") or 0) > 0 and number(row, "batch") in (None, 1)
    ]
    if timed:
        blocks.append(_bars(f"{prefix}-bars", timed))
    if failed:
        blocks.append(Paragraph("Could not be run:"))
        blocks.append(
            Bullets(
                tuple(
                    (", ".join(filter(None, (text(row, "model"), way_of(row)))), text(row, "error"))
                    for row in failed
                )
            )
        )
    return Section(f"Latency on {machine_text(result.machine)}", tuple(blocks))

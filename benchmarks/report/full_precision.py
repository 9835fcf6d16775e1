"""The part of the page that sets the full-precision network in Keras beside the files."""

from collections.abc import Sequence

from benchmarks.report.document import Cell, Section, Table
from benchmarks.report.latency_section import is_keras, way_of
from benchmarks.report.machine_text import machine_text
from benchmarks.report.rows import NOT_MEASURED, number, text
from edge_runtime.benchmark.result_file import BenchmarkResult

_FIGURES = (
    ("median_ms", "median of a batch, ms", 1),
    ("pictures_per_s", "pictures/s", 1),
    ("rgb_psnr", "RGB PSNR, dB", 2),
    ("gain", "gain, dB", 2),
)


def _figure(row: dict, key: str, digits: int) -> Cell:
    value = number(row, key)
    return Cell(NOT_MEASURED if value is None else f"{value:.{digits}f}")


def full_precision_section(latencies: Sequence[BenchmarkResult]) -> Section:
    """What there is of the network as it was trained, on CPUs and GPUs; what is not says so."""
    rows = [(result, row) for result in latencies for row in result.rows if is_keras(row)]
    cells = [
        (
            Cell(text(row, "model"), code=True),
            Cell(way_of(row)),
            Cell(machine_text(result.machine)),
            *(_figure(row, key, digits) for key, _, digits in _FIGURES),
        )
        for result, row in rows
    ]
    for accelerator in ("cpu", "gpu"):
        if not any(text(row, "accelerator").lower() == accelerator for _, row in rows):
            nothing = [Cell(NOT_MEASURED)] * len(_FIGURES)
            cells.append((Cell("-"), Cell(f"Keras, {accelerator.upper()}"), Cell("-"), *nothing))
    table = Table(
        ("model", "run by", "machine", *(heading for _, heading, _ in _FIGURES)),
        tuple(cells),
        left=(1, 2),
        caption="The network in floating point, as it was trained",
    )
    return Section("Full precision", (table,))

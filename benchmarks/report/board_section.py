"""The part of the page that users send: `tintlite benchmark` on their boards."""

from collections.abc import Sequence

from benchmarks.report.document import Bullets, Cell, Paragraph, Section, Table
from benchmarks.report.machine_text import machine_text
from benchmarks.report.rows import number, shown, text
from edge_runtime.benchmark.result_file import BenchmarkResult

_COLUMNS = (
    ("fps", "fps", 1),
    ("median_ms", "median, ms", 1),
    ("p90_ms", "90 %, ms", 1),
    ("network_ms", "network, ms", 1),
    ("temperature_c", "°C", 0),
)


def board_section(results: Sequence[BenchmarkResult]) -> Section:
    """One table over all results of the kind `device`."""
    rows = []
    failed: list[tuple[str, str]] = []
    for result in results:
        for row in result.rows:
            if text(row, "error"):
                failed.append((text(row, "model"), text(row, "error")))
                continue
            threads = number(row, "threads")
            way = [text(row, "accelerator").upper()]
            way += [] if threads is None else [f"{threads:.0f} thread{'' if threads == 1 else 's'}"]
            figures = [
                Cell(shown(row, key, digits) if number(row, key) is not None else "-")
                for key, _, digits in _COLUMNS
            ]
            throttled = row.get("throttled")
            rows.append(
                (
                    Cell(machine_text(result.machine)),
                    Cell(text(row, "model"), code=True),
                    Cell(text(row, "size")),
                    Cell(", ".join(part for part in way if part)),
                    *figures,
                    Cell("-" if throttled is None else str(throttled)),
                )
            )
    table = Table(
        ("machine", "model", "size", "run by", *(h for _, h, _ in _COLUMNS), "throttled"),
        tuple(rows),
        left=(1, 2, 3),
        caption="A picture from grey to colour in memory, and the part of the network in that",
    )
    # Machines that say the same say it once.
    notes = [Paragraph(note) for note in dict.fromkeys(n for r in results for n in r.notes)]
    failures = [Paragraph("Could not be run:"), Bullets(tuple(failed))] if failed else []
    return Section("On boards, by tintlite benchmark", (table, *failures, *notes))

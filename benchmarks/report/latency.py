"""The parts of the page about the time of networks."""

from collections.abc import Sequence

from benchmarks.report.markdown import bullets, code, escape, section, table
from benchmarks.report.rows import (
    NOT_MEASURED,
    Row,
    good_rows,
    machine_text,
    number,
    or_dash,
    shown,
    text,
)
from edge_runtime.bench.result_file import BenchmarkResult

# Keys of a row, their headings, and digits behind the point.
COLUMNS = (
    ("median_ms", "median, ms", 2),
    ("p90_ms", "90 %, ms", 2),
    ("p99_ms", "99 %, ms", 2),
    ("first_ms", "first run, ms", 1),
    ("start_ms", "start, ms", 0),
    ("peak_memory_mib", "peak memory, MiB", 0),
    ("pictures_per_s", "pictures/s", 1),
    ("gain", "gain, dB", 2),
)
_OF_PICTURES = COLUMNS[:3]
_FULL = (
    ("median_ms", "median of a batch, ms", 1),
    ("pictures_per_s", "pictures/s", 1),
    ("rgb_psnr", "RGB PSNR, dB", 2),
    ("gain", "gain, dB", 2),
)


def is_network(row: Row) -> bool:
    """Whether a row is of the network alone, and not of whole pictures."""
    return text(row, "what") in ("", "network")


def is_keras(row: Row) -> bool:
    """Whether Keras ran it, in full precision."""
    return text(row, "interpreter").lower().startswith("keras")


def way_of(row: Row) -> str:
    """How a row was run: interpreter, precision, accelerator, threads, batch."""
    threads, batch = number(row, "threads"), number(row, "batch")
    parts = [text(row, "interpreter")]
    parts += [text(row, "precision")] if text(row, "precision") != "as stored" else []
    parts += [] if is_network(row) else [text(row, "what")]
    accelerator = text(row, "accelerator")
    parts.append(accelerator.upper())
    if threads is not None and accelerator != "gpu":
        parts.append(f"{threads:.0f} thread{'' if threads == 1 else 's'}")
    if batch is not None and batch > 1:
        parts.append(f"batch of {batch:.0f}")
    return ", ".join(part for part in parts if part)


def delegated(row: Row) -> str:
    """The part of the operators that a delegate runs."""
    share = number(row, "delegated_share")
    return "-" if share is None else f"{share:.0%}"


def _times(rows: Sequence[Row], columns: Sequence[tuple[str, str, int]], caption: str) -> str:
    columns = [column for column in columns if any(number(row, column[0]) for row in rows)]
    cells = [
        [
            code(text(row, "model")),
            way_of(row),
            *(or_dash(row, key, digits) for key, _, digits in columns),
            delegated(row),
            or_dash(row, "runs", 0),
        ]
        for row in rows
    ]
    headings = ("model", "run by", *(heading for _, heading, _ in columns), "delegated", "runs")
    return table(headings, cells, left=(1,), caption=caption) if rows else ""


def latency_section(result: BenchmarkResult) -> str:
    """Tables of one result of the kind `latency`."""
    rows = good_rows(result.rows)
    failed = [
        (", ".join(filter(None, (text(row, "model"), way_of(row)))), text(row, "error"))
        for row in result.rows
        if text(row, "error")
    ]
    alone = "The network alone, after a warm-up; times are of a whole batch"
    whole = "Whole pictures, from grey to colour in memory"
    return section(
        f"Latency on {machine_text(result.machine)}",
        *map(escape, result.notes),
        _times([row for row in rows if is_network(row)], COLUMNS, alone),
        _times([row for row in rows if not is_network(row)], _OF_PICTURES, whole),
        *(["Could not be run:", bullets(failed)] if failed else []),
    )


def full_precision_section(latencies: Sequence[BenchmarkResult]) -> str:
    """What there is of the network as it was trained, on CPUs and GPUs; what is not says so."""
    rows = [(result, row) for result in latencies for row in result.rows if is_keras(row)]
    cells = [
        [
            code(text(row, "model")),
            way_of(row),
            machine_text(result.machine),
            *(shown(row, key, digits) for key, _, digits in _FULL),
        ]
        for result, row in rows
    ]
    for accelerator in ("cpu", "gpu"):
        if not any(text(row, "accelerator").lower() == accelerator for _, row in rows):
            nothing = [NOT_MEASURED] * len(_FULL)
            cells.append(["-", f"Keras, {accelerator.upper()}", "-", *nothing])
    headings = ("model", "run by", "machine", *(heading for _, heading, _ in _FULL))
    caption = "The network in floating point, as it was trained"
    return section("Full precision", table(headings, cells, left=(1, 2), caption=caption))

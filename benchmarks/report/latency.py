"""The parts of the page about the time of networks."""

from collections.abc import Iterable, Sequence

from benchmarks.report.markdown import bullets, code, escape, section, table
from benchmarks.report.rows import NOT_MEASURED, Row, good_rows, machine_text, number, or_dash, text
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
# What a reader of the page needs of them, each in a table of its own; the file has the others.
_ON_PAGE = (("median_ms", "median, ms", 2), ("peak_memory_mib", "peak memory, MiB", 0))
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


def _way_on_page(row: Row) -> str:
    """How a row was run, and what a delegate left of it, if any."""
    share = number(row, "delegated_share")
    left = share is not None and share < 1
    return f"{way_of(row)}, {delegated(row)} delegated" if left else way_of(row)


def _tables(rows: Sequence[Row], what: str) -> list[str]:
    """One table a figure: a line for each way to run, a column for each model."""
    models = dict.fromkeys(text(row, "model") for row in rows)
    found = []
    for key, heading, digits in _ON_PAGE:
        cells: dict[str, dict[str, str]] = {}
        for row in rows:
            if number(row, key) is not None:
                by_model = cells.setdefault(_way_on_page(row), {})
                by_model[text(row, "model")] = or_dash(row, key, digits)
        lines = [[way, *(line.get(name, "-") for name in models)] for way, line in cells.items()]
        caption = f"{what}: {heading}"
        found += [table(("run by", *map(code, models)), lines, caption=caption)] if lines else []
    return found


def _failures(rows: Iterable[Row]) -> list[str]:
    """What could not be run, each way and reason once."""
    models: dict[tuple[str, str], list[str]] = {}
    for row in rows:
        if text(row, "error"):
            models.setdefault((way_of(row), text(row, "error")), []).append(text(row, "model"))
    failed = [
        (" by ".join(filter(None, (", ".join(names), way))), reason)
        for (way, reason), names in models.items()
    ]
    return ["Could not be run:", bullets(failed)] if failed else []


def latency_sections(results: Sequence[BenchmarkResult]) -> list[str]:
    """Tables of the results of the kind `latency`, but for Keras.

    A note that they share is said once.
    """
    sections, said = [], set()
    for result in results:
        rows = [row for row in result.rows if not is_keras(row)]
        if not rows:
            continue
        notes = [note for note in result.notes if note not in said]
        said.update(notes)
        good = good_rows(rows)
        sections.append(
            section(
                f"Latency on {machine_text(result.machine)}",
                *map(escape, notes),
                *_tables([row for row in good if is_network(row)], "The network alone"),
                *_tables([row for row in good if not is_network(row)], "From grey to colour"),
                *_failures(rows),
            )
        )
    return sections


def full_precision_section(latencies: Sequence[BenchmarkResult]) -> str:
    """What there is of the network as it was trained, on CPUs and GPUs; what is not says so."""
    keras = [(result, row) for result in latencies for row in result.rows if is_keras(row)]
    rows = [(result, row) for result, row in keras if not text(row, "error")]
    cells = [
        [
            code(text(row, "model")),
            way_of(row),
            machine_text(result.machine),
            *(or_dash(row, key, digits) for key, _, digits in _FULL),
        ]
        for result, row in rows
    ]
    for accelerator in ("cpu", "gpu"):
        if not any(text(row, "accelerator").lower() == accelerator for _, row in keras):
            nothing = [NOT_MEASURED] * len(_FULL)
            cells.append(["-", f"Keras, {accelerator.upper()}", "-", *nothing])
    headings = ("model", "run by", "machine", *(heading for _, heading, _ in _FULL))
    caption = "The network in floating point, as it was trained"
    return section(
        "Full precision",
        table(headings, cells, left=(1, 2), caption=caption) if cells else "",
        *_failures(row for _, row in keras),
    )

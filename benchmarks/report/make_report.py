"""From result files to a document: which parts the page has, in which order."""

from collections.abc import Mapping, Sequence
from typing import Any

from benchmarks.accuracy_columns import COLUMNS, ROW_DEFINITIONS, SETTING, SHOWN
from benchmarks.accuracy_run import IN_OPENCV
from benchmarks.latency.job import AI_EDGE_LITERT
from benchmarks.report.accuracy_plots import over_time
from benchmarks.report.accuracy_section import accuracy_section, good_rows, points
from benchmarks.report.board_section import board_section
from benchmarks.report.document import (
    Block,
    Bullets,
    Cell,
    Document,
    Gallery,
    Paragraph,
    Plot,
    Section,
    Table,
)
from benchmarks.report.full_precision import full_precision_section
from benchmarks.report.latency_section import is_network, latency_section, way_of
from benchmarks.report.machine_text import machine_text
from benchmarks.report.published import published_section
from benchmarks.report.rows import NOT_MEASURED, megabytes, number, text
from benchmarks.report.video_section import video_section
from edge_runtime.benchmark.result_file import BenchmarkResult

TITLE = "TintLite's benchmarks"
NO_PICTURES = (
    "No photos here: python -m benchmarks report shows the best and the worst of them on the HTML "
    "page where --pictures names their source."
)

Row = Mapping[str, Any]


def _of(results: Sequence[BenchmarkResult], kind: str) -> list[BenchmarkResult]:
    return [result for result in results if result.kind == kind]


def times_of(accuracy: BenchmarkResult, latency: BenchmarkResult) -> dict[str, Row]:
    """The latency row that stands for each model of an accuracy result.

    It is of the same file, by SHA-256; of its rows, one on the CPU with the fewest threads, in the
    runtime's own interpreter where there is one.
    """
    found: dict[str, Row] = {}
    for name, facts in accuracy.models.items():
        rows = [
            row
            for row in latency.rows
            if (timed := latency.models.get(text(row, "model"))) is not None
            and timed.sha256 == facts.sha256
            and (number(row, "median_ms") or 0) > 0
            and not text(row, "error")
            and text(row, "accelerator").lower() in ("", "cpu")
            and is_network(row)
            and number(row, "batch") in (None, 1)
        ]
        if rows and not name.endswith(IN_OPENCV):
            found[name] = min(rows, key=_preference)
    return found


def _preference(row: Row) -> tuple:
    other = text(row, "interpreter") != AI_EDGE_LITERT
    return number(row, "threads") or 1, other, number(row, "median_ms")


def _time_plot(accuracy: BenchmarkResult, latency: BenchmarkResult, name: str) -> Plot | None:
    times = {model: number(row, "median_ms") for model, row in times_of(accuracy, latency).items()}
    chosen = points(accuracy, times)
    where = f"median on {machine_text(latency.machine)}"
    return over_time(name, chosen, where) if chosen else None


def _summary(accuracy: BenchmarkResult, latency: BenchmarkResult | None) -> Table:
    times = times_of(accuracy, latency) if latency else {}
    rows = []
    for row in good_rows(accuracy):
        name = text(row, "model")
        facts = accuracy.models.get(name)
        if facts is None or not facts.file.endswith(".tflite") or name.endswith(IN_OPENCV):
            continue
        gain, colour = number(row, "gain"), number(row, "colourfulness_ratio")
        low, high = number(row, "gain_low"), number(row, "gain_high")
        around = "" if low is None or high is None else f"{low:+.2f} to {high:+.2f}"
        time = times.get(name)
        rows.append(
            (
                Cell(name, code=True),
                Cell(facts.recipe),
                Cell(megabytes(facts.bytes)),
                Cell(str(facts.input_size)),
                Cell(NOT_MEASURED) if gain is None else Cell(f"{gain:+.2f}", around, strong=True),
                Cell(NOT_MEASURED if colour is None else f"{colour:.2f}"),
                Cell(NOT_MEASURED)
                if time is None
                else Cell(f"{number(time, 'median_ms'):.1f}", way_of(time)),
            )
        )
    return Table(
        ("model", "recipe", "MB", "S", "gain over grey, dB", "colourfulness", "network, ms"),
        tuple(rows),
        left=(1,),
        caption=f"In short: {len(accuracy.pictures):,} photos, 95 % intervals",
    )


def _not_measured(where: str) -> tuple[Cell, ...]:
    dashes = [Cell("-")] * 3
    return (Cell("full precision, Keras"), Cell(where), Cell("-"), Cell(NOT_MEASURED), *dashes)


def _definitions() -> Section:
    items = [(f"{c.heading}{f' ({c.unit})' if c.unit else ''}", c.definition) for c in COLUMNS]
    items += [(name, definition) for _, name, definition in SHOWN]
    items += list(ROW_DEFINITIONS.items())
    items.append(
        (
            "network",
            "time of the network alone, one picture at a time, after a warm-up; median and "
            "percentiles over the runs, as TFLite's benchmark tool reports them. Figures of "
            "different machines, or of one at different times, may differ by a factor of two: "
            "compare within a table.",
        )
    )
    return Section("Definitions", (Paragraph(SETTING), Bullets(tuple(items))))


def _origin(results: Sequence[BenchmarkResult]) -> Section:
    machines = dict.fromkeys(
        f"{machine_text(result.machine)}, "
        + ("" if result.machine.memory_gib is None else f"{result.machine.memory_gib:g} GiB, ")
        + result.machine.system
        for result in results
    )
    versions: dict[str, dict[str, None]] = {}
    for result in results:
        for package, version in result.versions.items():
            versions.setdefault(package, {})[version] = None
    used = ", ".join(f"{package} {' and '.join(found)}" for package, found in versions.items())
    return Section(
        "Where these figures come from",
        (
            Bullets(tuple(("", f"{r.made[:10]}, {r.kind}: {r.command}") for r in results)),
            Paragraph("Machines: " + "; ".join(machines) + "."),
            Paragraph(f"Versions: {used}."),
        ),
    )


def _with_own_titles(sections: Sequence[Section]) -> tuple[Section, ...]:
    """Number the sections of one title from the second on: links lead to the first of them."""
    seen: dict[str, int] = {}
    found = []
    for section in sections:
        seen[section.title] = number_ = seen.get(section.title, 0) + 1
        title = section.title if number_ == 1 else f"{section.title} ({number_})"
        found.append(Section(title, section.blocks))
    return tuple(found)


def make_report(
    results: Sequence[BenchmarkResult], galleries: Sequence[Gallery] | None = None
) -> Document:
    """Put all results together.

    Args:
        results: at least one, of any kinds and machines, in the order of the page.
        galleries: of the best and worst pictures; None if their source was not given.
    """
    accuracies, latencies = _of(results, "accuracy"), _of(results, "latency")
    introduction: list[Block] = [
        Paragraph(
            "How much colour each model gives back, how large it is and how fast, measured by the "
            "commands below. Grey, the picture left as it was, stands in every table of accuracy: "
            "what is not above it is worth nothing."
        )
    ]
    if accuracies:
        introduction.append(_summary(accuracies[0], latencies[0] if latencies else None))
    sections: list[Section] = []
    for number_, result in enumerate(accuracies, 1):
        section = accuracy_section(result, f"accuracy-{number_}")
        plots = [
            plot
            for i, latency in enumerate(latencies, 1)
            if (plot := _time_plot(result, latency, f"accuracy-{number_}-time-{i}"))
        ]
        sections.append(Section(section.title, (*section.blocks, *plots)))
    if galleries:
        sections.append(Section("The best and the worst pictures", tuple(galleries)))
    elif accuracies:
        sections.append(Section("The best and the worst pictures", (Paragraph(NO_PICTURES),)))
    sections += [latency_section(r, f"latency-{n}") for n, r in enumerate(latencies, 1)]
    sections.append(full_precision_section(latencies))
    sections += [video_section(r, f"video-{n}") for n, r in enumerate(_of(results, "video"), 1)]
    devices = _of(results, "device")
    if devices:
        sections.append(board_section(devices))
    sections += [published_section(), _definitions(), _origin(results)]
    return Document(TITLE, tuple(introduction), _with_own_titles(sections))

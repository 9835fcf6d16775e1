"""From result files to one Markdown page and its plots: which parts it has, in which order."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from benchmarks.latency.job import AI_EDGE_LITERT
from benchmarks.report import plots
from benchmarks.report.accuracy import accuracy_section
from benchmarks.report.latency import (
    full_precision_section,
    is_network,
    latency_sections,
    way_of,
)
from benchmarks.report.markdown import bullets, code, escape, section, table
from benchmarks.report.rows import Row, good_rows, machine_text, number, or_dash, text
from edge_runtime.bench.model_facts import ModelFacts
from edge_runtime.bench.result_file import BenchmarkResult
from edge_runtime.whole_file import write_whole

MADE_BY = "<!-- Made by `python -m benchmarks report`; do not edit. -->"
INTRODUCTION = (
    "How much colour each model gives back, how large it is and how fast, by the commands at the "
    "end. What the figures are: docs/measurements/accuracy.md. Machines, or one at different "
    "times, may differ by a factor of two: compare within a table."
)
# The plots, by the names of their files: what each shows.
CAPTIONS = {
    "gain-size": "Gain over grey against the size of the file; bars: 95 % intervals.",
    "gain-time": "Gain over grey against the time of the network for a picture, median on {}.",
    "gain-colour": (
        "Gain over grey against colourfulness (1: as colourful as the true pictures). Scaling the "
        "colours moves a model along a falling curve: further up and right is better."
    ),
    "film-time": "Where the time of a film goes, the stages one after the other.",
}


def write_report(results: Sequence[BenchmarkResult], file: Path) -> None:
    """Write the page, and in a folder of its name beside it the plots that it shows.

    Raises:
        OSError: a file cannot be written.
    """
    page, drawings = make_report(results, file.stem)
    folder = file.with_suffix("")
    folder.mkdir(exist_ok=True)
    for name in CAPTIONS:
        if name in drawings:
            write_whole(folder / f"{name}.svg", drawings[name].encode())
        else:  # of an earlier page
            (folder / f"{name}.svg").unlink(missing_ok=True)
    write_whole(file, page.encode())


def make_report(results: Sequence[BenchmarkResult], folder: str) -> tuple[str, dict[str, str]]:
    """The page as Markdown, and its plots as SVG by their names.

    Args:
        results: of any kinds and machines, in the order of the page; the plots are of the first
            ones of their kinds.
        folder: of the plots, as seen from the page.
    """
    accuracies, latencies, films, devices = (
        [result for result in results if result.kind == kind]
        for kind in ("accuracy", "latency", "video", "device")
    )
    drawings: dict[str, str] = {}
    captions = dict(CAPTIONS)

    def shown_plots(*names: str) -> list[str]:
        return [
            f"![{name}]({folder}/{name}.svg)\n\n*{escape(captions[name])}*"
            for name in names
            if name in drawings
        ]

    parts = ["# TintLite's benchmarks", MADE_BY, escape(INTRODUCTION)]
    if accuracies:
        first = accuracies[0]
        timed = [(found, latency) for latency in latencies if (found := times_of(first, latency))]
        # Of one machine, or no two could be compared.
        machine = max(timed, key=lambda pair: len(pair[0]))[1].machine if timed else None
        times: dict[str, Row] = {}
        for found, latency in timed:
            times |= found if latency.machine == machine else {}
        drawings |= _gain_plots(first, times)
        if machine:
            captions["gain-time"] = captions["gain-time"].format(machine_text(machine))
        drawn = shown_plots("gain-size", "gain-time", "gain-colour")
        parts.append(accuracy_section(first, times, drawn))
    parts += [accuracy_section(result, {}, ()) for result in accuracies[1:]]
    parts += latency_sections(latencies)
    parts.append(full_precision_section(latencies))
    for film in films:
        rows = [(_film(row), _shares(row)) for row in good_rows(film.rows)]
        if film is films[0] and any(parts_of for _, parts_of in rows):
            drawings["film-time"] = plots.shares(rows)
        parts.append(_film_section(film, shown_plots("film-time") if film is films[0] else []))
    parts += [_board_section(devices)] if devices else []
    return "\n\n".join([*parts, _origin(results)]) + "\n", drawings


def times_of(accuracy: BenchmarkResult, latency: BenchmarkResult) -> dict[str, Row]:
    """The latency row that stands for each model of an accuracy result.

    It is of the same file, by SHA-256; of its rows, one on the CPU with the fewest threads, in the
    runtime's own interpreter where there is one.
    """
    found: dict[str, Row] = {}
    for name, facts in accuracy.models.items():
        rows = [
            row
            for row in good_rows(latency.rows)
            if (timed := latency.models.get(text(row, "model"))) is not None
            and timed.sha256 == facts.sha256
            and (number(row, "median_ms") or 0) > 0
            and text(row, "accelerator").lower() in ("", "cpu")
            and is_network(row)
            and number(row, "batch") in (None, 1)
        ]
        if rows:
            found[name] = min(rows, key=_preference)
    return found


def _preference(row: Row) -> tuple:
    other = text(row, "interpreter") != AI_EDGE_LITERT
    return number(row, "threads") or 1, other, number(row, "median_ms")


def _kind(facts: ModelFacts) -> str:
    if facts.recipe.startswith("int8"):
        return "int8"
    return "float" if facts.file.endswith(".tflite") else "weights"


def _gain_plots(result: BenchmarkResult, times: Mapping[str, Row]) -> dict[str, str]:
    rows = {text(row, "model"): row for row in good_rows(result.rows)}

    def points(x: Mapping[str, float | None]) -> list[plots.Point]:
        found = []
        for name, facts in result.models.items():
            row, place = rows.get(name, {}), x.get(name)
            gain = number(row, "gain")
            if gain is None or place is None:
                continue
            low, high = number(row, "gain_low"), number(row, "gain_high")
            reach = (gain if low is None else low, gain if high is None else high)
            found.append(plots.Point(name, place, gain, *reach, _kind(facts)))
        return found

    wanted = {
        "gain-size": (
            {name: facts.bytes / 1e6 for name, facts in result.models.items() if facts.bytes},
            "file (MB, logarithmic)",
        ),
        "gain-time": (
            {name: number(row, "median_ms") for name, row in times.items()},
            "network (ms, logarithmic)",
        ),
        "gain-colour": (
            {name: number(row, "colourfulness_ratio") for name, row in rows.items()},
            "colourfulness (share of the true pictures')",
        ),
    }
    return {
        name: plots.gain_over(found, label, logarithmic=name != "gain-colour")
        for name, (x, label) in wanted.items()
        if (found := points(x))
    }


def _film(row: Row) -> str:
    return ", ".join(part for part in (text(row, "model"), text(row, "size")) if part)


def _shares(row: Row) -> dict[str, float]:
    found = {key.removeprefix("share_"): number(row, key) for key in row if key[:6] == "share_"}
    return {name: share for name, share in found.items() if share is not None}


_FILM = (
    ("serial_fps", "serial, fps", 1),
    ("pipeline_fps", "pipeline, fps", 1),
    ("codec_fps", "codec, fps", 1),
    ("no_encoding_fps", "no encoding, fps", 1),
    ("cpu_of_by_hand", "processor time of that by hand", 2),
)


def film_table(rows: Sequence[Row]) -> str:
    """Frames a second and the share of each stage, of rows of the kind `video`."""
    columns = [column for column in _FILM if any(column[0] in row for row in rows)]
    stages = dict.fromkeys(stage for row in rows for stage in _shares(row))
    cells = [
        [
            code(_film(row)),
            *(or_dash(row, key, digits) for key, _, digits in columns),
            *(f"{_shares(row)[stage]:.0%}" if stage in _shares(row) else "-" for stage in stages),
        ]
        for row in rows
    ]
    caption = "Frames a second, and the share of each stage"
    names = ("model, size", *(heading for _, heading, _ in columns), *stages)
    return table(names, cells, caption=caption)


def _film_section(result: BenchmarkResult, drawn: Sequence[str]) -> str:
    title = f"Films on {machine_text(result.machine)}"
    notes = map(escape, result.notes)
    return section(title, *notes, film_table(good_rows(result.rows)), *drawn)


_BOARD = (
    ("fps", "fps", 1),
    ("median_ms", "median, ms", 1),
    ("p90_ms", "90 %, ms", 1),
    ("network_ms", "network, ms", 1),
    ("temperature_c", "°C", 0),
)


def _board_section(results: Sequence[BenchmarkResult]) -> str:
    """What users send: one table over all results of `tintlite benchmark`."""
    cells = [
        [
            machine_text(result.machine),
            code(text(row, "model")),
            text(row, "size"),
            way_of(row),
            *(or_dash(row, key, digits) for key, _, digits in _BOARD),
            str(row.get("throttled") or "-"),
        ]
        for result in results
        for row in good_rows(result.rows)
    ]
    rows = [row for result in results for row in result.rows]
    failed = [(text(row, "model"), text(row, "error")) for row in rows if text(row, "error")]
    headings = ("machine", "model", "size", "run by", *(h for _, h, _ in _BOARD), "throttled")
    caption = "A picture from grey to colour in memory, and the part of the network in that"
    return section(
        "On boards, by tintlite benchmark",
        table(headings, cells, left=(1, 2, 3), caption=caption),
        *(["Could not be run:", bullets(failed)] if failed else []),
        # Machines that say the same say it once.
        *(escape(note) for note in dict.fromkeys(n for r in results for n in r.notes)),
    )


def _origin(results: Sequence[BenchmarkResult]) -> str:
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
    return section(
        "Where these figures come from",
        bullets(("", f"{result.made[:10]}, {result.kind}: {result.command}") for result in results),
        escape(f"Machines: {'; '.join(machines)}."),
        escape(f"Versions: {used}."),
    )

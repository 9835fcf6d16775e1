"""The part of the page about one accuracy result."""

from collections.abc import Mapping, Sequence

from benchmarks.accuracy import MEAN_COLOUR
from benchmarks.accuracy_columns import AB_COLUMNS, BY_KEY, MAIN, NEUTRAL
from benchmarks.report.latency import way_of
from benchmarks.report.markdown import bullets, code, escape, section, table
from benchmarks.report.rows import NOT_MEASURED, Row, good_rows, number, or_dash, text
from edge_runtime.bench.result_file import BenchmarkResult
from train.measure.evaluate import GREY

_OTHER = (
    "rgb_psnr_of_mean_mse",
    "lab_mse",
    "lab_psnr",
    "ab_psnr",
    "colourfulness_difference",
    "chroma_ratio",
    NEUTRAL,
)
_TO_FLOAT = ("psnr_to_float", "gain_to_float")

# Of the paper; it does not say over what these are taken.
_PAPER = {"lab_mse": "51.36", "lab_psnr": "31"}


def plain(row: Row, key: str) -> str:
    """A figure, or that it was not measured."""
    value = number(row, key)
    return NOT_MEASURED if value is None else BY_KEY[key].show(value)


def _with_interval(row: Row, key: str) -> str:
    ends = number(row, f"{key}_low"), number(row, f"{key}_high")
    if None in (number(row, key), *ends):
        return plain(row, key)
    low, high = map(BY_KEY[key].show, ends)
    return plain(row, key) + (f" ({low}, {high})" if low != high else "")


def _name(row: Row) -> str:
    name = text(row, "model")
    return name if name in (GREY, MEAN_COLOUR) else code(name)


def _headings(keys: Sequence[str], rows: Sequence[Row]) -> list[str]:
    """The keys that some row has a figure of; the first two always."""
    return [key for key in keys if key in keys[:2] or any(number(r, key) is not None for r in rows)]


def _main_table(result: BenchmarkResult, rows: Sequence[Row], times: Mapping[str, Row]) -> str:
    keys, cells = _headings(MAIN, rows), []
    for row in rows:
        name, line = text(row, "model"), [_name(row), "-", "-"]
        if name in result.models:
            facts = result.models[name]
            size = facts.bytes / 1e6
            line[1:] = str(facts.input_size), f"{size:.2f}" if size < 100 else f"{size:.0f}"
        line += [_with_interval(row, key) if key == "gain" else plain(row, key) for key in keys]
        line += [or_dash(times.get(name, {}), "median_ms", 1)] if times else []
        cells.append(line)
    headings = ["model", "S", "MB", *(BY_KEY[key].heading for key in keys)]
    caption = "Main figures, the gain with its 95 % interval"
    if times:
        headings.append("network, ms")
        caption += f"; network: {' or '.join(dict.fromkeys(map(way_of, times.values())))}"
    return table(headings, cells, caption=caption)


def _other_table(rows: Sequence[Row]) -> str:
    keys = _headings(_OTHER, rows)
    paper = ["the paper, as published", *(_PAPER.get(key, "-") for key in keys)]
    return table(
        ("model", *(BY_KEY[key].heading for key in keys)),
        [*([_name(row), *(plain(row, key) for key in keys)] for row in rows), paper],
        caption=(
            "The same by other definitions. The paper does not say over what its figures are "
            "taken, nor on which photos; they fit Lab"
        ),
    )


def _float_table(rows: Sequence[Row]) -> str:
    pairs = [row for row in rows if text(row, "float_model")]
    cells = [
        [_name(row), code(text(row, "float_model")), *(_with_interval(row, k) for k in _TO_FLOAT)]
        for row in pairs
    ]
    headings = ("model", "its float model", *(BY_KEY[key].heading for key in _TO_FLOAT))
    caption = "What storing a model smaller costs"
    return table(headings, cells, left=(1,), caption=caption) if pairs else ""


def _ab_tables(rows: Sequence[Row]) -> list[str]:
    """Plates and aged photos, each where it was measured."""
    tables = []
    for what, caption in (("plates", "Glass plates of known colour"), ("film", "Aged photos")):
        columns = [column for column in AB_COLUMNS if column.key.startswith(what)]
        measured = [row for row in rows if number(row, columns[0].key) is not None]
        cells = [[_name(row), *(_with_interval(row, c.key) for c in columns)] for row in measured]
        headings = ("model", *(column.heading for column in columns))
        caption = f"{caption}: a* and b* alone, with 95 % intervals"
        tables += [table(headings, cells, caption=caption)] if measured else []
    return tables


def accuracy_section(
    result: BenchmarkResult, times: Mapping[str, Row], plots: Sequence[str]
) -> str:
    """Tables of one result of the kind `accuracy`, rows of times, and plots, which are Markdown."""
    rows = good_rows(result.rows)
    count = max((int(number(row, "pictures") or 0) for row in rows), default=0)
    source = next((text(row, "set") for row in rows if text(row, "set")), "a set without a name")
    failures = [(text(row, "model"), text(row, "error")) for row in result.rows]
    failures = [(name, reason) for name, reason in failures if reason]
    return section(
        f"Accuracy on {count:,} pictures of {source}",
        *map(escape, result.notes),
        *([_main_table(result, rows, times), _other_table(rows)] if rows else []),
        _float_table(rows),
        *_ab_tables(rows),
        *(["Could not be measured:", bullets(failures)] if failures else []),
        *plots,
    )

"""The part of the page about one accuracy result."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from benchmarks.accuracy import MEAN_COLOUR
from benchmarks.accuracy_columns import AB_COLUMNS, AB_SETTING, BY_KEY, NEUTRAL, Column
from benchmarks.accuracy_run import IN_OPENCV
from benchmarks.report.accuracy_plots import Point, distributions, over_colour, over_size
from benchmarks.report.document import Block, Bullets, Cell, Paragraph, Section, Table
from benchmarks.report.rows import NOT_MEASURED, megabytes, number, text
from edge_runtime.benchmark.model_facts import ModelFacts
from edge_runtime.benchmark.result_file import BenchmarkResult
from train.evaluate import GREY

Row = Mapping[str, Any]

_MAIN = (
    "rgb_psnr",
    "gain",
    "rho",
    "ciede2000",
    "colourfulness_ratio",
    "squeezenet_distance",
    "mobilenetv2_frechet",
)
_OTHER = (
    "rgb_psnr_of_mean_mse",
    "lab_mse",
    "lab_psnr",
    "ab_psnr",
    "colourfulness_difference",
    "chroma_ratio",
    "ssim",
    NEUTRAL,
)
_TO_FLOAT = ("psnr_to_float", "gain_to_float")

# Of the paper; it does not say over what these are taken.
_PAPER = {"lab_mse": "51.36", "lab_psnr": "31"}


def kind_of(facts: ModelFacts) -> str:
    """`int8`, `float` or `weights`: how a model is stored."""
    if facts.recipe.startswith("int8"):
        return "int8"
    return "float" if facts.file.endswith(".tflite") else "weights"


def good_rows(result: BenchmarkResult) -> list[Row]:
    """The rows with figures."""
    return [row for row in result.rows if not text(row, "error")]


def _interval(row: Row, column: Column) -> str:
    low, high = number(row, f"{column.key}_low"), number(row, f"{column.key}_high")
    if low is None or high is None or column.show(low) == column.show(high):
        return ""
    return f"{column.show(low)} to {column.show(high)}"


def _cell(row: Row, key: str, interval: bool) -> Cell:
    column, value = BY_KEY[key], number(row, key)
    if value is None:
        return Cell("-" if key in _TO_FLOAT else NOT_MEASURED)
    return Cell(column.show(value), _interval(row, column) if interval else "")


def _name(row: Row) -> Cell:
    name = text(row, "model")
    return Cell(name, code=name not in (GREY, MEAN_COLOUR))


def _heading(key: str) -> str:
    column = BY_KEY[key]
    return f"{column.heading}, {column.unit}" if column.unit else column.heading


def _size(result: BenchmarkResult, row: Row) -> tuple[Cell, Cell]:
    facts = result.models.get(text(row, "model"))
    if facts is None:
        return Cell("-"), Cell("-")
    return Cell(str(facts.input_size)), Cell(megabytes(facts.bytes))


def _main_table(result: BenchmarkResult, rows: Sequence[Row]) -> Table:
    return Table(
        ("model", "S", "MB", *map(_heading, _MAIN)),
        tuple(
            (_name(row), *_size(result, row), *(_cell(row, key, True) for key in _MAIN))
            for row in rows
        ),
        caption="Main figures, with 95 % intervals",
    )


def _other_table(rows: Sequence[Row]) -> Table:
    paper = (
        Cell("the paper, as published"),
        *(Cell(_PAPER.get(key, "-")) for key in _OTHER),
    )
    return Table(
        ("model", *map(_heading, _OTHER)),
        (*((_name(row), *(_cell(row, key, False) for key in _OTHER)) for row in rows), paper),
        caption=(
            "The same pictures by other definitions. The paper does not say over what its figures "
            "are taken, nor on which photos; they fit Lab"
        ),
    )


def _float_table(rows: Sequence[Row]) -> Table | None:
    pairs = [row for row in rows if text(row, "float_model")]
    if not pairs:
        return None
    return Table(
        ("model", "its float model", *map(_heading, _TO_FLOAT)),
        tuple(
            (
                _name(row),
                Cell(text(row, "float_model"), code=True),
                *(_cell(row, key, True) for key in _TO_FLOAT),
            )
            for row in pairs
        ),
        left=(1,),
        caption="What storing a model smaller costs",
    )


def _ab_tables(rows: Sequence[Row]) -> list[Block]:
    """Plates and aged photos, each where it was measured."""
    blocks: list[Block] = []
    for what, caption in (("plates", "Glass plates of known colour"), ("film", "Aged photos")):
        keys = [column.key for column in AB_COLUMNS if column.key.startswith(what)]
        measured = [row for row in rows if number(row, keys[0]) is not None]
        if measured:
            table = Table(
                ("model", *map(_heading, keys)),
                tuple((_name(row), *(_cell(row, key, True) for key in keys)) for row in measured),
                caption=f"{caption}: a* and b* alone, with 95 % intervals",
            )
            blocks.append(table)
    return [Paragraph(AB_SETTING), *blocks] if blocks else []


def points(result: BenchmarkResult, x: Mapping[str, float]) -> list[Point]:
    """The models that have a place on the axis, for a drawing of their gain.

    Args:
        result: of accuracy.
        x: by model.
    """
    found = []
    for row in good_rows(result):
        name, gain = text(row, "model"), number(row, "gain")
        if name not in x or name not in result.models or gain is None:
            continue
        if name.endswith(IN_OPENCV):  # the same point once more
            continue
        low, high = number(row, "gain_low"), number(row, "gain_high")
        kind = kind_of(result.models[name])
        found.append(
            Point(
                name,
                x[name],
                gain,
                gain if low is None else low,
                gain if high is None else high,
                kind,
            )
        )
    return found


def gains_by_picture(result: BenchmarkResult) -> dict[str, np.ndarray]:
    """By model, the gain over grey of every picture, dB: [N]."""
    values = result.per_picture
    grey = values.get(GREY, {}).get("rgb_psnr")
    if not grey:
        return {}
    return {
        name: np.subtract(figures["rgb_psnr"], grey)
        for name, figures in values.items()
        if name != GREY and len(figures.get("rgb_psnr", ())) == len(grey)
    }


def accuracy_section(result: BenchmarkResult, prefix: str) -> Section:
    """Tables and plots of one result.

    Args:
        result: of the kind `accuracy`.
        prefix: of the names of its plots.
    """
    rows = good_rows(result)
    count = max((int(number(row, "pictures") or 0) for row in rows), default=0)
    source = next((text(row, "set") for row in rows if text(row, "set")), "a set without a name")
    blocks: list[Block] = [Paragraph(note) for note in result.notes]
    if rows:
        blocks += [_main_table(result, rows), _other_table(rows)]
    float_table = _float_table(rows)
    if float_table:
        blocks.append(float_table)
    blocks += _ab_tables(rows)
    failures = [(text(row, "model"), text(row, "error")) for row in result.rows]
    failures = [(name, reason) for name, reason in failures if reason]
    if failures:
        blocks += [Paragraph("Could not be measured:"), Bullets(tuple(failures))]
    sizes = {name: facts.bytes / 1e6 for name, facts in result.models.items() if facts.bytes}
    on_size = points(result, sizes)
    if on_size:
        blocks.append(over_size(f"{prefix}-size", on_size))
    ratios = {text(row, "model"): number(row, "colourfulness_ratio") for row in rows}
    ratios = {k: v for k, v in ratios.items() if v is not None and k in result.models}
    on_colour = points(result, ratios)
    if on_colour:
        blocks.append(over_colour(f"{prefix}-colour", on_colour))
    gains = gains_by_picture(result)
    if gains:
        blocks.append(distributions(f"{prefix}-pictures", gains))
    return Section(f"Accuracy on {count:,} pictures of {source}", tuple(blocks))

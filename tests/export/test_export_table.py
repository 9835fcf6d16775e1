"""The table at the end of an export."""

import io
from math import inf
from pathlib import Path

from rich.console import Console

from export.check.result import Result
from export.export_model import Exported
from export.export_table import export_table
from export.parity import Parity
from train.measure.evaluate import Scores


def row(recipe, psnr, share, sets):
    gates = (Result("xnnpack", "pass", "", {"operators": 94, "delegated_share": share}),)
    scores = {
        name: Scores(1666, 23.456, 22.9, 90.1, 28.3, 25.1, 0.4321, 0.934, 0.5, 0.4) for name in sets
    }
    file = Path("somewhere") / f"standard.{recipe}.tflite"
    return Exported(file, 9_876_543, gates, 12.34, Parity(64, 1.2345, psnr), scores)


def printed(rows):
    console = Console(file=io.StringIO(), width=120)
    console.print(export_table(rows))
    return console.file.getvalue()


def test_all_figures_are_there_in_120_columns():
    sets = ("val", "held_back")
    text = printed([row("int8_ptq", 45.67, 0.5, sets), row("fp32", inf, 1.0, sets)])
    assert "…" not in text
    line = next(line for line in text.splitlines() if "int8_ptq" in line)
    cells = ["standard.int8_ptq.tflite", "9,876,543", "94", "50%", "12.3", "1.234", "45.7 dB"]
    for cell in [*cells, "23.46 +0.93", "0.432"]:
        assert cell in line
    assert line.count("23.46 +0.93") == 2
    assert "equal" in text
    assert "held_back" in text


def test_nothing_was_measured():
    text = printed([row("fp32", 99.0, 1.0, ())])
    assert "standard.fp32.tflite" in text
    assert "--measure" in text

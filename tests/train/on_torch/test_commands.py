"""Prepare, fit and evaluate by the commands, as a person would call them."""

import json
import sys

import pytest

from train.cli import app
from train.command import run


def call(*arguments):
    """The exit code of `python -m train ...`."""
    with pytest.raises(SystemExit) as stop:
        run(app, "train", [str(argument) for argument in arguments])
    return stop.value.code


def test_prepare_fit_evaluate(photo_folder, tmp_path, capsys):
    data, out = tmp_path / "data", tmp_path / "run"
    assert call("prepare", photo_folder, "--out", data, "--split", "60/40") == 0
    assert "read 24 pictures; kept" in capsys.readouterr().out
    fit = ("fit", "smoke", "--data", data, "--out", out, "--encoder-weights", "none")
    loaded = set(sys.modules)
    assert call(*fit, "--steps", "4") == 0
    assert "images/s" in capsys.readouterr().out
    # Keras and TensorBoard load it on the slightest occasion: seconds of each start.
    assert "tensorflow" not in sys.modules.keys() - loaded
    scores = tmp_path / "scores.json"
    options = ("--input-sizes", "64,96", "--saturations", "1,1.5", "--json-out", scores)
    assert call("evaluate", out, "--on", f"{data}:val", *options) == 0
    table = capsys.readouterr().out
    assert "grey" in table
    rows = json.loads(scores.read_text())
    names = ["grey", "run S=64", "run S=64 x1.5", "run S=96", "run S=96 x1.5"]
    assert list(rows) == names
    assert rows["grey"]["gain"] == 0
    assert rows["run S=64"] != rows["run S=96"]

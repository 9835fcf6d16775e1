"""The commands of the workshop, as a person would call them."""

import json

import pytest
from PIL import Image

from train.cli import app
from train.command import run


def call(*arguments):
    """The exit code of `python -m train ...`."""
    with pytest.raises(SystemExit) as stop:
        run(app, "train", [str(argument) for argument in arguments])
    return stop.value.code


def one_line(capsys):
    """What stderr says: it must be one line, of ours."""
    said = capsys.readouterr().err.strip()
    assert said.startswith("train: ")
    assert "\n" not in said
    return said


def test_prepare_fit_evaluate(photo_folder, tmp_path, capsys):
    data, out = tmp_path / "data", tmp_path / "run"
    assert call("prepare", photo_folder, "--out", data, "--split", "60/40") == 0
    assert "read 24 pictures; kept" in capsys.readouterr().out
    fit = ("fit", "smoke", "--data", data, "--out", out, "--encoder-weights", "none")
    assert call(*fit, "--steps", "4") == 0
    assert "images/s" in capsys.readouterr().out
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


def test_evaluate_a_tflite(photo_folder, tiny_model, capsys):
    assert call("evaluate", tiny_model, "--on", photo_folder, "--limit", "3") == 0
    assert "3 pictures at 256x256" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("prepare", "nowhere", "--out", "x"), "nowhere does not exist"),
        (("prepare", ".", "--out", "x", "--split", "70/40"), "percentages that sum to 100"),
        (("fit", "nanno", "--data", "d", "--out", "x"), "unknown recipe 'nanno'"),
        (("fit", "smoke", "--data", ".", "--out", "x"), "not prepared data"),
        (
            ("fit", "smoke", "--data", "d", "--out", "x", "--steps", "1", "--minutes", "1"),
            "one of --minutes, --steps and --epochs",
        ),
        (("evaluate", "nowhere.tflite", "--on", "one/none"), "holds no pictures"),
        (("evaluate", "nowhere.tflite", "--on", "nowhere"), "nowhere does not exist"),
        (("evaluate", "x", "--on", "one", "--input-sizes", "a,b"), "positive numbers"),
        (("evaluate", "nowhere.tflite", "--on", "one"), "no such model"),
        (("evaluate", "one.weights.h5", "--on", "one"), "config.json"),
        (("evaluate", "nowhere.tflite", "--on", "one/text.zip"), "neither a folder nor"),
    ],
)
def test_mistakes_are_one_line(arguments, says, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "one" / "none").mkdir(parents=True)
    Image.effect_noise((64, 64), 50).save(tmp_path / "one" / "noise.png")
    (tmp_path / "one" / "text.zip").write_text("not a zip")
    assert call(*arguments) == 1
    assert says in one_line(capsys)
    assert [path.name for path in tmp_path.iterdir()] == ["one"]


def test_a_folder_of_grey_pictures_is_refused(tiny_model, tmp_path, capsys):
    Image.effect_noise((64, 64), 50).save(tmp_path / "noise.png")
    assert call("evaluate", tiny_model, "--on", tmp_path) == 1
    assert "no colour pictures" in capsys.readouterr().err


def test_wrong_usage_is_code_2(capsys):
    assert call("fit") == 2
    assert call("fly") == 2

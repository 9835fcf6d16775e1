"""The exporter's command."""

import pytest

from export.cli import app, expand
from train.command import run as run_command


def call(*arguments):
    with pytest.raises(SystemExit) as stop:
        run_command(app, "export", expand([str(argument) for argument in arguments]))
    return stop.value.code


def test_several_recipes_may_follow_one_option():
    words = ["run", "--recipe", "fp32", "fp16", "--out", "x", "--recipe", "int8_ptq"]
    assert expand(words) == [
        *["run", "--recipe", "fp32", "--recipe", "fp16", "--out", "x"],
        *["--recipe", "int8_ptq"],
    ]


def test_export_prints_the_table(plain_run, pictures, tmp_path, capsys):
    out = ("--out", tmp_path, "--calibrate", pictures)
    assert call(plain_run, "--recipe", "fp32", *out, "--name", "mine") == 0
    printed = capsys.readouterr().out
    assert "mine.fp32.tflite" in printed
    assert "dele-" in printed
    assert "100%" in printed
    assert [path.name for path in tmp_path.iterdir()] == ["mine.fp32.tflite"]


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        (("--recipe", "int4"), "unknown recipe int4"),
        (("--recipe", "fp32", "--calibrate", "nowhere"), "nowhere does not exist"),
        (("--recipe", "fp32", "--measure", "val"), "--measure takes NAME=SOURCE"),
        (("--recipe", "fp32", "--input-size", "100"), "multiple of 32"),
    ],
)
def test_mistakes_are_one_line(run, pictures, tmp_path, changes, says, capsys):
    out = ("--out", tmp_path / "out", "--calibrate", pictures)
    assert call(run, *out, *changes) == 1
    said = capsys.readouterr().err.strip().splitlines()[-1]
    assert said.startswith("export: ")
    assert says in said


def test_no_run(tmp_path, pictures, capsys):
    out = ("--out", tmp_path / "out", "--calibrate", pictures)
    assert call(tmp_path, "--recipe", "fp32", *out) == 1
    assert "config.json" in capsys.readouterr().err

"""The commands of the workshop, as a person would call them."""

import csv
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from PIL import Image

from train.cli import _seconds, app
from train.command import run
from train.errors import ConfigError


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
            "one of --minutes, --steps, --epochs and --until",
        ),
        *(
            (("fit", "smoke", "--data", "d", "--out", "x", "--minutes", minutes), "be positive")
            for minutes in ("nan", "inf", "0", "-3")
        ),
        (
            ("fit", "smoke", "--data", "d", "--out", "x", "--until", "5x"),
            "a time is written as 555s, 9m or 1h30m, not '5x'",
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


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("555s", 555), ("9m", 540), ("1h30m", 5400), ("1.5h", 5400), ("1m0.5s", 60.5)],
)
def test_times_are_read(text, seconds):
    assert _seconds(text) == seconds


@pytest.mark.parametrize("text", ["", "5", "m", "0s", "-5s", "nan", "5m2h", "5 m", "1e3s"])
def test_what_is_no_time_is_refused(text):
    with pytest.raises(ConfigError, match="a time is written as"):
        _seconds(text)


def test_what_the_options_of_fit_say_instead(monkeypatch):
    asked = {}
    monkeypatch.setattr(
        "train.fit.loop.fit",
        lambda config, data, out, **rest: asked.update(config=config, data=data, out=out, **rest),
    )
    before = time.monotonic()
    options = ("--until", "9m", "--checkpoint-every", "90s", "--batch-size", "256")
    options += ("--dtype", "bfloat16", "--device", "cuda", "--extra", "plates", "--teacher", "t")
    assert call("fit", "smoke", "--data", "d", "--out", "x", *options) == 0
    config = asked["config"]
    assert (config.until_seconds, config.steps, config.checkpoint_seconds) == (540, None, 90)
    assert (config.batch_size, config.dtype_policy) == (256, "mixed_bfloat16")
    assert (asked["device"], asked["extra"], asked["teacher"]) == (
        "cuda",
        Path("plates"),
        Path("t"),
    )
    assert asked["began"] < before


BEGAN = """
import time
first = time.monotonic()
time.sleep(0.3)
from train.began import process_began
print(process_began(), first)
"""


def test_a_process_knows_when_it_began():
    before = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-c", BEGAN],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=True,
    )
    began, first = map(float, done.stdout.split())
    # Linux counts in hundredths of a second.
    assert before - 0.02 < began < first


LEAN = """
import sys
for name in {missing}:
    sys.modules[name] = None
import train.cli, train.fit, train.data.prepare, train.fit.speed, train.fit.torch_engine
"""


def test_training_asks_for_nothing_that_only_the_rest_needs():
    """A machine with a GPU may have torch and little else."""
    missing = ["tensorflow", "tensorboard", "matplotlib", "flatbuffers", "av", "ai_edge_litert"]
    subprocess.run(
        [sys.executable, "-c", LEAN.format(missing=missing)],
        cwd=Path(__file__).parents[2],
        env=os.environ | {"KERAS_BACKEND": "torch"},
        check=True,
    )


@pytest.mark.slow
def test_a_command_ends_when_it_is_told_to(prepared, tmp_path):
    """From the beginning of the process to its end, with the learning rate at zero."""
    limit = 60
    began = time.monotonic()
    command = [sys.executable, "-m", "train", "fit", "smoke_baseline_cnn", "--data", prepared]
    command += ["--out", tmp_path / "run", "--until", f"{limit}s", "--checkpoint-every", "10s"]
    subprocess.run(
        command,
        cwd=Path(__file__).parents[2],
        check=True,
    )
    assert limit - 10 < time.monotonic() - began < limit + 0.5
    with open(tmp_path / "run" / "history.csv", newline="") as file:
        rows = list(csv.DictReader(file))
    assert float(rows[-1]["learning_rate"]) == pytest.approx(0, abs=1e-9)
    assert len(rows) >= 3


def test_a_folder_of_grey_pictures_is_refused(tiny_model, tmp_path, capsys):
    Image.effect_noise((64, 64), 50).save(tmp_path / "noise.png")
    assert call("evaluate", tiny_model, "--on", tmp_path) == 1
    assert "no colour pictures" in capsys.readouterr().err


def test_wrong_usage_is_code_2(capsys):
    assert call("fit") == 2
    assert call("fly") == 2

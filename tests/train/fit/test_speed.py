"""Timing a recipe: the figures are of real work, and in the order that the work has."""

import re
import time
from dataclasses import replace

import pytest

from train.cli import app
from train.command import run
from train.config import load_config
from train.fit import speed as module
from train.fit.speed import measure_speed


def test_slow_data_shows(prepared, monkeypatch):
    """Data that take 0.05 s a batch are no faster than that, alone or in training."""
    make = module.RoundBatches.__getitem__

    def slow(self, index):
        time.sleep(0.05)
        return make(self, index)

    monkeypatch.setattr(module.RoundBatches, "__getitem__", slow)
    config = replace(load_config("smoke_baseline_cnn"), crop_sizes=((0.5, 64), (1.0, 32)))
    speed = measure_speed(config, prepared, 20)
    assert (speed.crop_size, speed.batch_size) == (32, 4)
    assert 0 < speed.data <= 4 / 0.05
    # Two threads make the batches of Keras.
    assert 0 < speed.training <= 2 * 4 / 0.05
    assert speed.held > 0


def test_the_command_prints_every_figure(prepared, capsys):
    with pytest.raises(SystemExit) as stop:
        run(
            app, "train", ["speed", "smoke_baseline_cnn", "--data", str(prepared), "--batches", "2"]
        )
    assert stop.value.code == 0
    said = capsys.readouterr().out
    assert "batches of 4 crops of 64 px" in said
    lines = re.findall(r"^ *(\d+\.\d)  (.+)$", said, re.MULTILINE)
    assert len(lines) == 3
    assert all(float(value) > 0 for value, _ in lines)
    assert re.search(r"\d+%  of the time the network waits for its data", said)

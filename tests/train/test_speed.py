"""Timing a recipe: the figures are of real work, and in the order that the work has."""

import re
import time
from dataclasses import replace

import pytest

from train import speed as module
from train.cli import app
from train.command import run
from train.config import load_config
from train.speed import measure_speed


def test_slow_data_shows(prepared, monkeypatch):
    """Data that take 0.05 s a batch are no faster than that, alone or in training."""
    crop = module.CropBatches.__getitem__

    def slow(self, index):
        time.sleep(0.05)
        return crop(self, index)

    monkeypatch.setattr(module.CropBatches, "__getitem__", slow)
    config = replace(load_config("smoke_baseline_cnn"), crop_sizes=((0.5, 64), (1.0, 32)))
    speed = measure_speed(config, prepared, 20)
    assert (speed.crop_size, speed.batch_size) == (32, 4)
    for slowed in (speed.data, speed.aged_data, speed.training):
        assert 0 < slowed <= 4 / 0.05
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
    assert len(lines) == 4
    assert all(float(value) > 0 for value, _ in lines)
    assert re.search(r"\d+%  the last of the one before", said)

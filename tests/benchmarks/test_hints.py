"""What hints gain, and what a picture's own truth must give."""

import pytest
from skimage import data as photos
from typer.testing import CliRunner

from benchmarks.cli import app
from benchmarks.hints import measure_hints
from train.errors import PictureSourceError


def test_hints_from_the_truth_gain(tiny_model):
    pictures = [photos.astronaut(), photos.coffee()]
    scores = measure_hints(str(tiny_model), pictures, 1)
    gains = {score.hints: score.gain for score in scores}
    assert gains[30] > max(gains[1], 1)
    assert all(score.low <= score.gain <= score.high for score in scores)
    assert scores == measure_hints(str(tiny_model), pictures, 1)


def test_the_command(tiny_model, pictures):
    options = ["--on", str(pictures), "--model", str(tiny_model), "--limit", "2"]
    result = CliRunner().invoke(app, ["hints", *options])
    assert result.exit_code == 0, result.output
    assert "2 pictures: gain over no hint" in result.output


def test_no_pictures(tiny_model):
    with pytest.raises(PictureSourceError, match="no colour pictures"):
        measure_hints(str(tiny_model), [], 0)

"""What hints gain: the classic against a dense solve, and what a picture's own truth must give."""

import numpy as np
import pytest
from skimage import data as photos

from benchmarks.hints import LEVIN, SPREADING, measure_hints, objects
from benchmarks.levin import PULL, levin
from benchmarks.reference import measure_reference
from benchmarks.report.plots import gain_of_hints
from train.errors import PictureSourceError


def levin_dense(lightness, own, cells, said):
    """The same system, built cell by cell and solved densely."""
    height, width = lightness.shape
    system = np.zeros((height * width,) * 2)
    change = np.zeros((height * width, 2))
    pinned = {int(row) * width + int(column): i for i, (row, column) in enumerate(cells)}
    padded = np.pad(lightness, 1, mode="edge")
    for row in range(height):
        for column in range(width):
            cell = row * width + column
            system[cell, cell] = 1
            if cell in pinned:
                change[cell] = said[pinned[cell]] - own[row, column]
                continue
            system[cell, cell] += PULL
            variance = max(padded[row : row + 3, column : column + 3].var(), 0.5)
            alike = {}
            for down in (-1, 0, 1):
                for right in (-1, 0, 1):
                    y, x = row + down, column + right
                    if (down or right) and 0 <= y < height and 0 <= x < width:
                        apart = (lightness[y, x] - lightness[row, column]) ** 2
                        alike[y * width + x] = np.exp(-apart / (2 * variance))
            for other, weight in alike.items():
                system[cell, other] = -weight / sum(alike.values())
    return own + np.linalg.solve(system, change).reshape(own.shape)


def test_the_classic_is_solved():
    rng = np.random.default_rng(0)
    lightness, own = rng.uniform(0, 100, (7, 9)), rng.normal(0, 10, (7, 9, 2))
    cells, said = np.array([[1, 2], [6, 8]]), np.array([[30.0, -20], [5, 40]])
    ours = levin(lightness, own, cells, said)
    np.testing.assert_allclose(ours, levin_dense(lightness, own, cells, said), atol=1e-3)


def test_objects_end_at_edges():
    lightness = np.full((40, 40), 20, np.float32)
    lightness[:, 20:] = 70
    found = objects(lightness)
    assert len({found[5, 5], found[30, 10]}) == 1
    assert len({found[5, 5], found[5, 35]}) == 2
    assert 0 in found[5, 18:22]


def test_hints_from_the_truth_gain(tiny_model):
    pictures = [photos.astronaut(), photos.coffee()]
    scores, wrong = measure_hints(str(tiny_model), pictures, counts=(1, 30), seed=1)
    gains = {(score.way, score.hints): score.gain for score in scores}
    for way in (SPREADING, LEVIN):
        assert gains[way, 30] > max(gains[way, 1], 1)
    assert wrong.pictures > 0
    assert wrong.beyond < 10 < 100 * wrong.moved
    assert scores == measure_hints(str(tiny_model), pictures, counts=(1, 30), seed=1)[0]
    assert LEVIN in gain_of_hints({LEVIN: [(1, 0.5, 0.4, 0.6), (5, 2.0, 1.8, 2.2)]})


def test_an_equal_half_is_the_best_reference(tiny_model):
    half = photos.astronaut()[:, :256]
    score = measure_reference(str(tiny_model), [np.hstack([half, half])])
    assert score.halves == 2
    assert score.better == 1
    assert score.gain > 1
    assert score.hints > 5


@pytest.mark.parametrize("measure", [measure_hints, measure_reference])
def test_no_pictures(tiny_model, measure):
    with pytest.raises(PictureSourceError, match="no colour pictures"):
        measure(str(tiny_model), [])

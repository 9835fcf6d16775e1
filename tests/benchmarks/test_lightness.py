"""The benchmark of kept lightness finds what is off, and nothing else."""

import pytest

from benchmarks.lightness import measure_lightness
from edge_runtime import gamut
from train.errors import SourceError


def test_lightness_is_kept_and_clipping_is_found(monkeypatch, tiny_model, grey):
    saturations = (0.0, 1.0, 3.0)
    kept = measure_lightness(str(tiny_model), [grey, grey], saturations)
    assert [score.saturation for score in kept] == list(saturations)
    for score in kept:
        assert score.pictures == 2
        assert score.off == 0
        assert score.worst < 0.6
    monkeypatch.setattr(gamut.Gamut, "_reduced", lambda self, f: f)
    clipped = measure_lightness(str(tiny_model), [grey], saturations)
    assert clipped[0].off == 0
    assert clipped[2].off > 0.02
    assert clipped[2].worst > 3


def test_no_pictures(tiny_model):
    with pytest.raises(SourceError):
        measure_lightness(str(tiny_model), [], [1.0])

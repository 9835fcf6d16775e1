"""Cuts are found, and nothing else is taken for one."""

import itertools

import cv2
import numpy as np
import pytest
from skimage import data as photos

from edge_runtime.colour.cielab import lightness
from edge_runtime.steady.motion import DenseFlow, fetch
from edge_runtime.steady.scene_cut import is_cut

CELLS = 80
NAMES = ("astronaut", "camera", "chelsea", "coffee", "rocket", "coins", "brick", "moon", "page")


def cells(picture):
    return cv2.resize(lightness(picture), (CELLS, CELLS), interpolation=cv2.INTER_AREA)


@pytest.fixture(scope="module")
def stills():
    return {name: cells(getattr(photos, name)()) for name in NAMES}


@pytest.fixture(scope="module")
def cut():
    flow = DenseFlow(cv2.DISOPTICAL_FLOW_PRESET_ULTRAFAST)

    def look(previous, present):
        return is_cut(previous, fetch(previous, flow.places(previous, present)), present)

    return look


def test_another_picture_is_a_cut(stills, cut):
    missed = [
        names
        for names in itertools.permutations(NAMES, 2)
        if not cut(stills[names[0]], stills[names[1]])
    ]
    assert not missed


@pytest.mark.parametrize("step", [1, 4, 8, 12])
@pytest.mark.parametrize("name", ["astronaut", "coffee", "chelsea"])
def test_a_pan_is_none(cut, name, step):
    picture = cv2.resize(lightness(getattr(photos, name)()), (200, 140))
    assert not cut(picture[20:100, 40:120].copy(), picture[20:100, 40 + step : 120 + step].copy())


@pytest.mark.parametrize("name", NAMES)
def test_a_flash_a_fade_and_noise_are_none(stills, cut, name):
    still = stills[name]
    noise = np.random.default_rng(0).normal(0, 5, still.shape).astype(np.float32)
    for other in (still * 1.25 + 15, still * 0.5, still + 10, still + noise):
        other = np.clip(other, 0, 100).astype(np.float32)
        assert not cut(still, other)
        assert not cut(other, still)


def test_black_between_scenes(stills, cut):
    black = np.zeros((CELLS, CELLS), np.float32)
    assert cut(stills["coffee"], black)
    assert cut(black, stills["coffee"])
    assert not cut(black, black)
    flicker = black + np.random.default_rng(0).uniform(3, 4, black.shape).astype(np.float32)
    assert not cut(black, flicker)

"""Several suggestions: different, plausible, and hints like others."""

from itertools import combinations

import numpy as np
import pytest
from skimage import data as photos
from skimage.color import rgb2gray, rgb2lab
from skimage.util import img_as_ubyte

from edge_runtime.colorizer import Colorizer
from edge_runtime.errors import ArgumentError
from edge_runtime.hints.file import hints_json, hints_of_json
from edge_runtime.hints.regions import find_regions
from edge_runtime.hints.session import HintSession
from edge_runtime.hints.suggestions import Moods, suggest


@pytest.fixture(scope="module")
def colorizer():
    return Colorizer("standard")


def grey(name):
    return img_as_ubyte(rgb2gray(getattr(photos, name)()))


def ab(rgb):
    return rgb2lab(rgb)[..., 1:]


def apart(one, other):
    return np.hypot(*np.moveaxis(one - other, 2, 0)).mean()


@pytest.mark.parametrize("name", ["astronaut", "coffee", "chelsea", "rocket"])
def test_four_are_different_and_not_four_saturations(colorizer, name):
    picture = grey(name)
    hints = suggest(colorizer, picture)
    assert len(hints) == 4
    assert hints[0] == []
    four = [ab(colorizer.colorize(picture, hints=said)) for said in hints]
    distances = [apart(*pair) for pair in combinations(four, 2)]
    assert np.mean(distances) > 5
    assert min(distances) > 1.5
    for other in four[1:]:
        factor = (four[0] * other).sum() / (four[0] ** 2).sum()
        assert apart(other, factor * four[0]) > 1.5


def test_faces_keep_the_hues_of_skin(colorizer):
    picture = grey("astronaut")
    face = np.s_[90:170, 190:250]
    for said in suggest(colorizer, picture):
        a, b = ab(colorizer.colorize(picture, hints=said))[face].reshape(-1, 2).mean(axis=0)
        assert 15 < np.degrees(np.arctan2(b, a)) < 90
        assert np.hypot(a, b) > 5


def test_suggestions_are_the_same_each_time_and_fewer_are_the_first_ones(colorizer):
    picture = grey("coffee")
    four = suggest(colorizer, picture)
    assert four == suggest(Colorizer("standard"), picture)
    assert suggest(colorizer, picture, 2) == four[:2]


def test_suggestions_are_hints_that_can_be_saved(colorizer):
    picture = grey("coffee")
    for said in suggest(colorizer, picture):
        assert list(hints_of_json(hints_json(said, picture), picture)) == said
        assert len(said) <= 10


@pytest.mark.parametrize("count", [-1, 0, 1, 5, 50])
def test_other_numbers_are_refused(colorizer, count):
    with pytest.raises(ArgumentError, match="2 to 4 suggestions"):
        suggest(colorizer, grey("coffee"), count)


@pytest.mark.parametrize("shape", [(1, 1), (1, 400), (300, 2), (9, 9, 3)])
def test_pictures_of_any_size_and_without_anything_on_them(colorizer, shape):
    picture = np.full(shape, 128, np.uint8)
    hints = suggest(colorizer, picture)
    assert len(hints) == 4
    for said in hints:
        assert colorizer.colorize(picture, hints=said).shape[:2] == shape[:2]


def test_regions_part_what_lies_on_two_sides_of_an_edge():
    guide = np.full((80, 80), 20, np.float32)
    guide[:, 40:] = 80
    guide[:40, 40:] = 95
    regions = find_regions(guide, np.zeros((80, 80, 2), np.float32), 80)
    true = np.zeros((40, 40), int)
    true[:, 20:] = 1
    true[:20, 20:] = 2
    for label in range(len(regions)):
        inside = true[regions.labels == label]
        assert len(np.unique(inside)) == 1
    assert regions.areas.sum() == pytest.approx(1)


def test_the_table_holds_probabilities():
    table = Moods.shipped()
    assert np.allclose(table.usual.sum(axis=1), 1, atol=0.01)
    assert np.allclose(table.moods.sum(axis=2), 1, atol=0.01)
    assert table.kinds.shape[0] == table.colours.shape[0] == table.moods.shape[1]


def test_each_print_of_a_page_gets_its_own(colorizer):
    page = np.full((400, 900), 250, np.uint8)
    page[50:350, 60:420] = grey("coffee")[50:350, 100:460]
    page[50:350, 480:840] = grey("astronaut")[50:350, 100:460]
    session = HintSession(colorizer, page)
    assert len(session.view.places) == 2
    for said in suggest(colorizer, page)[1:]:
        session.ab(said)
        assert {hint.x < 0.5 for hint in said} == {True, False}

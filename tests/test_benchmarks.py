"""The benchmarks measure what they say; their figures themselves are nobody's test."""

import numpy as np
import pytest
from skimage import data as photos

from benchmarks.framing import compare_framings, cut


@pytest.mark.parametrize("aspect", [1.0, 1.5, 2.0, 1 / 3])
def test_cuts_have_the_aspect_and_lie_in_the_middle(aspect):
    rows, columns = np.mgrid[:240, :300]
    picture = np.dstack([rows, columns // 2, rows]).astype(np.uint8)
    part = cut(picture, aspect)
    assert part.shape[1] / part.shape[0] == pytest.approx(aspect, rel=0.02)
    assert part.shape[0] == 240 or part.shape[1] == 300
    assert part[..., 0].mean() == pytest.approx(119.5, abs=1)
    assert part[..., 1].mean() == pytest.approx(74.75, abs=1)


def test_framings_differ_where_they_should(tiny_model):
    pictures = [photos.coffee(), photos.chelsea()]
    rows = compare_framings(str(tiny_model), pictures, aspects=(1.0, 3.0))
    gains = {(row.aspect, row.framing): row.gain for row in rows}
    assert {row.pictures for row in rows} == {2}
    square = {gain for (aspect, _), gain in gains.items() if aspect == 1}
    assert len(square) == 1
    assert len({gains[3.0, name] for name in ("squash", "pad", "tile")}) == 3

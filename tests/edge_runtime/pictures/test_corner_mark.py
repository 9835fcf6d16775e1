"""The word in the corner: to be read on dark and light, and nothing else of the picture changes."""

import numpy as np
import pytest
import tifffile
from PIL import Image

from edge_runtime.cli.main import main
from edge_runtime.pictures import mark_of_file
from edge_runtime.pictures.corner_mark import put_corner_mark


def room_of(before, after):
    """The rows and columns in which two pictures differ: (top, bottom, left, right)."""
    rows, columns = np.nonzero((before != after).any(axis=-1))
    return rows.min(), rows.max() + 1, columns.min(), columns.max() + 1


def luminance(levels):
    """WCAG 2.2's relative luminance of grey levels 0..255."""
    part = np.asarray(levels) / 255
    return np.where(part <= 0.04045, part / 12.92, ((part + 0.055) / 1.055) ** 2.4)


@pytest.mark.parametrize("level", [0, 60, 128, 200, 255])
def test_it_is_read_on_every_level(level):
    before = np.full((600, 800, 3), level, np.uint8)
    after = put_corner_mark(before)
    top, bottom, left, right = room_of(before, after)
    word = after[top:bottom, left:right, 0]
    contrast = (luminance(word) + 0.05) / (luminance(word.min()) + 0.05)
    assert 0.1 < (contrast >= 4.5).mean() < 0.7  # what WCAG asks of text


@pytest.mark.parametrize("size", [(600, 800), (3000, 2000), (90, 130), (40, 30), (3, 500), (1, 1)])
def test_it_lies_in_the_lower_right_corner_and_grows_with_the_picture(size):
    rng = np.random.default_rng(7)
    before = rng.integers(0, 256, (*size, 3), np.uint8)
    kept = before.copy()
    after = put_corner_mark(before)
    np.testing.assert_array_equal(before, kept)
    assert (after.shape, after.dtype) == (before.shape, before.dtype)
    if min(size) < 90:
        return
    top, bottom, left, right = room_of(before, after)
    height, width = size
    assert bottom > 0.9 * height
    assert right > 0.9 * width
    assert left > 0.3 * width
    assert 0.02 <= (bottom - top) / min(height, width) < 0.1
    assert 3 < (right - left) / (bottom - top) < 9  # a line of ten letters


def test_sixteen_bits_are_as_eight():
    before = np.random.default_rng(8).integers(0, 256, (300, 400, 3), np.uint8)
    deep = put_corner_mark(before.astype(np.uint16) * 257)
    np.testing.assert_allclose(deep / 257, put_corner_mark(before), atol=0.51)


def test_the_command_writes_it_on_the_colour_side_alone(tmp_path, tiny_model, grey):
    Image.fromarray(grey).resize((520, 360)).save(tmp_path / "x.png")

    def written(name, *options):
        command = ["colorize", str(tmp_path / "x.png"), "-o", str(tmp_path / name)]
        assert main([*command, "--model", str(tiny_model), *options]) == 0
        if name.endswith(".tif"):
            return tifffile.imread(tmp_path / name)
        return np.asarray(Image.open(tmp_path / name))

    plain, marked = written("a.png"), written("b.png", "--corner-mark")
    top, bottom, left, right = room_of(plain, marked)
    assert (bottom > 320, right > 460) == (True, True)
    np.testing.assert_array_equal(written("c.tif", "--corner-mark"), marked)
    both = written("d.png", "--corner-mark", "--side-by-side")
    beside = written("e.png", "--side-by-side")
    assert both.shape[1] > 2 * 520
    shift = both.shape[1] - 520
    assert room_of(beside, both) == (top, bottom, left + shift, right + shift)
    # It is an option like others: a result without it is no result with it.
    said = [mark_of_file(tmp_path / name) for name in ("a.png", "b.png")]
    assert not said[0].same_colours(said[1])

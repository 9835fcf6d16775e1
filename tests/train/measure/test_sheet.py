"""The contact sheet against networks whose result is known."""

import numpy as np
import pytest
from PIL import Image
from skimage import color
from skimage import data as photos

from edge_runtime.colour.shrink import shrink
from train.errors import PictureSourceError
from train.measure.evaluate import OpenNetwork
from train.measure.sheet import CELL, GAP, HEADER, draw_sheet

# Already square: nothing but the sheet's own reduction is between a picture and its cell.
TRUE = [np.ascontiguousarray(photos.coffee()[:256, :256]), photos.astronaut()[:256, :256].copy()]


def no_colour(lightness):
    return np.zeros((16, 16, 2), np.float32)


def cells(png, rows):
    """The pictures on a sheet as signed numbers: [rows, 3, CELL, CELL, 3]."""
    sheet = np.asarray(Image.open(png)).astype(int)
    assert sheet.shape == (HEADER + rows * (CELL + GAP), GAP + 3 * (CELL + GAP), 3)
    places = [
        (HEADER + row * (CELL + GAP), GAP + column * (CELL + GAP))
        for row in range(rows)
        for column in range(3)
    ]
    cut = np.stack([sheet[top : top + CELL, left : left + CELL] for top, left in places])
    return cut.reshape(rows, 3, CELL, CELL, 3), sheet


def test_without_colour_ours_is_the_grey_column(tmp_path):
    draw_sheet({"ours": OpenNetwork(no_colour, 32)}, TRUE, tmp_path / "sheet.png")
    pictures, sheet = cells(tmp_path / "sheet.png", 2)
    assert np.array_equal(pictures[:, 0], pictures[:, 1])
    assert np.ptp(pictures[:, 0], axis=-1).max() <= 1
    for row, true in zip(pictures, TRUE, strict=True):
        assert np.array_equal(row[2], shrink(true, CELL, CELL))
        own = color.rgb2lab(true)[..., 0]
        grey = color.rgb2lab(row[0].astype(np.uint8))[..., 0]
        assert grey.mean() == pytest.approx(own.mean(), abs=0.5)
    # White between the pictures; dark labels above them, one over each column.
    assert (sheet[HEADER:, :GAP] == 255).all()
    assert (sheet[HEADER + CELL : HEADER + CELL + GAP] == 255).all()
    for column in range(3):
        left = GAP + column * (CELL + GAP)
        assert sheet[:HEADER, left : left + CELL].min() < 100


def test_a_network_that_knows_the_truth_gives_the_true_column(tmp_path):
    truth = iter([color.rgb2lab(true)[..., 1:].astype(np.float32) / 110 for true in TRUE])
    draw_sheet({"ours": OpenNetwork(lambda x: next(truth), 64)}, iter(TRUE), tmp_path / "sheet.png")
    pictures, _ = cells(tmp_path / "sheet.png", 2)
    assert np.abs(pictures[:, 1] - pictures[:, 2]).max() <= 1
    assert np.abs(pictures[:, 0] - pictures[:, 2]).max() > 50


def test_the_network_sees_its_own_size(tmp_path):
    seen = []

    def network(x):
        seen.append((x.shape, x.dtype))
        return np.zeros((1, 1, 2), np.float32)

    draw_sheet({"ours": OpenNetwork(network, 96)}, [photos.coffee()], tmp_path / "sheet.png")
    assert seen == [((96, 96), np.float32)]


def test_several_networks_have_a_column_each_and_long_labels_fit(tmp_path):
    networks = {
        "plain": OpenNetwork(no_colour, 32),
        "a_name_that_is_much_longer_than_its_column": OpenNetwork(lambda x: no_colour(x) + 0.2, 32),
    }
    draw_sheet(networks, TRUE[:1], tmp_path / "sheet.png")
    sheet = np.asarray(Image.open(tmp_path / "sheet.png")).astype(int)
    assert sheet.shape[1] == GAP + 4 * (CELL + GAP)
    plain, coloured = (
        sheet[HEADER : HEADER + CELL, left : left + CELL]
        for left in (GAP + column * (CELL + GAP) for column in (1, 2))
    )
    assert np.ptp(plain, axis=-1).max() <= 1
    assert np.ptp(coloured, axis=-1).mean() > 20
    for column in range(5):  # nothing of a label reaches into the white between
        left = column * (CELL + GAP)
        assert (sheet[:HEADER, left : left + GAP] == 255).all()


def test_no_pictures_is_refused(tmp_path):
    with pytest.raises(PictureSourceError, match="no pictures"):
        draw_sheet({"ours": OpenNetwork(lambda x: x, 64)}, [], tmp_path / "sheet.png")
    assert not list(tmp_path.iterdir())

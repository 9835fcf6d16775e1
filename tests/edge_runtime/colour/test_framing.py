"""Squash, pad and tile: what the network sees, and how its ab come back."""

from itertools import pairwise

import numpy as np
import pytest

from edge_runtime.colour.framing import FRAMINGS, MAX_TILED_ASPECT, pad, squash, tile

SIZES = [(300, 400), (400, 300), (256, 256), (1, 1), (1, 65535), (65535, 1), (100, 1000)]


def positions(framing) -> tuple[np.ndarray, list[np.ndarray]]:
    """A picture whose ab are its own coordinates, and what a perfect network gives for it."""
    rows, columns = np.mgrid[: framing.height, : framing.width].astype(np.float32)
    whole = np.stack([rows, columns], -1)
    steps = np.arange(framing.output_size)
    parts = [
        whole[
            np.ix_(
                np.clip(top + steps, 0, framing.height - 1),
                np.clip(left + steps, 0, framing.width - 1),
            )
        ]
        for top, left in framing.windows
    ]
    return whole, parts


@pytest.mark.parametrize("sizes", [(64, 32), (160, 80), (96, 96), (100, 33), (224, 56)])
@pytest.mark.parametrize("shape", SIZES)
@pytest.mark.parametrize("name", FRAMINGS)
def test_ab_come_back_to_their_places(name, shape, sizes):
    framing = FRAMINGS[name](*shape, *sizes)
    whole, parts = positions(framing)
    np.testing.assert_allclose(framing.join(parts), whole, atol=1e-3)


@pytest.mark.parametrize("shape", SIZES)
@pytest.mark.parametrize("name", FRAMINGS)
def test_windows_are_squares_of_the_networks_size(name, shape):
    framing = FRAMINGS[name](*shape, 64, 32)
    scaled = np.zeros(framing.scaled_shape, np.float32)
    windows = framing.cut(scaled)
    assert len(windows) == len(framing.windows)
    assert all(window.shape == (64, 64) for window in windows)


def test_squash_takes_the_whole_picture():
    assert squash(300, 900, 64, 32).scaled_shape == (64, 64)


def test_pad_keeps_the_aspect_and_repeats_the_edge():
    framing = pad(100, 400, 64, 32)
    assert framing.scaled_shape == (16, 64)
    (window,) = framing.cut(np.arange(16.0)[:, None].repeat(64, 1))
    assert window[0, 0] == 0
    assert window[63, 0] == 15
    assert window[24, 0] == 0
    assert window[25, 0] == 1


def test_tile_goes_along_the_long_side_with_overlap():
    framing = tile(100, 300, 64, 32)
    assert framing.scaled_shape == (64, 192)
    starts = [left for top, left in framing.windows]
    assert starts[0] == 0
    assert starts[-1] == 96 - 32
    assert all(second - first <= 24 for first, second in pairwise(starts))
    assert tile(300, 100, 64, 32).windows == tuple((left, 0) for left in starts)


def test_tiles_are_bounded():
    framing = tile(1, 60_000, 64, 32)
    assert framing.scaled_shape == (64, 64 * MAX_TILED_ASPECT)
    assert len(framing.windows) <= 8


def test_a_picture_of_another_size_is_refused():
    with pytest.raises(ValueError, match="this framing takes"):
        squash(10, 10, 64, 32).cut(np.zeros((10, 10)))

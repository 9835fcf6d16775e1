"""The 313 colours: which they are."""

import numpy as np
from skimage.color import rgb2lab

from train.networks.ab_bins import AB_BINS

rng = np.random.default_rng(0)


def test_the_bins_are_those_of_the_authors():
    assert AB_BINS.shape == (313, 2)
    # First and last b* of each a* of the table that Zhang et al. published with their network.
    published = {
        -90: (50, 90),
        -80: (20, 90),
        -70: (0, 90),
        -60: (-20, 90),
        -50: (-30, 100),
        -40: (-40, 100),
        -30: (-50, 100),
        -20: (-50, 100),
        -10: (-60, 100),
        0: (-70, 100),
        10: (-80, 90),
        20: (-80, 90),
        30: (-90, 90),
        40: (-100, 90),
        50: (-100, 80),
        60: (-110, 80),
        70: (-110, 80),
        80: (-110, 70),
        90: (-110, 70),
        100: (-90, 0),
    }
    expected = [(a, b) for a, (low, high) in published.items() for b in range(low, high + 1, 10)]
    assert AB_BINS.tolist() == [list(map(float, point)) for point in expected]


def test_the_bins_are_the_hull_of_srgb_and_a_ring_around_it():
    """By scikit-image's Lab of colours from the whole cube, and by support lines for the hull."""
    levels = np.linspace(0, 1, 52)
    cube = np.stack(np.meshgrid(levels, levels, levels), axis=-1).reshape(1, -1, 3)
    ab = rgb2lab(cube)[0, :, 1:]
    angle = np.linspace(0, 2 * np.pi, 1440, endpoint=False)
    normals = np.stack([np.cos(angle), np.sin(angle)])
    support = np.max([(part @ normals).max(axis=0) for part in np.array_split(ab, 50)], axis=0)
    axis = np.arange(-130, 131, 10)
    grid = np.stack(np.meshgrid(axis, axis, indexing="ij"), axis=-1)
    inside = np.all(grid @ normals <= support, axis=-1)
    ringed = np.zeros_like(inside)
    for down in (-1, 0, 1):
        for right in (-1, 0, 1):
            ringed |= np.roll(inside, (down, right), axis=(0, 1))
    assert inside.sum() == 233
    assert grid[ringed].tolist() == AB_BINS.astype(int).tolist()


def test_no_srgb_colour_is_further_from_a_bin_than_half_a_cells_diagonal():
    picture = rng.integers(0, 256, (1, 20000, 3), dtype=np.uint8)
    ab = rgb2lab(picture)[0, :, 1:]
    squared = np.square(ab[:, None] - AB_BINS).sum(axis=-1)
    assert squared.min(axis=1).max() <= 50 + 1e-2

"""The 313 colours: which they are, how colours are spread over them, and back."""

import numpy as np
import pytest
from skimage.color import rgb2lab

from train.networks.ab_bins import (
    AB_BINS,
    annealed_mean,
    nearest_bins,
    rebalancing_weights,
    soft_encode,
)

rng = np.random.default_rng(0)
COLOURS = rng.uniform(-110, 110, (40, 50, 2)).astype(np.float32)


def brute_force(colours):
    """Distances to all bins, sorted; the definition of the soft encoding, word for word."""
    encoded = np.zeros((len(colours), len(AB_BINS)))
    for row, colour in zip(encoded, colours.astype(np.float64), strict=True):
        distance = np.sqrt(((AB_BINS - colour) ** 2).sum(axis=1))
        five = np.argsort(distance, kind="stable")[:5]
        row[five] = np.exp(-(distance[five] ** 2) / (2 * 5.0**2))
        row /= row.sum()
    return encoded


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
    _, squared = nearest_bins(rgb2lab(picture)[0, :, 1:])
    assert squared[:, 0].max() <= 50 + 1e-2


def test_soft_encoding_is_that_of_brute_force():
    encoded = soft_encode(COLOURS)
    assert encoded.shape == (40, 50, 313)
    assert encoded.dtype == np.float32
    assert np.abs(encoded.reshape(-1, 313) - brute_force(COLOURS.reshape(-1, 2))).max() < 1e-5
    assert np.abs(encoded.sum(axis=-1) - 1).max() < 1e-5


def test_nearest_bins_leave_none_out_even_far_from_all():
    far = rng.uniform(-128, 128, (2000, 2)).astype(np.float32)
    _, squared = nearest_bins(far)
    expected = np.sort(((far[:, None] - AB_BINS) ** 2).sum(axis=-1), axis=-1)[:, :5]
    assert squared == pytest.approx(expected, rel=1e-5)


def test_soft_encoding_of_the_farthest_corner_is_finite():
    assert soft_encode(np.array([128.0, 128.0])).sum() == pytest.approx(1)


@pytest.mark.parametrize("colour", [(129, 0), (0, -200), (np.nan, 0)])
def test_colours_that_are_none_are_refused(colour):
    with pytest.raises(ValueError, match="within"):
        soft_encode(np.array(colour))


def test_the_mean_of_a_soft_encoding_is_near_the_colour():
    inside = rng.uniform(-30, 60, (500, 2))
    back = annealed_mean(soft_encode(inside), temperature=1)
    assert np.abs(back - inside).max() < 3


def test_annealed_mean_goes_from_the_mean_to_the_mode():
    p = rng.dirichlet(np.full(313, 0.1), (7,))
    assert annealed_mean(p, 1.0) == pytest.approx(p @ AB_BINS, abs=1e-3)
    assert annealed_mean(p, 0.001) == pytest.approx(AB_BINS[p.argmax(axis=-1)], abs=1e-3)
    sharper = np.exp(np.log(p) / 0.38)
    expected = (sharper / sharper.sum(axis=-1, keepdims=True)) @ AB_BINS
    assert annealed_mean(p) == pytest.approx(expected, abs=1e-3)
    for temperature in (0, 1.5):
        with pytest.raises(ValueError, match="temperature"):
            annealed_mean(p, temperature)


def test_rebalancing():
    prior = soft_encode(rng.normal(0, 12, (3000, 2))).mean(axis=0)
    weights = rebalancing_weights(prior)
    assert weights.dtype == np.float32
    assert prior @ weights == pytest.approx(1, abs=1e-5)
    # Equation 4, relative to one bin.
    raw = 1 / (0.5 * prior + 0.5 / 313)
    assert weights / weights[0] == pytest.approx(raw / raw[0], rel=1e-4)
    assert weights[prior.argmax()] == weights.min()
    assert rebalancing_weights(prior, mix=1) == pytest.approx(1)
    assert rebalancing_weights(1000 * prior) == pytest.approx(weights)


def test_bad_priors_are_refused():
    uniform = np.ones(313)
    for prior in (np.ones(10), np.zeros(313), -uniform, uniform * np.nan, uniform * np.inf):
        with pytest.raises(ValueError, match="313"):
            rebalancing_weights(prior)
    with pytest.raises(ValueError, match="mix"):
        rebalancing_weights(uniform, mix=0)

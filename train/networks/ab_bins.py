"""The 313 colours of the classification network, and distributions over them. NumPy.

Zhang, Isola and Efros 2016, "Colorful Image Colorization", sections 2.1 to 2.3. Colours here are a*
and b* in their own units, not divided by 110.
"""

from functools import lru_cache
from itertools import product

import cv2
import numpy as np

from edge_runtime.colour.cielab import rgb_to_lab
from edge_runtime.model import contract

AB_SCALE = np.float32(contract.AB_SCALE)  # networks give ab divided by this
TEMPERATURE = 0.38  # of the annealed mean, from the paper's section 2.3
NEIGHBOURS = 5
SIGMA = 5.0  # of the Gaussian over the neighbours, in units of a* and b*

_GRID = 10
_LIMIT = 128  # of the colours that can be encoded; sRGB's reach from -108 to 99


def _gamut_hull() -> np.ndarray:
    """The convex hull of (a*, b*) over all 8-bit sRGB colours: float32 [vertices, 1, 2]."""
    # Its corners are colours on the edges of the RGB cube.
    ramp = np.arange(256)
    edges = [
        np.insert(np.tile(ends, (256, 1)), axis, ramp, axis=1)
        for axis in range(3)
        for ends in product((0, 255), repeat=2)
    ]
    ab = rgb_to_lab(np.concatenate(edges).astype(np.uint8))[:, 1:]
    return cv2.convexHull(np.ascontiguousarray(ab))


def _in_gamut_bins() -> np.ndarray:
    """The centres of the bins, by a*, then b*: float32 [313, 2].

    The paper says "in gamut" and counts 313 on a grid of 10. Bins that hold an 8-bit sRGB colour
    are only 261, and grid points inside of the convex hull of sRGB's ab only 233. These 233 and
    their eight neighbours each are 313, and exactly the points that the authors published: with
    the ring around the hull, every in-gamut colour lies between bins and none beyond the last.
    """
    hull = _gamut_hull()
    axis = range(-_LIMIT // _GRID * _GRID, _LIMIT + 1, _GRID)
    inside = {p for p in product(axis, axis) if cv2.pointPolygonTest(hull, p, False) >= 0}
    steps = (-_GRID, 0, _GRID)
    ringed = {(a + i, b + j) for a, b in inside for i, j in product(steps, steps)}
    return np.array(sorted(ringed), np.float32)


AB_BINS = _in_gamut_bins()
AB_BINS.setflags(write=False)


@lru_cache(maxsize=1)
def _candidates() -> np.ndarray:
    """For every cell of 2 x 2 units of ab, the bins that its colours may have among their nearest.

    int16 [cells, cells, K], nearest to the cell's centre first; cell 0 is centred on -128. K is
    what the neediest cell needs.
    """
    axis = np.arange(-_LIMIT, _LIMIT + 1, 2, dtype=np.float32)
    centres = np.stack(np.meshgrid(axis, axis, indexing="ij"), axis=-1)
    distance = np.linalg.norm(centres[:, :, None] - AB_BINS, axis=-1)
    order = np.argsort(distance, axis=-1)
    distance = np.take_along_axis(distance, order, axis=-1)
    # A colour is at most sqrt(2) from the centre of its cell: by the triangle inequality its
    # nearest five are among those within twice that of the centre's fifth.
    reach = distance[..., NEIGHBOURS - 1 : NEIGHBOURS] + 2 * np.sqrt(2) + 1e-3
    most = int((distance <= reach).sum(axis=-1).max())
    return order[..., :most].astype(np.int16)


def nearest_bins(ab: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The five bins nearest to each colour, nearest first, exactly: no bin is left out.

    Args:
        ab: float [..., 2], a* and b* within -128..128.
    Returns:
        Indices into `AB_BINS`, int64 [..., 5], and squared distances, float32 [..., 5].
    Raises:
        ValueError: a colour outside of -128..128, or no number.
    """
    ab = np.asarray(ab, np.float32)
    if not np.all(np.abs(ab) <= _LIMIT):
        raise ValueError(f"a* and b* must lie within -{_LIMIT}..{_LIMIT}")
    cell = np.rint((ab + _LIMIT) / 2).astype(np.intp)
    candidates = _candidates()[cell[..., 0], cell[..., 1]].astype(np.intp)
    squared = np.square(ab[..., None, :] - AB_BINS[candidates]).sum(axis=-1)
    order = np.argsort(squared, axis=-1, kind="stable")[..., :NEIGHBOURS]
    nearest = np.take_along_axis(candidates, order, axis=-1)
    return nearest, np.take_along_axis(squared, order, axis=-1)


def soft_encode(ab: np.ndarray) -> np.ndarray:
    """Each colour as a distribution over its five nearest bins (section 2.1: H^-1).

    The weights are a Gaussian's of the distance, sigma 5, and sum to 1.

    Args:
        ab: float [..., 2], a* and b* within -128..128.
    Returns:
        float32 [..., 313].
    Raises:
        ValueError: a colour outside of -128..128, or no number.
    """
    nearest, squared = nearest_bins(ab)
    # Relative to the nearest one, so that colours far from every bin do not divide 0 by 0.
    weights = np.exp((squared[..., :1] - squared) / (2 * SIGMA**2))
    weights /= weights.sum(axis=-1, keepdims=True)
    encoded = np.zeros((*nearest.shape[:-1], len(AB_BINS)), np.float32)
    np.put_along_axis(encoded, nearest, weights, axis=-1)
    return encoded


def rebalancing_weights(prior: np.ndarray, mix: float = 0.5) -> np.ndarray:
    """How much a pixel of each bin counts, so that rare colours are learned (equation 4).

    w is proportional to 1 / ((1 - mix) * prior + mix / 313), and its mean under the prior is 1.

    Args:
        prior: float [313], how often each bin occurs, e.g. the mean of `soft_encode` over many
            pixels, which is smoothed by its Gaussian already; scaled to sum to 1 here.
        mix: share of the uniform distribution: 1 makes all weights equal.
    Returns:
        float32 [313].
    Raises:
        ValueError: prior is no distribution over the bins, or mix is not within (0, 1].
    """
    prior = np.asarray(prior, np.float64)
    if prior.shape != (len(AB_BINS),) or not np.all(prior >= 0) or not 0 < prior.sum() < np.inf:
        raise ValueError(f"the prior must be {len(AB_BINS)} numbers from 0 on, not all of them 0")
    if not 0 < mix <= 1:
        raise ValueError(f"mix must be above 0 and at most 1, not {mix}")
    prior = prior / prior.sum()
    weights = 1 / ((1 - mix) * prior + mix / len(prior))
    return (weights / (prior @ weights)).astype(np.float32)


def annealed_mean(probabilities: np.ndarray, temperature: float = TEMPERATURE) -> np.ndarray:
    """One colour of each distribution (equation 5): the mean after raising it to 1/T.

    Args:
        probabilities: float [..., 313], from 0 on.
        temperature: T in (0, 1]: 1 gives the mean, towards 0 the mode.
    Returns:
        a* and b*, float32 [..., 2].
    Raises:
        ValueError: temperature is not within (0, 1].
    """
    if not 0 < temperature <= 1:
        raise ValueError(f"temperature must be above 0 and at most 1, not {temperature}")
    p = np.asarray(probabilities, np.float64)
    p = (p / p.max(axis=-1, keepdims=True)) ** (1 / temperature)
    return (p / p.sum(axis=-1, keepdims=True) @ AB_BINS).astype(np.float32)

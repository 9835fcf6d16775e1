"""The 313 colours of the classification network, in units of a* and b*, not divided by 110.

Zhang, Isola and Efros 2016, "Colorful Image Colorization", section 2.1.
"""

from itertools import product

import cv2
import numpy as np

from edge_runtime.colour.cielab import rgb_to_lab

GRID = 10


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
    axis = range(-130, 131, GRID)  # the hull reaches from -108 to 99
    inside = {p for p in product(axis, axis) if cv2.pointPolygonTest(hull, p, False) >= 0}
    steps = (-GRID, 0, GRID)
    ringed = {(a + i, b + j) for a, b in inside for i, j in product(steps, steps)}
    return np.array(sorted(ringed), np.float32)


AB_BINS = _in_gamut_bins()
AB_BINS.setflags(write=False)

"""Dense motion between the lightness of two frames, and pictures fetched along it.

Everything happens on the grid of the network's ab, whose pixels are called cells. Motion is kept
as places: for every cell of the present frame, where its content was in the previous one.
"""

from functools import lru_cache

import cv2
import numpy as np

from edge_runtime.errors import ArgumentError

# The flow compares patches of 8 x 8 cells and needs room to move them.
SMALLEST_SIDE = 16

# OpenCV's bicubic kernel (a = -0.75) raises middle frequencies by up to 3 %, which a recursive
# filter would pile up; with a third of the bilinear one mixed in, no frequency grows.
_CUBIC_PART = 2 / 3


def to_cells(lightness: np.ndarray, shape: tuple[int, int]) -> np.ndarray:
    """Average lightness over the cells of ab: float32 [S, S] to float32 of `shape`."""
    return cv2.resize(np.asarray(lightness, np.float32), shape[::-1], interpolation=cv2.INTER_AREA)


def check_frame(lightness: np.ndarray, ab: np.ndarray) -> None:
    """See that a frame's lightness and ab have usable shapes.

    Raises:
        ValueError: lightness is not [S, S], or ab not [S', S', 2]; any sides above 0 will do.
    """
    check_lightness(lightness)
    if np.ndim(ab) != 3 or np.shape(ab)[2] != 2 or 0 in np.shape(ab):
        raise ArgumentError(f"ab is [height, width, 2], not {list(np.shape(ab))}")


def check_lightness(lightness: np.ndarray) -> None:
    """See that lightness has a usable shape.

    Raises:
        ValueError: not [S, S]; any sides above 0 will do.
    """
    if np.ndim(lightness) != 2 or 0 in np.shape(lightness):
        raise ArgumentError(f"the lightness is [height, width], not {list(np.shape(lightness))}")


class DenseFlow:
    """Dense inverse search (Kroeger et al., "Fast Optical Flow using Dense Inverse Search", ECCV
    2016), at full detail of the grid. It matches patches less their mean, so that a change of
    exposure does not mislead it."""

    def __init__(self, preset: int):
        """Make a flow.

        Args:
            preset: one of OpenCV's `DISOPTICAL_FLOW_PRESET_…`.
        """
        self._flow = cv2.DISOpticalFlow_create(preset)
        # The presets are made for whole films and look at a quarter of the detail.
        self._flow.setFinestScale(0)

    def places(
        self, previous: np.ndarray, present: np.ndarray, near: np.ndarray | None = None
    ) -> np.ndarray:
        """Where the content of each present cell was in the previous frame.

        Args:
            previous, present: float32 [h, w], lightness of the cells, 0..100.
            near: float32 [h, w, 2], places from which it is looked for; None for the same ones.
        Returns:
            float32 [h, w, 2], column and row, which may lie outside the frame. Frames of less
            than `SMALLEST_SIDE` cells a side are taken as unmoved.
        """
        grid = cell_grid(present.shape)
        if min(present.shape) < SMALLEST_SIDE:
            return grid
        first = None if near is None else cv2.subtract(near, grid)
        moved = self._flow.calc(_levels(present), _levels(previous), first)
        return cv2.add(moved, grid)


@lru_cache(maxsize=4)
def cell_grid(shape: tuple[int, int]) -> np.ndarray:
    """The place of every cell itself: float32 [h, w, 2], column and row; not to be written to."""
    rows, columns = np.indices(shape, np.float32)
    grid = np.dstack([columns, rows])
    grid.setflags(write=False)
    return grid


def inside(places: np.ndarray, edge: float = 0.0) -> np.ndarray:
    """Which places, float32 [h, w, 2], lie in the frame, or so few cells outside: bool [h, w]."""
    height, width = places.shape[:2]
    most = width - 1 + edge, height - 1 + edge
    return cv2.inRange(places, (-edge, -edge), most) > 0


def speed(places: np.ndarray) -> float:
    """How far the cells of a frame have moved, in cells, in the mean."""
    steps = cv2.subtract(places, cell_grid(places.shape[:2]))
    return float(cv2.mean(cv2.magnitude(steps[..., 0], steps[..., 1]))[0])


def fetch(values: np.ndarray, places: np.ndarray) -> np.ndarray:
    """Values at places between the cells, bilinearly; outside, the edge is repeated.

    Args:
        values: float32 [h, w] or [h, w, 2].
        places: float32 [h, w, 2].
    """
    return cv2.remap(values, places, None, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)


def fetch_sharp(values: np.ndarray, places: np.ndarray) -> np.ndarray:
    """As `fetch`, but with a kernel that can be applied frame after frame with little blur."""
    sharp = cv2.remap(values, places, None, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
    return cv2.addWeighted(sharp, _CUBIC_PART, fetch(values, places), 1 - _CUBIC_PART, 0)


def _levels(lightness: np.ndarray) -> np.ndarray:
    """8-bit levels of lightness 0..100: OpenCV's flow takes nothing else."""
    return cv2.convertScaleAbs(lightness, alpha=2.55)

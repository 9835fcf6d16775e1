"""The calm places of a picture: there a hint says the colour of one thing, and not of an edge."""

import cv2
import numpy as np

# The side of the square in which the deviation is taken, in cells.
_AROUND = 5


def deviation(guide: np.ndarray) -> np.ndarray:
    """How lively it is around each cell: the deviation of lightness, float32 [h, w].

    Args:
        guide: float32 [h, w], of `spread.guide`.
    """
    mean, of_squares = (cv2.blur(plane, (_AROUND, _AROUND)) for plane in (guide, guide**2))
    return np.sqrt(np.maximum(of_squares - mean**2, 0))


def calm_cells(lively: np.ndarray, grid: int) -> list[tuple[int, int]]:
    """The calmest cell of each part of a grid: rows and columns.

    Args:
        lively: float32 [h, w], of `deviation`.
        grid: parts a side; fewer where there are fewer cells.
    """
    height, width = lively.shape
    cells = []
    for rows in np.array_split(np.arange(height), min(grid, height)):
        for columns in np.array_split(np.arange(width), min(grid, width)):
            part = lively[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
            down, across = np.unravel_index(part.argmin(), part.shape)
            cells.append((int(rows[down]), int(columns[across])))
    return cells

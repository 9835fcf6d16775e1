"""Levin, Lischinski and Weiss, Colorization using Optimization (SIGGRAPH 2004), at ab resolution.

The classic to compare hints with. Each cell's colour is the mean of its eight neighbours', weighted
by how alike their lightness is, which is one sparse system (section 2 of the paper; the weights are
its equation 2). What is solved for here is the change of the automatic colours, and a slight pull
keeps it small where no hint is near.
"""

import numpy as np
from scipy import sparse
from scipy.sparse.linalg import splu

# The pull towards the automatic colours: of 1e-5 to 1e-2 the best on val, as 1e-5 is too.
PULL = 1e-4

# Least variance of lightness in a window, so that flat places are joined.
_LEAST_VARIANCE = 0.5


def levin(
    lightness: np.ndarray, own: np.ndarray, cells: np.ndarray, said: np.ndarray
) -> np.ndarray:
    """The colours of a picture with those said of some cells.

    Args:
        lightness: float [h, w], 0..100.
        own: float [h, w, 2], the automatic a* and b*.
        cells: int [n, 2], rows and columns.
        said: float [n, 2], their a* and b*.
    Returns:
        float32 [h, w, 2].
    """
    height, width = lightness.shape
    count = height * width
    free, change = np.ones(count), np.zeros((count, 2))
    places = np.ravel_multi_index(tuple(cells.T), (height, width))
    free[places] = 0
    change[places] = said - own[tuple(cells.T)]
    neighbours = sparse.diags(free) @ _neighbours(lightness.astype(np.float64))
    system = sparse.diags(1 + PULL * free) - neighbours
    solved = splu(system.tocsc()).solve(change)
    return (own + solved.reshape(own.shape)).astype(np.float32)


def _neighbours(lightness: np.ndarray) -> sparse.csr_matrix:
    """What each cell takes of its neighbours: [cells, cells], whose rows sum to 1."""
    height, width = lightness.shape
    cells = np.arange(height * width).reshape(height, width)
    numbers = np.pad(cells, 1, constant_values=-1)
    levels = np.pad(lightness, 1, mode="edge")
    steps = [(down, right) for down in range(3) for right in range(3)]
    windows = [np.s_[down : down + height, right : right + width] for down, right in steps]
    variance = np.maximum(np.var([levels[window] for window in windows], axis=0), _LEAST_VARIANCE)
    rows, columns, weights = [], [], []
    for window, step in zip(windows, steps, strict=True):
        there = (numbers[window] >= 0) & (step != (1, 1))
        alike = np.exp(-((levels[window] - lightness) ** 2) / (2 * variance))
        rows.append(cells[there])
        columns.append(numbers[window][there])
        weights.append(alike[there])
    values = np.concatenate(weights), (np.concatenate(rows), np.concatenate(columns))
    matrix = sparse.csr_matrix(values, (height * width,) * 2)
    return sparse.diags(1 / np.asarray(matrix.sum(axis=1)).ravel()) @ matrix

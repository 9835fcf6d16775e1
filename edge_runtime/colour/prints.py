"""Where prints lie in a picture, and how their colours are put together; their mount has none."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

# Cells of the joined ab for one of a print's own, so that the seam is short; and the most for one
# of the longest side of all prints, however small they are on the page.
_FINER, _FINEST = 2, 4


@dataclass(frozen=True)
class Rectangle:
    """Where a print lies, as parts of the picture's height and width, 0..1."""

    top: float
    left: float
    bottom: float
    right: float

    def pixels(self, height: int, width: int) -> tuple[slice, slice]:
        """Its rows and columns in a picture of that size, at least one of each."""
        return _between(self.top, self.bottom, height), _between(self.left, self.right, width)


def _between(low: float, high: float, size: int) -> slice:
    start = min(round(low * size), size - 1)
    return slice(start, max(round(high * size), start + 1))


def join_prints(parts: Sequence[np.ndarray], places: Sequence[Rectangle]) -> np.ndarray:
    """The low-resolution ab of a picture from those of its prints.

    Args:
        parts: float32 [h, w, 2], a* and b* of each print.
        places: where each lies.
    Returns:
        float32 [H, W, 2], a* and b* of the whole picture, finer than any part and at most four
        times the finest: 0 outside the prints, with a seam of one cell inside each.
    """
    most = _FINEST * max(max(part.shape[:2]) for part in parts)
    heights = [
        (part.shape[0], place.bottom - place.top) for part, place in zip(parts, places, strict=True)
    ]
    widths = [
        (part.shape[1], place.right - place.left) for part, place in zip(parts, places, strict=True)
    ]
    ab = np.zeros((_cells(heights, most), _cells(widths, most), 2), np.float32)
    for part, place in zip(parts, places, strict=True):
        rows, down = _spread(place.top, place.bottom, len(ab), part.shape[0])
        columns, across = _spread(place.left, place.right, ab.shape[1], part.shape[1])
        seam = down[:, None] * across
        for channel in (0, 1):
            plane = ab[..., channel]
            plane += seam * (rows @ part[..., channel] @ columns.T - plane)
    return ab


def _cells(sides: Sequence[tuple[int, float]], most: int) -> int:
    """How many cells an axis needs for prints of so many cells over such parts of it."""
    return min(most, max(math.ceil(_FINER * cells / part) for cells, part in sides))


def _spread(low: float, high: float, cells: int, own: int) -> tuple[np.ndarray, np.ndarray]:
    """How a print's cells reach those of the whole along an axis, linearly between centres.

    Returns:
        float32 [cells, own] whose rows sum to 1, and the print's part of each cell, float32
        [cells]: 0 outside, 1 inside, but for the seam where the print does not end with the axis.
    """
    centres = np.arange(cells) + 0.5
    first, last = low * cells, high * cells
    at = np.clip((centres - first) / (last - first) * own - 0.5, 0, own - 1)
    before = np.minimum(at.astype(int), max(own - 2, 0))
    weights = np.zeros((cells, own), np.float32)
    steps = np.arange(cells)
    weights[steps, np.minimum(before + 1, own - 1)] = at - before
    weights[steps, before] += 1 - (at - before)
    begin = centres - first if low > 0 else np.ones(cells)
    end = last - centres if high < 1 else np.ones(cells)
    return weights, np.clip(np.minimum(begin, end), 0, 1).astype(np.float32)

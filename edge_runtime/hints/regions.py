"""Divide a picture into what a few hints would reach, and describe each part.

The places are those from which spreading reaches most: one after the other, the calm cell that adds
most to how alike each cell is to the likest place so far. A cell belongs to the likest place.
"""

from dataclasses import dataclass

import cv2
import numpy as np

from edge_runtime.colour.spread import Spot, unlikeness
from edge_runtime.hints.calm import calm_cells, deviation

# Regions are found in cells of so many cells of ab a side: finer ones would say the same.
_COARSE = 2

# Places that may become hints, a side; hints of a print; and what the last one must add, as part
# of the picture.
_GRID, MOST_REGIONS, _LEAST = 8, 10, 0.01

# What one unit of unlikeness of regions is: of their ab, lightness and its deviation (hundredths of
# the tone view's range), their height in the picture, and the mean ab of the whole.
_UNITS = np.array([6, 6, 20, 8, 0.35, 8, 8], np.float32)


@dataclass(frozen=True)
class Regions:
    """The parts of a print.

    Attributes:
        places: float32 [n, 2], x and y of the hints that reach them, as shares of the print.
        own: float32 [n, 2], the network's a* and b* there.
        mean: float32 [n, 2], and in all of the region.
        areas: float32 [n], as parts of the print.
        alike: float32 [n, n], how much a hint at the second's place says of the first's, 0..1.
        features: float32 [n, 7], what tells kinds of regions apart, in units of unlikeness.
        labels: int [h, w], to which each coarse cell belongs.
    """

    places: np.ndarray
    own: np.ndarray
    mean: np.ndarray
    areas: np.ndarray
    alike: np.ndarray
    features: np.ndarray
    labels: np.ndarray

    def __len__(self) -> int:
        return len(self.areas)


def find_regions(
    guide: np.ndarray, own: np.ndarray, side: int, most: int = MOST_REGIONS
) -> Regions:
    """The regions of a print, the most telling place first.

    Args:
        guide: float32 [h, w], of `spread.guide`.
        own: float32 [h, w, 2], the network's a* and b*.
        side: S', the cells of the square that the network sees.
        most: how many there may be.
    """
    guide, own = coarse(guide), coarse(own)
    height, width = guide.shape
    lively = deviation(guide)
    cells = calm_cells(lively, _GRID)
    spots = [Spot(row + 0.5, column + 0.5, 0, 0, own[row, column]) for row, column in cells]
    alike = np.exp(unlikeness(guide, own, spots, side // _COARSE) * np.float32(-0.5))
    reached = np.zeros(height * width, np.float32)
    chosen: list[int] = []
    while len(chosen) < most:
        gains = np.maximum(alike - reached, 0).sum(axis=1)
        best = int(gains.argmax())
        if chosen and gains[best] < _LEAST * reached.size:
            break
        chosen.append(best)
        np.maximum(reached, alike[best], out=reached)
    alike = alike[chosen]
    labels = alike.argmax(axis=0)
    # At its own place no other hint says more; yet of equal ones the first would have it.
    at = np.array([row * width + column for row, column in (cells[one] for one in chosen)])
    labels[at] = np.arange(len(chosen))
    down = np.repeat(np.linspace(0, 1, height, dtype=np.float32), width)
    flat = own.reshape(-1, 2)
    planes = np.column_stack([flat, guide.reshape(-1), lively.reshape(-1), down])
    means = np.stack([planes[labels == label].mean(axis=0) for label in range(len(chosen))])
    whole = np.broadcast_to(flat.mean(axis=0), (len(chosen), 2))
    return Regions(
        places=np.column_stack([(at % width + 0.5) / width, (at // width + 0.5) / height]),
        own=flat[at],
        mean=means[:, :2],
        areas=np.bincount(labels, minlength=len(chosen)) / np.float32(labels.size),
        alike=alike[:, at].T,
        features=np.hstack([means, whole]) / _UNITS,
        labels=labels.reshape(height, width),
    )


def coarse(plane: np.ndarray) -> np.ndarray:
    """A plane of ab's cells, [h, w, ...], in the cells in which regions are found."""
    height, width = (max(1, length // _COARSE) for length in plane.shape[:2])
    return cv2.resize(plane, (width, height), interpolation=cv2.INTER_AREA)

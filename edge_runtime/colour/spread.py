"""Spread said colours over a picture, without any training.

At the resolution of ab, the difference between the said colour and the network's own at that place
is spread with weights that fall with distance, with the difference of slightly blurred lightness
and of the network's own ab, and with the edges on the way: what looks alike, lies near and can be
reached gets the colour.
The idea is that of Levin, Lischinski and Weiss, Colorization using Optimization (SIGGRAPH 2004);
the weights are Shepard's (A two-dimensional interpolation function, 1968), which grow without
bounds at a hint, so that the colour there comes out as said. Nothing is solved: every language
does it in a few lines. What it gains, and what wider reach would cost: docs/measurements/hints.md.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from edge_runtime.model.tone import TONE_VIEW

# Where one of the four differs by so much, a weight falls to 0.6: distance in parts of the square
# that the network sees; lightness, and what it goes up and down on the way, in hundredths of the
# tone view's range; ab in its own units.
DISTANCE, LIGHTNESS, WAY, AB = 0.56, 12.0, 25.0, 12.0

# The part of a weight that falls slowly: hints that agree say something about the whole picture.
_FAR = 0.05

# How far from infinite the weight at a hint is: 1 / _NEAR.
_NEAR = 0.001

# What is added to the sum of weights: where it is small, the network's own colours stay.
_OWN = 0.08

# How often ways are looked for downwards and upwards again: rarely does a third time find shorter.
_ROUNDS = 2

# Slightly blurred: the binomial of five, whose deviation is one cell.
_BLUR = np.array([1, 4, 6, 4, 1], np.float32) / 16

# Longer than any way.
_ENDLESS = 1e6

# Hints that are worked on at once, so that memory stays bounded.
_AT_ONCE = 32


@dataclass(frozen=True)
class Spot:
    """A hint in the cells of a print's ab.

    Attributes:
        row, column: where, in cells; the first cell reaches from 0 to 1.
        rows, columns: how far the spot reaches from there, in cells.
        ab: float32 [2], the said a* and b*.
    """

    row: float
    column: float
    rows: float
    columns: float
    ab: np.ndarray

    def cell(self, height: int, width: int) -> tuple[int, int]:
        """The cell in which it lies."""
        return min(int(self.row), height - 1), min(int(self.column), width - 1)


def guide(lightness: np.ndarray, height: int, width: int) -> np.ndarray:
    """The lightness by which colours are spread: stretched by the tone view, and blurred.

    Stretched for every model, so that colours reach as far on a faded print as on a good one.

    Args:
        lightness: float32 [H, W], CIE L*, 0..100: what the network is shown.
        height, width: of its ab, in cells.
    Returns:
        float32 [height, width], 0..100.
    """
    seen = (TONE_VIEW.input_of(lightness) + 1) * np.float32(50)
    if seen.shape != (height, width):
        seen = cv2.resize(seen, (width, height), interpolation=cv2.INTER_AREA)
    return cv2.sepFilter2D(seen, -1, _BLUR, _BLUR, borderType=cv2.BORDER_REPLICATE)


def spread(guide: np.ndarray, own: np.ndarray, spots: Sequence[Spot], side: int) -> np.ndarray:
    """The colours of a print with what was said of them.

    Args:
        guide: float32 [h, w], of the function `guide`.
        own: float32 [h, w, 2], the network's a* and b*.
        spots: the hints; in each spot, and in the cells next to its middle, the colour comes out
            as said. Where spots overlap it is their mean.
        side: S', the cells of the square that the network sees.
    Returns:
        float32 [h, w, 2], a* and b*; `own` itself where there are no hints.
    """
    if not spots:
        return own
    height, width = guide.shape
    flat = own.reshape(-1, 2)
    total = np.full(height * width, _OWN, np.float32)
    change = np.zeros((height * width, 2), np.float32)
    for begin in range(0, len(spots), _AT_ONCE):
        part = spots[begin : begin + _AT_ONCE]
        cells = np.array([spot.cell(height, width) for spot in part]) @ [width, 1]
        weights = _weights(unlikeness(guide, own, part, side))
        inside = np.stack([_inside(spot, height, width).reshape(-1) for spot in part])
        weights[inside] = 1 / _NEAR
        said = np.stack([spot.ab for spot in part])
        total += weights.sum(axis=0)
        change += weights.T @ (said - flat[cells])
        # Inside a spot it is the difference to each cell's own colour that is made up for.
        weights *= inside
        change += weights.T @ flat[cells] - weights.sum(axis=0)[:, None] * flat
    change /= total[:, None]
    return (flat + change).reshape(own.shape)


def unlikeness(guide: np.ndarray, own: np.ndarray, spots: Sequence[Spot], side: int) -> np.ndarray:
    """How little cells have to do with hints: d squared, float32 [hints, cells].

    Args:
        guide, own, spots, side: as for `spread`; what the spots say does not matter.
    """
    height, width = guide.shape
    cells = np.array([spot.cell(height, width) for spot in spots]) @ [width, 1]
    apart = _apart(spots, height, width, DISTANCE * side)
    # In units of the widths, so that a cell's likeness to a hint is one distance.
    for plane in (guide.reshape(-1) / LIGHTNESS, *(own.reshape(-1, 2).T / AB)):
        step = (plane - plane[cells, None]).astype(np.float32)
        step *= step
        apart += step
    way = _ways(guide, cells)
    way *= np.float32(1 / WAY)
    way *= way
    apart += way
    return apart


def _apart(spots: Sequence[Spot], height: int, width: int, unit: float) -> np.ndarray:
    """The squared distances of cells from hints: float32 [hints, cells], in units of cells."""
    squared = []
    for spot in spots:
        down, across = _offsets(spot, height, width)
        squared.append(((down / unit) ** 2)[:, None] + (across / unit) ** 2)
    return np.stack(squared).astype(np.float32).reshape(len(spots), -1)


def _ways(guide: np.ndarray, cells: np.ndarray) -> np.ndarray:
    """What lightness goes up and down on the way from hints: float32 [hints, cells].

    Ways go from cell to cell across their sides, and the one with the least sum counts. They are
    found row by row: along a row, the least sum is a running minimum over that up to each cell.

    Args:
        guide: float32 [h, w].
        cells: int [hints], where they begin, counted row by row.
    """
    height, width = guide.shape
    along = np.zeros_like(guide)
    np.cumsum(np.abs(np.diff(guide, axis=1)), axis=1, out=along[:, 1:])
    down = np.abs(np.diff(guide, axis=0))
    ways = np.full((height, len(cells), width), _ENDLESS, np.float32)
    ways[cells // width, np.arange(len(cells)), cells % width] = 0
    for _ in range(_ROUNDS):
        for row in range(height):
            if row:
                np.minimum(ways[row], ways[row - 1] + down[row - 1], out=ways[row])
            _along_row(ways[row], along[row])
        for row in range(height - 2, -1, -1):
            np.minimum(ways[row], ways[row + 1] + down[row], out=ways[row])
            _along_row(ways[row], along[row])
    return ways.swapaxes(0, 1).reshape(len(cells), -1)


def _along_row(ways: np.ndarray, along: np.ndarray) -> None:
    """Let ways go along a row, to the right and to the left: float32 [hints, w], in place.

    Args:
        along: float32 [w], what lightness goes up and down from the row's first cell.
    """
    right = ways - along
    np.minimum.accumulate(right, axis=1, out=right)
    right += along
    left = (ways + along)[:, ::-1]
    np.minimum.accumulate(left, axis=1, out=left)
    np.minimum(ways, right, out=ways)
    np.minimum(ways, left[:, ::-1] - along, out=ways)


def _weights(apart: np.ndarray) -> np.ndarray:
    """How much hints say of cells that differ by so much, squared: float32, above 0."""
    alike = np.exp(apart * np.float32(-0.5))
    alike *= 1 - _FAR
    alike += _FAR / (1 + apart)
    alike /= (1 + _NEAR) - alike
    return alike


def _inside(spot: Spot, height: int, width: int) -> np.ndarray:
    """The cells in a spot, and those between which its middle lies: bool [h, w]."""
    down, across = _offsets(spot, height, width)
    near = (np.abs(down) < 1)[:, None] & (np.abs(across) < 1)
    if spot.rows > 0 and spot.columns > 0:
        near |= ((down / spot.rows) ** 2)[:, None] + (across / spot.columns) ** 2 <= 1
    return near


def _offsets(spot: Spot, height: int, width: int) -> tuple[np.ndarray, np.ndarray]:
    """How far the cells' middles lie below and to the right of a spot's, in cells."""
    down = np.arange(height, dtype=np.float32) + np.float32(0.5 - spot.row)
    across = np.arange(width, dtype=np.float32) + np.float32(0.5 - spot.column)
    return down, across

"""The colours of one known frame, brought to the other frames of its shot.

Along the optical flow, where what it finds there matches. Elsewhere by likeness: the difference
between the known colours and the network's own is averaged over regions and lightness, and given to
what lies in the same region and is as light. There it fades where nothing of the kind was in the
known frame, and where the network's own colours are others: what is new keeps the network's.
"""

from dataclasses import dataclass

import cv2
import numpy as np

from edge_runtime.steady.exposure import fit_exposure
from edge_runtime.steady.motion import DenseFlow, fetch
from edge_runtime.steady.shot import match

# Regions a side of a frame, and steps of lightness through the tone view.
_REGIONS, _STEPS = 8, 12

# How often each is mixed with its neighbours, so that likeness reaches further.
_MIXED = 2

# The part of a region, mixed, that must be alike for half of the difference to be given.
_FEW = 0.005

# Where the network's own a* and b* differ so much, a difference falls to 0.6.
_AB = 12.0

# A match with the known frame is believed wholly from the second trust on, and not at all below
# the first.
_LEAST_TRUST, _FULL_TRUST = 0.1, 0.3

# The side of the squares in which two matches are compared, in cells.
_COMPARED = 3


@dataclass(frozen=True)
class KnownFrame:
    """A frame whose colours are known.

    Attributes:
        cells: float32 [h, w], its lightness on the grid of ab, L*.
        ab: float32 [h, w, 2], its a* and b*.
    """

    cells: np.ndarray
    ab: np.ndarray

    def places(
        self, flow: DenseFlow, places: np.ndarray, step: np.ndarray, cells: np.ndarray
    ) -> np.ndarray:
        """Where each cell of a frame was in this one.

        The way is that of the neighbouring frame, prolonged. Since small errors would add up on
        it, it is looked for once more from there, and the better match of the two is taken.

        Args:
            flow: finds the way.
            places: the same of the neighbouring frame, which lies nearer.
            step: where each cell was in that one.
            cells: float32 [h, w], lightness of the frame's cells.
        Returns:
            float32 [h, w, 2], column and row.
        """
        along = fetch(places, step)
        again = flow.places(self.cells, cells, along)
        moved = fetch(self.cells, along)
        exposure = fit_exposure(moved, cells)
        errors = [
            cv2.blur(cv2.absdiff(exposure.of(picture), cells), (_COMPARED, _COMPARED))
            for picture in (fetch(self.cells, again), moved)
        ]
        return np.where((errors[0] < errors[1])[..., None], again, along)

    def colours(self, places: np.ndarray, cells: np.ndarray) -> np.ndarray:
        """What this frame says of the colours of another one.

        Args:
            places: as of `places`.
            cells: float32 [h, w], lightness of the other frame's cells.
        Returns:
            float32 [h, w, 3]: how far it is known, 0..1, comes third; a* and b* are multiplied by
            it.
        """
        trust = match(places, fetch(self.cells, places), cells)[1]
        believed = np.clip((trust - _LEAST_TRUST) / (_FULL_TRUST - _LEAST_TRUST), 0, 1)
        share = believed.astype(np.float32)[..., None]
        return np.dstack([fetch(self.ab, places) * share, share])


class ColourDifference:
    """What lies where in the known frame, how light it is, and how its colours differ.

    Attributes:
        table: float32 [regions, regions, steps, 5]: how much there is, and the sums of the
            difference of a* and b* and of the network's own.
    """

    def __init__(self, table: np.ndarray):
        self.table = table

    @classmethod
    def of_frame(cls, guide: np.ndarray, own: np.ndarray, ab: np.ndarray) -> "ColourDifference":
        """That of the known frame.

        Args:
            guide: float32 [h, w], lightness as of `edge_runtime.colour.spread.guide`, 0..100.
            own: float32 [h, w, 2], the network's a* and b*.
            ab: float32 [h, w, 2], the known ones.
        """
        height, width = guide.shape
        row, column, step = (np.rint(axis).astype(int) for axis in _coordinates(guide))
        places = ((row * _REGIONS + column) * _STEPS + step).ravel()
        size = _REGIONS * _REGIONS * _STEPS
        share = np.full((height, width, 1), _REGIONS * _REGIONS / (height * width))
        values = np.dstack([share, share * (ab - own), share * own]).reshape(-1, 5)
        sums = [np.bincount(places, column, size) for column in values.T]
        table = np.stack(sums, axis=-1).reshape(_REGIONS, _REGIONS, _STEPS, 5)
        for axis in range(3):
            for _ in range(_MIXED):
                table = _mixed(table, axis)
        return cls(table.astype(np.float32))

    def difference(self, guide: np.ndarray, own: np.ndarray) -> np.ndarray:
        """What is to be added to the network's colours of a frame of the shot.

        Args:
            guide, own: of that frame, as for `of_frame`.
        Returns:
            float32 [h, w, 2].
        """
        sums = self._at(_coordinates(guide))
        there = sums[..., :1] + np.float32(1e-9)
        unlike = (((own - sums[..., 3:] / there) / np.float32(_AB)) ** 2).sum(axis=-1)
        alike = np.exp(unlike * np.float32(-0.5))[..., None]
        return sums[..., 1:3] / (there + np.float32(_FEW)) * alike

    def _at(self, coordinates: list[np.ndarray]) -> np.ndarray:
        """The table between its places, linearly: float32 [h, w, 5]."""
        lower = [
            np.minimum(axis.astype(int), size - 2)
            for axis, size in zip(coordinates, self.table.shape, strict=False)
        ]
        parts = [axis - low for axis, low in zip(coordinates, lower, strict=True)]
        total = np.zeros((*lower[0].shape, self.table.shape[-1]), np.float32)
        for corner in np.ndindex(2, 2, 2):
            place = tuple(low + upper for low, upper in zip(lower, corner, strict=True))
            values = self.table[place]
            for part, upper in zip(parts, corner, strict=True):
                values *= (part if upper else 1 - part)[..., None]
            total += values
        return total


def _coordinates(guide: np.ndarray) -> list[np.ndarray]:
    """Of each cell in the table: row, column and step, float32 [h, w] each, within its ends."""
    height, width = guide.shape
    row = (np.arange(height, dtype=np.float32) + 0.5) / height * _REGIONS - 0.5
    column = (np.arange(width, dtype=np.float32) + 0.5) / width * _REGIONS - 0.5
    step = guide / np.float32(100) * (_STEPS - 1)
    axes = (np.broadcast_to(row[:, None], guide.shape), np.broadcast_to(column, guide.shape), step)
    return [
        np.clip(axis, 0, most).astype(np.float32)
        for axis, most in zip(axes, (_REGIONS - 1, _REGIONS - 1, _STEPS - 1), strict=True)
    ]


def _mixed(table: np.ndarray, axis: int) -> np.ndarray:
    """A table with each place mixed with its neighbours along an axis, by 1 : 2 : 1."""
    around = np.pad(table, [(1, 1) if axis == other else (0, 0) for other in range(table.ndim)])
    before, after = (np.take(around, range(n, n + table.shape[axis]), axis) for n in (0, 2))
    return (before + 2 * table + after) / 4

"""How much the colours of moving pictures flicker."""

import cv2
import numpy as np

from edge_runtime.steady.exposure import fit_exposure
from edge_runtime.steady.motion import DenseFlow, cell_grid, check_frame, fetch, inside, to_cells
from edge_runtime.steady.scene_cut import is_cut

# A cell counts when its lightness, moved along the flow, is the same within this many L* ...
_SAME_LIGHTNESS = 3.0
# ... and the flow there and back ends within this many cells of where it began.
_SAME_PLACE = 1.0


class FlickerMeter:
    """The warping error of ab: what changes in the colours while the lightness only moves.

    The mean of |ab - ab of the frame before, moved along the optical flow of the lightness| over
    both channels and all cells that can be followed (Lai et al., "Learning Blind Video Temporal
    Consistency", ECCV 2018, there squared and in RGB). Cells that are covered,
    uncovered, or whose flow is wrong are left out: by their lightness, and by the flow there and
    back (Sundaram et al., "Dense point trajectories", ECCV 2010).

    It reckons its own flow, with better settings than `ChromaSmoother`, so that the smoother is
    not judged by its own mistakes.

    Attributes:
        cuts: how many cuts there were; frames are not compared across them.
    """

    def __init__(self) -> None:
        self._flow = DenseFlow(cv2.DISOPTICAL_FLOW_PRESET_MEDIUM)
        self._lightness: np.ndarray | None = None
        self._ab: np.ndarray | None = None
        self._error = 0.0
        self._cells = 0
        self.cuts = 0

    def state(self) -> dict[str, np.ndarray]:
        """What is kept of the frames that were seen, for `restore`; empty where there were none."""
        if self._lightness is None or self._ab is None:
            return {}
        sums = np.array([self._error, self._cells, self.cuts], np.float64)
        return {"lightness": self._lightness, "ab": self._ab, "sums": sums}

    def restore(self, state: dict[str, np.ndarray]) -> None:
        """Go on where `state` was asked for."""
        self._lightness, self._ab = state.get("lightness"), state.get("ab")
        error, cells, cuts = state.get("sums", np.zeros(3))
        self._error, self._cells, self.cuts = float(error), int(cells), int(cuts)

    def add(self, lightness: np.ndarray, ab: np.ndarray) -> None:
        """Take the next frame in the order of display.

        Args:
            lightness: float32 [S, S], L* of the frame, 0..100.
            ab: float32 [S', S', 2], its colours; a frame of another size than the one before is
                compared with none.
        Raises:
            ValueError: other shapes.
        """
        check_frame(lightness, ab)
        cells = to_cells(lightness, ab.shape[:2])
        if self._lightness is not None and self._ab is not None and self._ab.shape == ab.shape:
            self._compare(self._lightness, self._ab, cells, ab)
        self._lightness = cells
        self._ab = np.array(ab, np.float32)

    @property
    def value(self) -> float:
        """The mean warping error in units of a* and b*; 0.0 while there is nothing to compare."""
        return self._error / self._cells if self._cells else 0.0

    def _compare(
        self, before: np.ndarray, ab_before: np.ndarray, cells: np.ndarray, ab: np.ndarray
    ) -> None:
        places = self._flow.places(before, cells)
        moved = fetch(before, places)
        if is_cut(before, moved, cells):
            self.cuts += 1
            return
        back = fetch(self._flow.places(cells, before), places)
        distance = np.linalg.norm(back - cell_grid(cells.shape), axis=-1)
        # Cells that came in over the edge have no earlier colour.
        same = np.abs(fit_exposure(moved, cells).of(moved) - cells) < _SAME_LIGHTNESS
        trusted = same & inside(places) & (distance < _SAME_PLACE)
        error = np.abs(fetch(ab_before, places) - ab).mean(axis=-1)[trusted]
        self._error += float(error.sum(dtype=np.float64))
        self._cells += error.size

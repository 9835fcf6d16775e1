"""Steady colours in moving pictures: ab smoothed over time along the motion.

A first-order recursive filter: what the frames before showed is moved along the optical flow of
the lightness and mixed with what the network says now. Where the moved lightness does not match the
present one (something was uncovered, came in, or the flow failed), the network alone is believed.
"""

import cv2
import numpy as np

from edge_runtime.errors import ArgumentError
from edge_runtime.look import DEFAULT_SMOOTHING
from edge_runtime.video.exposure import match_exposure
from edge_runtime.video.motion import DenseFlow, check_frame, fetch, fetch_sharp, to_cells
from edge_runtime.video.scene_cut import is_cut

# How much of the earlier frames' colour is kept at strength 1, a frame. More would never forget.
MOST_KEPT = 0.95

# The error of lightness, in L*, at which 1/e of the trust is left. It grows with the error of the
# frame's best-matching quarter, which is noise, not motion, up to a limit.
_TOLERANCE = 2.5
_NOISE_QUANTILE = 0.25
_NOISE_FACTOR = 3.0
_MOST_TOLERANCE = 6.0


def check_strength(strength: float) -> None:
    """See that a strength of smoothing is usable.

    Raises:
        ValueError: not 0 to 1.
    """
    if not 0 <= strength <= 1:
        raise ArgumentError(f"the smoothing is 0 to 1, not {strength}")


class ChromaSmoother:
    """Smooths the ab of one film or camera, frame after frame; not for several threads at once."""

    def __init__(self, strength: float = DEFAULT_SMOOTHING):
        """Make a smoother that has seen nothing.

        Args:
            strength: 0 (off) to 1; 0.95 times this is kept of the earlier frames' colour where
                the lightness matches.
        Raises:
            ValueError: as for `check_strength`.
        """
        check_strength(strength)
        self._kept = float(strength) * MOST_KEPT
        self._flow = DenseFlow(cv2.DISOPTICAL_FLOW_PRESET_ULTRAFAST)
        self.reset()

    def reset(self) -> None:
        """Forget all frames: the next one is the first."""
        self._lightness: np.ndarray | None = None
        self._ab: np.ndarray | None = None

    def state(self) -> dict[str, np.ndarray]:
        """What is kept of the frames that were seen, for `restore`; empty where there were none."""
        if self._lightness is None or self._ab is None:
            return {}
        return {"lightness": self._lightness, "ab": self._ab}

    def restore(self, state: dict[str, np.ndarray]) -> None:
        """Go on where `state` was asked for."""
        self._lightness, self._ab = state.get("lightness"), state.get("ab")

    def smooth(self, lightness: np.ndarray, ab: np.ndarray) -> np.ndarray:
        """Smooth the ab of the next frame in the order of display.

        A cut, or ab of another size than before, starts anew by itself.

        Args:
            lightness: float32 [S, S], L* of the frame as the network saw it, 0..100.
            ab: float32 [S', S', 2], a* and b* of the frame; not changed.
        Returns:
            float32 [S', S', 2]; `ab` itself where there is nothing to mix it with.
        Raises:
            ValueError: other shapes.
        """
        check_frame(lightness, ab)
        if self._kept == 0:
            return ab
        cells = to_cells(lightness, ab.shape[:2])
        smoothed = self._mix(cells, ab)
        self._lightness = cells
        # A copy: the caller may go on working in the array that it gave or gets.
        self._ab = np.array(smoothed, np.float32)
        return smoothed

    def _mix(self, cells: np.ndarray, ab: np.ndarray) -> np.ndarray:
        if self._lightness is None or self._ab is None or self._ab.shape != ab.shape:
            return ab
        places = self._flow.places(self._lightness, cells)
        moved = fetch(self._lightness, places)
        if is_cut(self._lightness, moved, cells):
            return ab
        kept = self._kept * _trust(match_exposure(moved, cells), cells)
        earlier = fetch_sharp(self._ab, places)
        earlier -= ab
        earlier *= kept[..., None]
        earlier += ab
        return earlier


def _trust(moved: np.ndarray, present: np.ndarray) -> np.ndarray:
    """How far each cell's motion is to be believed: float32 [h, w], 0..1.

    The error is averaged over 3 x 3 cells, against noise, and so that the cells beside an
    uncovered one are doubted too.
    """
    error = cv2.blur(cv2.absdiff(moved, present), (3, 3))
    quiet = np.partition(error, int(error.size * _NOISE_QUANTILE), axis=None)
    noise = float(quiet[int(error.size * _NOISE_QUANTILE)])
    tolerance = min(max(_TOLERANCE, _NOISE_FACTOR * noise), _MOST_TOLERANCE)
    return cv2.exp(-((error / np.float32(tolerance)) ** 2))

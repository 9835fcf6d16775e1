"""Steady colours in moving pictures: ab smoothed over time along the motion.

A first-order recursive filter: what the frames before showed is moved along the optical flow of
the lightness and mixed with what the network says now. Where the moved lightness does not match the
present one (something was uncovered, came in, or the flow failed), the network alone is believed.
"""

import cv2
import numpy as np

from edge_runtime.errors import ArgumentError
from edge_runtime.look import DEFAULT_SMOOTHING
from edge_runtime.steady.motion import check_frame, fetch_sharp, speed
from edge_runtime.steady.shot import ShotFrame

# How much of the earlier frames' colour is kept at strength 1, a frame. More would never forget.
MOST_KEPT = 0.95

# What was known of a shot's colours fades by this a frame, where later frames tell less.
_KNOWN_KEPT = 0.99

# How much of the tint of earlier frames is kept a frame, and forgotten for each cell of motion.
_TINT_KEPT = 0.94
_FORGOTTEN_A_CELL = 0.8

# The part of a frame that must be trusted for its tint to be compared.
_LEAST_TRUSTED = 0.1

# L*: what lies beyond is black or white.
_BLACK, _WHITE = 1.0, 99.0

# The sides of a region, as parts of the frame's, and the weight of the whole frame in each.
_REGION = 0.25
_REST = 0.1


def check_strength(strength: float) -> None:
    """See that a strength of smoothing is usable.

    Raises:
        ValueError: not 0 to 1.
    """
    if not 0 <= strength <= 1:
        raise ArgumentError(f"the smoothing is 0 to 1, not {strength}")


class ChromaSmoother:
    """Smooths the ab of one film or camera, frame after frame; not for several threads at once.

    Example:
        watch, smoother = ShotWatch(colorizer.contract.view), ChromaSmoother(0.8)
        for picture in film:
            frame = watch.see(colorizer.see(picture, look))
            ab = smoother.smooth(frame, colorizer.predict(frame.view))
    """

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
        self.reset()

    def reset(self) -> None:
        """Forget all frames: the next one is the first."""
        self._ab: np.ndarray | None = None
        self._known = self._tint_known = 0.0
        self._tint: np.ndarray | None = None

    def state(self) -> dict[str, np.ndarray]:
        """What is kept of the frames that were seen, for `restore`; empty where there were none."""
        if self._ab is None or self._tint is None:
            return {}
        known = np.array([self._known, self._tint_known])
        return {"ab": self._ab, "known": known, "tint": self._tint}

    def restore(self, state: dict[str, np.ndarray]) -> None:
        """Go on where `state` was asked for."""
        self.reset()
        if state:
            self._ab, self._tint = state["ab"], state["tint"]
            self._known, self._tint_known = map(float, state["known"])

    def smooth(self, frame: ShotFrame, ab: np.ndarray) -> np.ndarray:
        """Smooth the ab of the next frame in the order of display.

        Args:
            frame: of a `ShotWatch` that sees every frame.
            ab: float32 [S', S', 2], a* and b* of the frame; not changed.
        Returns:
            float32 [S', S', 2]; `ab` itself where there is nothing to mix it with.
        Raises:
            ValueError: another shape.
        """
        check_frame(frame.cells, ab)
        if self._kept == 0:
            return ab
        smoothed = self._mix(frame, ab)
        # A copy: the caller may go on working in the array that it gave or gets.
        self._ab = np.array(smoothed, np.float32)
        return smoothed if frame.colour == 1 else smoothed * np.float32(frame.colour)

    def _mix(self, frame: ShotFrame, ab: np.ndarray) -> np.ndarray:
        if frame.places is None or self._ab is None or self._ab.shape != ab.shape:
            self._known = frame.sure
            self._tint_known = (1 - _TINT_KEPT) * frame.sure
            self._tint = np.zeros_like(ab)
            return ab
        earlier = fetch_sharp(self._ab, frame.places)
        earlier -= ab
        self._anchor(earlier, frame, speed(frame.places))
        earlier -= self._tint
        # What a frame says counts by how sure it is, against the surest one of late.
        old, new = self._kept * self._known, (1 - self._kept) * frame.sure
        self._known = max(self._known * _KNOWN_KEPT, frame.sure)
        kept = frame.trust * np.float32(old / (old + new) if old else 0)
        earlier *= cv2.merge([kept, kept])  # five times as fast as to broadcast
        earlier += ab
        earlier += self._tint
        return earlier

    def _anchor(self, step: np.ndarray, frame: ShotFrame, moved: float) -> None:
        """Hold the tint of each region: what the network makes of the same things drifts slowly.

        A mean over the frames so far, by how sure they were, which forgets: a little with each,
        and more with the way that the picture moves, along which errors of the flow add up.

        Args:
            step: float32 [h, w, 2], from the network's ab to that of the frames before.
            frame: what it belongs to.
            moved: how far its cells have, in cells.
        """
        kept = _TINT_KEPT / (1 + _FORGOTTEN_A_CELL * moved)
        known, new = kept * self._tint_known, (1 - _TINT_KEPT) * frame.sure
        self._tint_known = known + new
        # All that is black or white looks alike, wherever it was.
        told = (frame.cells > _BLACK) & (frame.cells < _WHITE)
        weight = frame.trust * told
        if weight.mean() < _LEAST_TRUSTED or not self._tint_known:
            return
        held = [weight, *(part * weight for part in cv2.split(step))]
        # Where little is known, as everywhere in the frame.
        region = tuple(max(1, round(side * _REGION)) for side in reversed(weight.shape))
        field = [cv2.add(cv2.blur(part, region), _REST * cv2.mean(part)[0]) for part in held]
        of_step = np.float32(known / self._tint_known) / field[0]
        self._tint = cv2.merge([part * of_step for part in field[1:]])

"""What a frame is within its shot: how things moved, how it is exposed, whether it fades.

A network shall see the shot, not the exposure: the levels between which it sees a frame are held
over the shot. A flicker of the exposure takes them along, what comes into the picture moves them
slowly. Where the levels of the whole frame collapse towards black or white, the shot fades: its
frames tell ever less of its colours, and show ever less of them.
"""

from dataclasses import astuple, dataclass, replace

import cv2
import numpy as np

from edge_runtime.colour.view import View
from edge_runtime.model.tone import TONE_VIEW, Levels, ToneView
from edge_runtime.steady.exposure import Exposure, fit_exposure
from edge_runtime.steady.motion import DenseFlow, check_lightness, fetch, inside, to_cells
from edge_runtime.steady.scene_cut import is_cut

# How far the held levels go, a frame, towards those of the frame where exposure explains nothing.
_LEVELS_STEP = 0.15

# L*: levels are never held closer together, since what lies between them then is noise.
_LEAST_RANGE = 4.0

# The error of lightness, in L*, at which 1/e of the trust is left. It grows with the error of the
# frame's best-matching quarter, which is noise, not motion, up to a limit.
_TOLERANCE = 2.5
_NOISE_QUANTILE = 0.25
_NOISE_FACTOR = 3.0
_MOST_TOLERANCE = 6.0

# What came from further outside, in cells, came in.
_EDGE = 0.5

# The shot's contrast is read off the cells that are trusted at least so far, where they are so
# large a part of the frame.
_TRUSTED = 0.5
_LEAST_TRUSTED = 0.3

# L*: what follows on a frame whose levels are as close as this, black or white, is a new shot.
_NOTHING = 2.0

# L*: a shot that begins with levels as close as this comes out of black or white. Its usual range
# nobody knows yet: it is taken to be the second, and the shot's own one once that rises no longer
# by this part of it a frame.
_BLANK = 20.0
_LIKELY_RANGE = 80.0
_RISING = 0.005
_SETTLING_STEP = 0.1

# How far the usual range follows, a frame, one that stays smaller.
_USUAL_STEP = 0.005

# The unrest of the range, as a part of the usual one: before it is known, how far its mean follows
# a frame, how long the range is averaged for it, and how much smaller the range may be for it.
_LIKELY_UNREST = 0.2
_UNREST_STEP = 0.1
_CALMING = 20.0
_UNREST_ALLOWED = 1.5


@dataclass(frozen=True)
class ShotFrame:
    """A frame, and what the frames before say of it.

    Attributes:
        view: what the network is to be shown.
        cells: float32 [h, w], its lightness on the grid of ab, L*.
        places: float32 [h, w, 2], where each cell was in the frame before; None where the frame
            begins a shot.
        trust: float32 [h, w], how far that is to be believed, 0..1.
        sure: how much its lightness tells of the shot's colours, 0..1.
        colour: how much of the shot's colours it shows, 0..1; under 1 in a fade alone.
    """

    view: View
    cells: np.ndarray
    places: np.ndarray | None
    trust: np.ndarray
    sure: float
    colour: float


class ShotWatch:
    """Sees the frames of one film or camera before the network; not for several threads at once."""

    def __init__(self, tone: ToneView | None) -> None:
        """Make a watch that has seen nothing.

        Args:
            tone: the view of the network's contract; None where that has none.
        """
        self._tone = tone
        self._flow = DenseFlow(cv2.DISOPTICAL_FLOW_PRESET_ULTRAFAST)
        self.reset()

    def reset(self) -> None:
        """Forget all frames: the next one begins a shot."""
        self._cells: np.ndarray | None = None
        self._levels: Levels = 0.0, 0.0
        self._range = _Range.beginning(0.0)

    def state(self) -> dict[str, np.ndarray]:
        """What is kept of the frames that were seen, for `restore`; empty where there were none."""
        if self._cells is None:
            return {}
        numbers = {"levels": self._levels, "range": astuple(self._range)}
        return {"cells": self._cells} | {name: np.array(value) for name, value in numbers.items()}

    def restore(self, state: dict[str, np.ndarray]) -> None:
        """Go on where `state` was asked for."""
        self.reset()
        if state:
            self._cells = state["cells"]
            self._levels = float(state["levels"][0]), float(state["levels"][1])
            self._range = _Range(*map(float, state["range"]))

    def see(self, view: View) -> ShotFrame:
        """Look at the next frame in the order of display.

        A cut, or a framing of another size than before, begins a shot.

        Args:
            view: of the frame, taken whole.
        Raises:
            ValueError: its lightness is not [S, S].
        """
        (only,) = view.prints
        check_lightness(only.lightness)
        cells = to_cells(only.lightness, (only.framing.height, only.framing.width))
        low, high = (self._tone or TONE_VIEW).levels_of(only.lightness)
        own, range_ = (float(low), float(high)), float(high - low)
        before = self._before(cells, range_)
        self._cells = cells
        if before is None:
            self._levels, self._range = own, _Range.beginning(range_)
            places, trust = None, np.zeros(cells.shape, np.float32)
        else:
            places, moved = before
            exposure, trust = match(places, moved, cells)
            self._levels = _held(self._levels, own, exposure)
            self._range.add(range_, self._contrast(moved, cells, trust))
        return ShotFrame(
            View((replace(only, levels=self._levels_to_see()),)),
            cells,
            places,
            trust,
            sure=self._range.share**2,
            colour=self._range.steady_share,
        )

    def _before(self, cells: np.ndarray, range_: float) -> tuple[np.ndarray, np.ndarray] | None:
        """Where each cell was in the frame before, and its lightness there; None at a cut."""
        previous = self._cells
        if previous is None or previous.shape != cells.shape:
            return None
        if self._range.now < _NOTHING <= range_:
            return None
        places = self._flow.places(previous, cells)
        moved = fetch(previous, places)
        return None if is_cut(previous, moved, cells) else (places, moved)

    def _contrast(self, moved: np.ndarray, cells: np.ndarray, trust: np.ndarray) -> float:
        """That of the same things in this frame over that in the frame before."""
        same = trust > _TRUSTED
        if np.count_nonzero(same) < _LEAST_TRUSTED * same.size:
            return 1.0
        before, now = (np.subtract(*TONE_VIEW.levels_of(part[same])) for part in (moved, cells))
        return float(now / before) if before else 1.0

    def _levels_to_see(self) -> Levels | None:
        """Those of the shot, so far apart that a flat one stays flat unless it is so by fading."""
        if self._tone is None:
            return None
        low, high = self._levels
        least = max(self._tone.least_range * self._range.share, _LEAST_RANGE)
        centre, half = (low + high) / 2, max(high - low, least) / 2
        return centre - half, centre + half


def match(places: np.ndarray, moved: np.ndarray, cells: np.ndarray) -> tuple[Exposure, np.ndarray]:
    """How well a frame, moved along the flow, fits another one.

    Args:
        places: float32 [h, w, 2], where each cell was.
        moved: float32 [h, w], the lightness there.
        cells: float32 [h, w], that of the other frame.
    Returns:
        the change of exposure, and the trust, as `ShotFrame.trust`.
    """
    exposure = fit_exposure(moved, cells)
    return exposure, _trust(exposure.of(moved), cells) * inside(places, _EDGE)


def _held(levels: Levels, own: Levels, exposure: Exposure) -> Levels:
    """The levels of the shot, in the exposure of this frame, a step nearer to the frame's own."""
    held = exposure.of(np.array(levels, np.float32))
    low, high = held + _LEVELS_STEP * (np.array(own, np.float32) - held)
    return float(low), float(high)


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


@dataclass
class _Range:
    """How far apart the levels of a shot are, as a share of what is usual there.

    An exposure that flickers is no fade: the more restless the range is, the longer it is averaged
    and the more it may fall short of the usual one. A fade is even, and has no unrest.

    Attributes:
        now: of the newest frame, in L*.
        usual: of the shot when it does not fade.
        steady: averaged.
        rise: from the frame before.
        unrest: how much that changes from frame to frame, as a part of the usual range.
        unrest_step: how far its mean follows.
        from_blank: 1 while the shot is still coming out of black or white.
        contrast: what is left of that of the same things, as long as it is known; 1 at most.
        steady_contrast: averaged.
    """

    now: float
    usual: float
    steady: float
    rise: float = 0.0
    unrest: float = _LIKELY_UNREST
    unrest_step: float = 0.5
    from_blank: float = 0.0
    contrast: float = 1.0
    steady_contrast: float = 1.0

    @classmethod
    def beginning(cls, first: float) -> "_Range":
        """That of a shot's first frame."""
        blank = first < _BLANK
        return cls(first, _LIKELY_RANGE if blank else first, first, from_blank=float(blank))

    def add(self, now: float, contrast: float) -> None:
        """Take the next frame.

        Args:
            now: its range, in L*.
            contrast: that of the same things, over what it was in the frame before.
        """
        rise = now - self.now
        unrest = abs(rise - self.rise) / self.usual
        # The mean of the first frames, then one that forgets.
        self.unrest_step = max(self.unrest_step / (1 + self.unrest_step), _UNREST_STEP)
        self.unrest += self.unrest_step * (unrest - self.unrest)
        self.now, self.rise = now, rise
        self.contrast = min(1.0, self.contrast * contrast)
        self.contrast += _USUAL_STEP * (1 - self.contrast)
        step = 1 / (1 + _CALMING * self.unrest)
        self.steady += step * (now - self.steady)
        self.steady_contrast += step * (self.contrast - self.steady_contrast)
        self.usual += self._usual_step() * (self.steady - self.usual)

    def _arrive(self) -> None:
        """The shot has come out of black or white: from here on its contrast is known."""
        if self.from_blank:
            self.from_blank, self.contrast, self.steady_contrast = 0.0, 1.0, 1.0

    def _usual_step(self) -> float:
        if self.steady > self.usual:
            self._arrive()
            return 1.0
        if self.from_blank:
            return 0.0 if self.rise > _RISING * self.usual else _SETTLING_STEP
        return _USUAL_STEP

    @property
    def share(self) -> float:
        """Of this frame alone: 1 where either tells of no fade."""
        if self.from_blank:
            return min(1.0, self.now / self.usual)
        return min(1.0, max(self.now / self.usual, self.contrast))

    @property
    def steady_share(self) -> float:
        """Of the shot just now: 1 unless it fades."""
        steady = self.steady / self.usual
        if not self.from_blank:
            steady = max(steady, self.steady_contrast)
        return min(1.0, steady / max(1 - _UNREST_ALLOWED * self.unrest, 0.5))

"""Hold the colours of frames that a person corrected for the shots in which they lie.

A corrected picture replaces the colours of its own frame. They are brought to the other frames of
the shot, later and earlier ones, as `edge_runtime.steady.carry` says. Later frames are reached on
the way; for earlier ones the film is read a second time, from the beginning of the shot to the
reference, when the film comes near.
"""

import hashlib
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np

from edge_runtime.colorizer import Colorizer
from edge_runtime.colour.cielab import lightness, rgb_to_lab
from edge_runtime.colour.compose import as_grey
from edge_runtime.colour.hinted import hinted
from edge_runtime.colour.shrink import shrink
from edge_runtime.colour.spread import guide
from edge_runtime.hints.file import ENDING, HintsError, hints_of_json
from edge_runtime.look import Look
from edge_runtime.pictures import read_picture
from edge_runtime.pictures.header import reason
from edge_runtime.steady.carry import ColourDifference, KnownFrame
from edge_runtime.steady.motion import DenseFlow, cell_grid, to_cells
from edge_runtime.steady.scene_cut import correlation
from edge_runtime.steady.shot import ShotWatch
from edge_runtime.video.errors import VideoError
from edge_runtime.video.frame_reference import FrameReference
from edge_runtime.video.job import FrameJob
from edge_runtime.video.reader import FilmReader

if TYPE_CHECKING:
    from edge_runtime.video.frame_stages import FrameStages

# The frame that is most like the picture is looked for so many seconds around its time; a second
# away counts as much as this unlikeness, in L*.
_AROUND = 1.0
_AWAY = 0.5

# A picture is of another scene when its lightness neither correlates with the frame's so far, on
# so small a grid that dust and grain count little, nor is the same within so much, in L*.
_LEAST_LIKENESS = 0.7
_GRID = 32, 32
_MOST_UNLIKENESS = 4.0

# The ratios of the sides of a picture and of its frame may differ by this part.
_RATIO_APART = 0.03

# The beginning of a shot is looked for so many seconds before a reference, first near, then far;
# what is kept of so many frames at most has 60 MB. In a longer shot the colours come in over the
# first frames that were kept.
_NEAR, _FAR = 10.0, 60.0
_MOST_FRAMES = 1500
_COMING_IN = 25

# Seconds by which the first frame may lie behind the time from which the film is read.
_LATE = 0.5

# The colours of a frame in a fade stand for those of the shot, at most so many times as strong.
_MOST_STRENGTHENED = 4.0

# Between two references the nearer one counts more, and what is known more than what is like.
_LIKE_COUNTS = 0.05

# For saturations near 0, at which no colour can be had back.
_LEAST_SATURATION = 0.01


@dataclass(frozen=True)
class _Found:
    """A reference and its frame.

    Attributes:
        asked: which one.
        time: the frame's, in ticks of the film.
        seconds: the same, from the film's beginning.
    """

    asked: FrameReference
    time: int
    seconds: float


@dataclass(frozen=True)
class _Side:
    """What a reference says of a frame.

    Attributes:
        colours: float32 or float16 [h, w, 3], of `KnownFrame.colours`.
        likeness: to the reference's own frame.
        part: how far it counts, 0..1.
    """

    colours: np.ndarray
    likeness: ColourDifference
    part: float = 1.0

    def ab(self, seen: np.ndarray, own: np.ndarray) -> np.ndarray:
        """The colours of a frame: float32 [h, w, 2].

        Args:
            seen: float32 [h, w], the frame's lightness as of `spread.guide`.
            own: float32 [h, w, 2], the network's ab.
        """
        like = own + self.likeness.difference(seen, own)
        ab = self.colours[..., :2] + (1 - self.colours[..., 2:]) * like
        return own + np.float32(self.part) * (ab - own)


@dataclass(frozen=True)
class _Placed:
    """A reference, and where in its frame a frame of its shot lies.

    Attributes:
        known: its own frame.
        likeness: to that frame.
        places: where each cell of that frame was.
    """

    known: KnownFrame
    likeness: ColourDifference
    places: np.ndarray

    def side(self, cells: np.ndarray) -> _Side:
        """What it says of the frame, whose lightness is float32 [h, w]."""
        return _Side(self.known.colours(self.places, cells), self.likeness)


class References:
    """The references of one film; not for several threads at once. `find` comes first."""

    def __init__(
        self,
        asked: Iterable[FrameReference],
        open: Callable[[float, float], FilmReader],
        scout: "FrameStages",
        colorizer: Colorizer,
        look: Look,
        aspect: float,
    ):
        """Take note of them; nothing is read yet.

        Args:
            asked: the references.
            open: opens the film again, for the frames between two times in seconds.
            scout: looks at its frames.
            colorizer: the network.
            look: how frames are coloured.
            aspect: width of the film's pixels over their height.
        """
        self._asked = sorted(asked, key=lambda reference: reference.seconds)
        self._open = open
        self._scout = scout
        self._colorizer = colorizer
        self._saturation = np.float32(max(look.saturation, _LEAST_SATURATION))
        self._aspect = aspect
        self._found: list[_Found] = []
        self._next = 0
        # One that is not reached yet, and what it says of the earlier frames, by their times.
        self._coming: tuple[_Placed, dict[int, _Side]] | None = None
        self._last: _Placed | None = None
        self._flow = DenseFlow(cv2.DISOPTICAL_FLOW_PRESET_ULTRAFAST)

    def state(self) -> dict[str, np.ndarray]:
        """What is kept of the frames that were seen, for `restore`."""
        state = {"next": np.array(self._next)}
        last = self._last
        if last is not None:
            state |= {"cells": last.known.cells, "ab": last.known.ab}
            state |= {"likeness": last.likeness.table, "places": last.places}
        return state

    def restore(self, state: dict[str, np.ndarray]) -> None:
        """Go on where `state` was asked for."""
        self._next = int(state.get("next", 0))
        self._coming = self._last = None
        if "places" in state:
            known = KnownFrame(state["cells"], state["ab"])
            self._last = _Placed(known, ColourDifference(state["likeness"]), state["places"])

    def facts(self) -> list[list]:
        """What decides their colours: the hash of each file, and its time.

        Raises:
            VideoError: one cannot be read.
        """
        return [
            [hashlib.sha256(_bytes_of(asked.path)).hexdigest(), asked.seconds]
            for asked in self._asked
        ]

    def find(self) -> None:
        """Find the frame of each.

        Raises:
            VideoError: there is none at its time; it is of another shape or scene; it has no
                colours; or two are of one frame.
            PictureError, HintsError: it cannot be read, or the hints belong to another picture.
        """
        for asked in self._asked:
            found = self._find(asked)
            if self._found and found.time <= self._found[-1].time:
                raise VideoError(f"{asked.path}: another reference is of the same frame")
            self._found.append(found)

    def ab(self, job: FrameJob, colour: float) -> np.ndarray:
        """The colours of the next frame in the order of display.

        Args:
            job: with its shot, and with the network's own ab, steadied.
            colour: how much of the shot's colours it shows, 0..1.
        Returns:
            float32 [h, w, 2], a* and b*; the job's own where no reference says anything.
        """
        shot, time = job.shot, job.frame.pts
        if shot.places is None:
            self._last = None
        elif self._last is not None:
            last = self._last
            places = last.known.places(self._flow, last.places, shot.places, shot.cells)
            self._last = replace(last, places=places)
        after = None
        if self._come_near(job) and self._coming is not None:
            if time == self._found[self._next].time:
                self._last = self._coming[0]
                self._next, self._coming = self._next + 1, None
            else:
                after = self._coming[1].get(time)
        sides = [] if self._last is None else [self._last.side(shot.cells)]
        sides += [] if after is None else [after]
        if colour == 0 or not sides:
            return job.ab
        own = job.ab / np.float32(colour)
        seen = guide(job.view.lightness, *own.shape[:2])
        said = [side.ab(seen, own) for side in sides]
        if len(said) == 2:
            weights = self._weights(sides, time)
            total = sum(ab * weight for ab, weight in zip(said, weights, strict=True))
            said = [total / sum(weights)]
        return said[0] * np.float32(colour)

    def _weights(self, sides: list[_Side], time: int) -> list[np.ndarray]:
        """Of the reference before a frame, and of the one after it: the nearer counts more."""
        begin, end = (found.time for found in self._found[self._next - 1 : self._next + 1])
        near = (time - begin) / (end - begin)
        return [
            np.float32(part) * (side.colours[..., 2:] + np.float32(_LIKE_COUNTS))
            for side, part in zip(sides, (1 - near, near), strict=True)
        ]

    def _come_near(self, job: FrameJob) -> bool:
        """Whether a reference lies not far ahead; it is prepared then."""
        time = job.frame.pts
        while self._next < len(self._found) and self._found[self._next].time < time:
            self._next, self._coming = self._next + 1, None
        if self._next == len(self._found):
            return False
        found = self._found[self._next]
        if (found.time - time) * job.frame.time_base > _FAR:
            return False
        if self._coming is None:
            self._coming = self._prepare(found)
        return True

    def _prepare(self, found: _Found) -> tuple[_Placed, dict[int, _Side]]:
        """Bring a reference's colours to the earlier frames of its shot.

        Raises:
            VideoError: the film cannot be read.
            ModelError: the network fails.
        """
        earliest = self._found[self._next - 1].seconds if self._next else 0.0
        for length in (_NEAR, _FAR):
            since = max(earliest, found.seconds - length)
            frames, whole, job = self._shot_before(found, since)
            if whole := whole or since == earliest:
                break
        own = self._colorizer.predict(job.view)
        ab = self._said(found.asked, job, own)
        likeness = ColourDifference.of_frame(guide(job.view.lightness, *own.shape[:2]), own, ab)
        cells = job.shot.cells
        # Of the shot, from those of a frame that shows a part of them.
        strengthened = min(1 / max(self._scout.colour(job), 1e-6), _MOST_STRENGTHENED)
        known = KnownFrame(cells, ab * np.float32(strengthened))
        places = cell_grid(cells.shape)
        reached, before = _Placed(known, likeness, places), {}
        frames.pop()
        while frames:
            part = 1.0 if whole else min(1.0, len(frames) / _COMING_IN)
            nearer, (time, cells) = cells, frames.pop()
            step = self._flow.places(nearer, cells)
            places = known.places(self._flow, places, step, cells)
            colours = known.colours(places, cells).astype(np.float16)
            before[time] = _Side(colours, likeness, part)
        return reached, before

    def _shot_before(
        self, found: _Found, since: float
    ) -> tuple[deque[tuple[int, np.ndarray]], bool, FrameJob]:
        """The shot of a reference up to its frame.

        Args:
            found: the reference.
            since: where to begin to read, in seconds.
        Returns:
            time and cells of each frame, whether that is all of the shot, and the frame itself.
        Raises:
            VideoError: the film cannot be read.
        """
        watch = ShotWatch(self._colorizer.contract.view)
        frames: deque[tuple[int, np.ndarray]] = deque(maxlen=_MOST_FRAMES)
        whole = False
        for job, seconds in self._jobs(since, found.seconds + _AROUND):
            self._scout.watch(job, watch)
            if job.shot.places is None:
                # What is coloured may begin later than that.
                whole = bool(frames) or seconds > since + _LATE
                frames.clear()
            whole = whole and len(frames) < _MOST_FRAMES
            frames.append((job.frame.pts, job.shot.cells))
            if job.frame.pts == found.time:
                return frames, whole, job
        raise VideoError(f"{found.asked.path}: its frame cannot be found a second time")

    def _said(self, asked: FrameReference, job: FrameJob, own: np.ndarray) -> np.ndarray:
        """The colours that a reference says: float32 [h, w, 2]."""
        if _is_hints(asked.path):
            hints = hints_of_json(_bytes_of(asked.path), self._scout.grey(job), str(asked.path))
            return hinted(job.view, [own], hints)[0]
        lab = rgb_to_lab(shrink(read_picture(asked.path).pixels, *own.shape[:2]))
        # What is said is what is to be seen, at any saturation.
        return lab[..., 1:] / self._saturation

    def _jobs(self, begin: float, end: float) -> Iterator[tuple[FrameJob, float]]:
        """Frames between two times, as seen, and their seconds from the film's beginning."""
        with closing(self._open(begin, end)) as film:
            # Ctrl-C ends what is coloured, not what that needs.
            for job in film.jobs(threading.Event()):
                self._scout.see(job)
                yield job, float(job.frame.pts * job.frame.time_base - film.origin)

    def _find(self, asked: FrameReference) -> _Found:
        """The frame around the time of a reference that is most like it."""
        unlike = self._unlike_hints(asked) if _is_hints(asked.path) else self._unlike(asked)
        best, found = np.inf, None
        begin, end = max(asked.seconds - _AROUND, 0.0), asked.seconds + _AROUND
        none = f"{asked.path}: no frame at {asked.seconds:g} seconds is to be coloured"
        for job, seconds in self._jobs(begin, end):
            none = f"{asked.path}: shows no frame of the film around {asked.seconds:g} seconds"
            apart = unlike(job) + _AWAY * abs(seconds - asked.seconds)
            if apart < best:
                best, found = apart, _Found(asked, job.frame.pts, seconds)
        if found is None:
            raise VideoError(none)
        return found

    def _unlike(self, asked: FrameReference) -> Callable[[FrameJob], float]:
        """How far frames are from a picture, in L*; infinitely where they are of other scenes."""
        pixels = read_picture(asked.path).pixels
        if as_grey(pixels) is not None:
            raise VideoError(f"{asked.path}: the reference has no colours to take")

        def unlike(job: FrameJob) -> float:
            height, width = self._scout.grey(job).shape
            ratio = pixels.shape[1] / pixels.shape[0] * height / width
            if all(abs(ratio * a - 1) > _RATIO_APART for a in (1, self._aspect, 1 / self._aspect)):
                shape = f"{pixels.shape[1]} x {pixels.shape[0]}"
                raise VideoError(f"{asked.path}: {shape}, another shape than {width} x {height}")
            seen = job.view.lightness
            own = lightness(shrink(pixels, *seen.shape))
            apart = float(np.abs(own - seen).mean())
            likeness = correlation(to_cells(own, _GRID), to_cells(seen, _GRID))
            same = apart < _MOST_UNLIKENESS or likeness > _LEAST_LIKENESS
            return apart if same else np.inf

        return unlike

    def _unlike_hints(self, asked: FrameReference) -> Callable[[FrameJob], float]:
        """The same of the picture that hints belong to, of which only a small view is known."""
        data = _bytes_of(asked.path)
        hints_of_json(data, None, str(asked.path))  # whatever the picture, they must be sound

        def unlike(job: FrameJob) -> float:
            try:
                hints_of_json(data, self._scout.grey(job), str(asked.path))
            except HintsError:
                return np.inf
            return 0.0

        return unlike


def _is_hints(path: Path) -> bool:
    return path.name.lower().endswith(ENDING)


def _bytes_of(path: Path) -> bytes:
    """A whole file.

    Raises:
        VideoError: it cannot be read.
    """
    try:
        return path.read_bytes()
    except (OSError, ValueError) as error:
        raise VideoError(f"{path}: {reason(error)}") from None

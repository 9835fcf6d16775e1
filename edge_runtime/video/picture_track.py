"""Encode a film's picture in segments, each by an encoder of its own.

So each segment begins with a key, depends on no other, and comes out the same whether or not the
run was interrupted before it.
"""

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from fractions import Fraction
from typing import Any

import av
import numpy as np

from edge_runtime.pictures.header import reason
from edge_runtime.video.encoder import EncoderPlan, no_real_time, set_up
from edge_runtime.video.errors import VideoError
from edge_runtime.video.job import FrameJob
from edge_runtime.video.leftovers import Leftovers
from edge_runtime.video.output import State
from edge_runtime.video.reader import ReadPoint
from edge_runtime.video.segment import SegmentFile

# Where the track keeps what it knows among the states of the other steps.
_FACTS = "track.facts"


class PictureTrack:
    """A picture under way. All methods are called from one thread, one after the other.

    Attributes:
        base: its ticks, in seconds.
        frames: how many were encoded, with those of earlier runs.
        moved: how many of them got another time, since the container counts frames.
        film_seconds: from the first frame's start to the last one's end.
        kept_frames, kept_seconds: the same of closed segments alone.
        point: where in the film the last closed segment ends, or None.
    """

    def __init__(
        self,
        leftovers: Leftovers,
        plan: EncoderPlan,
        prepare: Callable[[av.VideoCodecContext], None],
        *,
        rate: Fraction,
        base: Fraction,
        counts_frames: bool,
        offset: Fraction,
        threads: int,
        name: str,
    ):
        """Begin, or go on behind the segments that are there.

        Args:
            leftovers: where segments go.
            plan: how they are encoded.
            prepare: puts what the container and the film ask for into an encoder.
            rate: frames a second.
            base: the ticks of the new film, in seconds.
            counts_frames: whether the container counts frames, each one tick long.
            offset: seconds that are taken off all times.
            threads: for the encoder; 0 leaves it to FFmpeg.
            name: of the result, for messages.
        """
        self._leftovers = leftovers
        self._plan = plan
        self._prepare = prepare
        self._rate = rate
        self.base = base
        self._counts_frames = counts_frames
        self._offset = offset
        self._threads = threads
        self._name = name
        self._segment: _Segment | None = None
        self.frames = self.moved = 0
        self._first_time: Fraction | None = None
        self._end_time = Fraction(0)
        self._last_tick: int | None = None
        self.point: ReadPoint | None = None
        if leftovers.state:
            self._restore(json.loads(leftovers.state[_FACTS].tobytes()))
        self.kept_frames, self.kept_seconds = self.frames, self.film_seconds

    @property
    def film_seconds(self) -> float:
        return float(self._end_time - (self._first_time or 0))

    def write(self, job: FrameJob) -> None:
        """Encode a job's frame.

        Raises:
            VideoError: the encoder fails, or the disk is full.
        """
        try:
            if job.state is not None and self._segment is not None:
                self._end(self._segment, job.state)
            if self._segment is None:
                self._segment = _Segment(self._open_encoder(), self._leftovers.begin_segment())
            self._set_time(job.frame)
            # The old kind of each frame (key frame, B frame) would be forced on the encoder.
            job.frame.pict_type = 0
            self._segment.encode(job.frame)
            self.frames += 1
        except (av.FFmpegError, OSError) as error:
            raise self._not_written(error) from None
        if job.point is not None:
            self.point = job.point

    def finish(self) -> None:
        """Encode what is still waiting, and close the last segment.

        Raises:
            VideoError: as for `write`.
        """
        try:
            if self._segment is not None:
                self._end(self._segment, None)
        except (av.FFmpegError, OSError) as error:
            raise self._not_written(error) from None

    def _not_written(self, error: Exception) -> VideoError:
        return VideoError(f"{self._name}: cannot be written: {reason(error)}")

    def _open_encoder(self) -> av.VideoCodecContext:
        context: Any = av.CodecContext.create(self._plan.name, "w")
        set_up(context, self._plan, rate=self._rate, threads=self._threads)
        self._prepare(context)
        with no_real_time():
            context.open()
        return context

    def _end(self, segment: "_Segment", state: State | None) -> None:
        segment.encode(None)
        self._segment = None
        if state is not None:
            facts = json.dumps(self._facts()).encode()
            state = {**state, _FACTS: np.frombuffer(facts, np.uint8)}
        self._leftovers.end_segment(segment.file, state)
        if state is not None:
            self.kept_frames, self.kept_seconds = self.frames, self.film_seconds

    def _facts(self) -> dict[str, Any]:
        return {
            "frames": self.frames,
            "moved": self.moved,
            "first": str(self._first_time),
            "end": str(self._end_time),
            "tick": self._last_tick,
            "point": self.point and asdict(self.point),
        }

    def _restore(self, facts: dict[str, Any]) -> None:
        self.frames, self.moved = facts["frames"], facts["moved"]
        self._first_time, self._end_time = Fraction(facts["first"]), Fraction(facts["end"])
        self._last_tick = facts["tick"]
        self.point = ReadPoint(**facts["point"])

    def _set_time(self, frame: av.VideoFrame) -> None:
        base = Fraction(frame.time_base)
        frame.pts -= round(self._offset / base)
        begin = frame.pts * base
        length = getattr(frame, "duration", 0) * base or 1 / self._rate
        self._first_time = begin if self._first_time is None else self._first_time
        self._end_time = max(self._end_time, begin + length)
        if self._counts_frames:
            # Counted from the tick in which the first frame begins, so that none comes before it.
            begin -= self._first_time % self.base
            tick = round(begin / self.base)
            if self._last_tick is not None and tick <= self._last_tick:
                tick = self._last_tick + 1
            self.moved += tick * self.base != begin
            self._last_tick = frame.pts = tick
            frame.time_base = self.base
            if hasattr(frame, "duration"):
                frame.duration = 1


@dataclass(frozen=True)
class _Segment:
    """A segment under way."""

    encoder: Any
    file: SegmentFile

    def encode(self, frame: av.VideoFrame | None) -> None:
        self.file.add(self.encoder.encode(frame))

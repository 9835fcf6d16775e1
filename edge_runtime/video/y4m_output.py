"""Frames to a stream, as y4m: what ffmpeg, encoders and filters read from a pipe.

The format is described in yuv4mpeg(5) of the MJPEG tools; XCOLORRANGE is FFmpeg's.
"""

import threading
from fractions import Fraction
from typing import Any, BinaryIO

from edge_runtime.video.encoder import EncoderPlan
from edge_runtime.video.errors import VideoError
from edge_runtime.video.fields import BOTTOM_FIRST, PROGRESSIVE, TOP_FIRST, first_field
from edge_runtime.video.job import FrameJob
from edge_runtime.video.options import VideoOptions
from edge_runtime.video.output import FilmTask, Output, State, not_written
from edge_runtime.video.planes import plane, work_format

STANDARD_OUTPUT = "standard output"

_FIELDS = {PROGRESSIVE: "p", TOP_FIRST: "t", BOTTOM_FIRST: "b"}
_CHROMA = {8: "420jpeg", 10: "420p10"}


class Y4mOutput(Output):
    """As `Output`; nothing is kept for another run."""

    def __init__(self, stream: BinaryIO):
        self._stream = stream

    def plan(self, options: VideoOptions, frame: Any, **film: Any) -> EncoderPlan:
        for name in ("codec", "crf", "preset"):
            if getattr(options, name) is not None:
                raise VideoError(f"{STANDARD_OUTPUT} takes raw frames (y4m): no --{name}")
        depth = 10 if film["depth"] > 8 else 8
        size = film["width"], film["height"]
        return EncoderPlan(
            "y4m", work_format(depth), depth, *size, {}, 0, film["order"], keeps_full=True
        )

    def begin(self, film: FilmTask) -> State:
        self._film = film
        self._moved = 0
        self._first_time: Fraction | None = None
        plan, rate = film.plan, film.reader.rate
        aspect = Fraction(film.wanted.aspect)
        words = (
            "YUV4MPEG2",
            f"W{plan.width}",
            f"H{plan.height}",
            f"F{rate.numerator}:{rate.denominator}",
            f"I{_FIELDS[first_field(plan.order)]}",
            f"A{aspect.numerator}:{aspect.denominator}",
            f"C{_CHROMA[plan.depth]}",
            f"XCOLORRANGE={'FULL' if film.signal.full else 'LIMITED'}",
        )
        self._write(" ".join(words).encode() + b"\n")
        return {}

    def leave(self) -> None:
        """There is nothing to close: the stream is another's."""

    def write(self, job: FrameJob) -> None:
        time = job.frame.pts * Fraction(job.frame.time_base)
        self._first_time = time if self._first_time is None else self._first_time
        ticks = (time - self._first_time) * self._film.reader.rate
        self._moved += abs(ticks - self.frames) > Fraction(1, 2)
        self._write(b"FRAME\n", *(plane(job.frame, index).tobytes() for index in range(3)))
        self.frames += 1

    def finish(self, stop: threading.Event) -> list[str]:
        try:
            self._stream.flush()
        except OSError as error:
            raise not_written(STANDARD_OUTPUT, error) from None
        self.done = True
        notes = []
        if self._film.reader.others:
            notes.append("y4m holds the picture alone: sound and all else are left out")
        if self._moved:
            notes.append(f"the times of {self._moved} frames were changed: y4m counts frames")
        return notes

    def _write(self, *parts: bytes) -> None:
        try:
            for part in parts:
                self._stream.write(part)
        except OSError as error:
            raise not_written(STANDARD_OUTPUT, error) from None

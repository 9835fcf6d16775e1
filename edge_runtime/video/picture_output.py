"""Frames as pictures of 16 bits, a file each."""

import json
import threading
from dataclasses import asdict
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np

from edge_runtime.pictures import Picture, write_picture
from edge_runtime.pictures.header import reason
from edge_runtime.video.encoder import EncoderPlan
from edge_runtime.video.errors import VideoError
from edge_runtime.video.field_order import PROGRESSIVE
from edge_runtime.video.job import FrameJob
from edge_runtime.video.leftovers import Leftovers, manifest_of
from edge_runtime.video.options import VideoOptions
from edge_runtime.video.output import FilmTask, State
from edge_runtime.video.reader import ReadPoint
from edge_runtime.video.segment import SegmentFile
from edge_runtime.video.sequence import PICTURE_ENDINGS, find_sequence, frame_path, is_pattern
from edge_runtime.whole_file import write_whole

_FACTS = "pictures.facts"


class PictureOutput:
    """As `Output`. The pictures themselves are what is kept; segments hold the state alone."""

    def __init__(self, source: Path | None, target: Path):
        """Choose the format.

        Args:
            source: the film; None for a stream, which is read once.
            target: the files, as `out/frame_%05d.tif`, numbered as the source's or from 1.
        Raises:
            VideoError: an unknown ending.
        """
        if target.suffix.lower() not in PICTURE_ENDINGS:
            raise VideoError(
                f"{target}: frames are written as pictures of 16 bits "
                f"(use {', '.join(PICTURE_ENDINGS)})"
            )
        self._source = source
        self._target = target
        self._first = 1
        if source is not None and is_pattern(source):
            self._first = find_sequence(source).first
        self._begun = self.done = False
        self._segment: SegmentFile | None = None
        self.frames = self.kept_frames = 0
        self.point: ReadPoint | None = None

    @property
    def film_seconds(self) -> float:
        return float(self.frames / self._film.reader.rate) if self.frames else 0.0

    @property
    def kept_seconds(self) -> float:
        return float(self.kept_frames / self._film.reader.rate)

    def plan(self, options: VideoOptions, frame: Any, **film: Any) -> EncoderPlan:
        for name in ("codec", "crf", "preset"):
            if getattr(options, name) is not None:
                raise VideoError(f"{self._target}: pictures take no --{name}")
        size = film["width"], film["height"]
        name = self._target.suffix.lower()
        return EncoderPlan(name, "rgb48le", 10, *size, {}, 0, PROGRESSIVE, keeps_full=True)

    def begin(self, film: FilmTask) -> State:
        self._film = film
        anew = self._source is None or not film.options.resume
        self._leftovers = Leftovers(self._target, manifest_of(self._source, film), anew)
        self._begun = True
        state = self._leftovers.state
        if state:
            facts = json.loads(state[_FACTS].tobytes())
            self.frames = self.kept_frames = facts["frames"]
            self.point = ReadPoint(**facts["point"])
        return state

    def leave(self) -> None:
        if self._begun and not self.done:
            self._leftovers.leave(keep=self._source is not None)

    def write(self, job: FrameJob) -> None:
        try:
            if job.state is not None and self._segment is not None:
                self._keep(self._segment, job.state)
            if self._segment is None:
                self._segment = self._leftovers.begin_segment()
            path = frame_path(self._target, self._first + self.frames)
            if path.suffix.lower() == ".dpx":
                write_whole(path, _dpx(job.picture))
            else:
                write_picture(Picture(job.picture), path)
        except (OSError, av.FFmpegError) as error:
            raise VideoError(f"{self._target}: cannot be written: {reason(error)}") from None
        job.picture = None
        self.frames += 1
        if job.point is not None:
            self.point = job.point

    def finish(self, stop: threading.Event) -> list[str]:
        if stop.is_set():
            return []
        self._leftovers.drop()
        self.done = True
        notes = []
        film = self._film
        if film.reader.others:
            notes.append("pictures hold no sound: it and all else are left out")
        if abs(film.wanted.aspect - 1) > Fraction(1, 250):
            aspect = f"{film.wanted.aspect.numerator}:{film.wanted.aspect.denominator}"
            notes.append(f"pictures do not hold its pixel aspect {aspect}")
        return notes

    def _keep(self, segment: SegmentFile, state: State) -> None:
        facts = {"frames": self.frames, "point": self.point and asdict(self.point)}
        data = np.frombuffer(json.dumps(facts).encode(), np.uint8)
        self._leftovers.end_segment(segment, {**state, _FACTS: data})
        self._segment = None
        self.kept_frames = self.frames


def _dpx(pixels: np.ndarray) -> bytes:
    """A DPX file (SMPTE 268M) of uint16 [H, W, 3]."""
    encoder = av.CodecContext.create("dpx", "w")
    encoder.height, encoder.width = pixels.shape[:2]
    encoder.pix_fmt, encoder.time_base = "rgb48be", Fraction(1, 24)
    frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(pixels), "rgb48le")
    packets = [*encoder.encode(frame.reformat(format="rgb48be")), *encoder.encode(None)]
    return b"".join(bytes(packet) for packet in packets)

"""Frames as pictures of 16 bits, a file each."""

import threading
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np

from edge_runtime.pictures import Picture, write_picture
from edge_runtime.video.encoder import EncoderPlan
from edge_runtime.video.errors import VideoError
from edge_runtime.video.fields import PROGRESSIVE
from edge_runtime.video.job import FrameJob
from edge_runtime.video.options import VideoOptions
from edge_runtime.video.resumable_output import ResumableOutput
from edge_runtime.video.sequence import PICTURE_ENDINGS, find_sequence, frame_path, is_pattern
from edge_runtime.whole_file import write_whole


class PictureOutput(ResumableOutput):
    """As `Output`. The pictures themselves are what is kept; segments hold the state alone."""

    def __init__(self, source: Path | None, target: Path):
        """Choose the format.

        Args:
            source: as for `ResumableOutput`.
            target: the files, as `out/frame_%05d.tif`, numbered as the source's or from 1.
        Raises:
            VideoError: an unknown ending.
        """
        if target.suffix.lower() not in PICTURE_ENDINGS:
            raise VideoError(
                f"{target}: frames are written as pictures of 16 bits "
                f"(use {', '.join(PICTURE_ENDINGS)})"
            )
        super().__init__(source, target)
        self._first = 1
        if source is not None and is_pattern(source):
            self._first = find_sequence(source).first

    def plan(self, options: VideoOptions, frame: Any, **film: Any) -> EncoderPlan:
        for name in ("codec", "crf", "preset"):
            if getattr(options, name) is not None:
                raise VideoError(f"{self._target}: pictures take no --{name}")
        size = film["width"], film["height"]
        name = self._target.suffix.lower()
        return EncoderPlan(name, "rgb48le", 10, *size, {}, 0, PROGRESSIVE, keeps_full=True)

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

    def _put(self, job: FrameJob) -> None:
        self._leftovers.add([])
        path = frame_path(self._target, self._first + self.frames)
        if path.suffix.lower() == ".dpx":
            write_whole(path, _dpx(job.picture))
        else:
            write_picture(Picture(job.picture), path)
        job.picture = None


def _dpx(pixels: np.ndarray) -> bytes:
    """A DPX file (SMPTE 268M) of uint16 [H, W, 3]."""
    encoder = av.CodecContext.create("dpx", "w")
    encoder.height, encoder.width = pixels.shape[:2]
    encoder.pix_fmt, encoder.time_base = "rgb48be", Fraction(1, 24)
    frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(pixels), "rgb48le")
    packets = [*encoder.encode(frame.reformat(format="rgb48be")), *encoder.encode(None)]
    return b"".join(bytes(packet) for packet in packets)

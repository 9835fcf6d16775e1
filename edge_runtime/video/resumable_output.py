"""What a film's file and pictures have in common: segments are kept, and a run goes on there."""

import hashlib
import json
from abc import abstractmethod
from dataclasses import asdict
from pathlib import Path
from typing import Any

import av
import numpy as np

from edge_runtime import __version__
from edge_runtime.pictures.header import reason
from edge_runtime.video.errors import VideoError
from edge_runtime.video.job import FrameJob
from edge_runtime.video.leftovers import Leftovers
from edge_runtime.video.output import FilmTask, Output, State, not_written
from edge_runtime.video.reader import ReadPoint
from edge_runtime.video.sequence import find_sequence, is_pattern

# Where an output keeps what it knows among the states of the other steps.
_FACTS = "track.facts"

# How what is left is laid out: what an older program left, a newer one does not go on with.
_LAYOUT = 2

# Read of a film to know it again, beside its size and the time of its last change.
_HEAD_BYTES = 1 << 20


class ResumableOutput(Output):
    """As `Output`."""

    _begun = False

    def __init__(self, source: Path | None, target: Path):
        """Choose the format.

        Args:
            source: the film; None for a stream, which is read once, so that nothing is kept of it.
            target: the result; its ending chooses the format.
        Raises:
            VideoError: an unknown ending.
        """
        self._source = source
        self._target = target

    def begin(self, film: FilmTask) -> State:
        self._film = film
        anew = self._source is None or not film.options.resume
        self._leftovers = Leftovers(self._target, self._manifest(), anew)
        self._begun = True
        state = self._leftovers.state
        if state:
            self._restore(json.loads(state[_FACTS].tobytes()))
        return state

    def leave(self) -> None:
        if self._begun and not self.done:
            self._leftovers.leave(keep=self._source is not None)

    def write(self, job: FrameJob) -> None:
        try:
            if job.state is not None:
                self._end_segment(job.state)
            self._put(job)
        except (av.FFmpegError, OSError) as error:
            raise not_written(self._target, error) from None
        self.frames += 1
        if job.point is not None:
            self.point = job.point

    @abstractmethod
    def _put(self, job: FrameJob) -> None:
        """Write a frame, and to the segment under way what belongs there.

        Raises:
            av.FFmpegError, OSError: it cannot be written.
        """

    def _end_segment(self, state: State | None) -> None:
        """Close the segment under way, if there is one.

        Args:
            state: what the next one begins with; None after the last.
        Raises:
            av.FFmpegError, OSError: it cannot be written.
        """
        if state is not None:
            facts = json.dumps(self._facts()).encode()
            state = {**state, _FACTS: np.frombuffer(facts, np.uint8)}
        self._leftovers.end_segment(state)
        if state is not None:
            self.kept_frames, self.kept_seconds = self.frames, self.film_seconds

    def _facts(self) -> dict[str, Any]:
        """What a later run must know of the frames so far."""
        return {"frames": self.frames, "point": self.point and asdict(self.point)}

    def _restore(self, facts: dict[str, Any]) -> None:
        """Go on where `_facts` was asked for."""
        self.frames, self.point = facts["frames"], ReadPoint(**facts["point"])
        self.kept_frames, self.kept_seconds = self.frames, self.film_seconds

    def _manifest(self) -> dict[str, Any]:
        """What decides the bytes of the segments.

        Threads and accelerator are left out: a run may go on with others.

        Raises:
            VideoError: the film cannot be read.
        """
        film = self._film
        options, plan, look = film.options, film.plan, film.options.look
        return {
            # Nobody will know a stream again.
            "source": None if self._source is None else _facts_of(self._source),
            "model": film.described,
            "program": [__version__, _LAYOUT, av.__version__, film.reader.segment],
            "references": film.references,
            "options": {
                "codec": plan.name,
                **plan.options,
                "pixel format": plan.pixel_format,
                "bit rate": plan.bit_rate,
                "size": f"{plan.width} x {plan.height}",
                "field order": plan.order,
                "saturation": look.saturation,
                "smoothing": look.smoothing,
                "framing": look.framing,
                "start": options.start,
                "end": options.end,
                "fps": options.fps,
                "stats": options.stats,
                "deinterlace": options.deinterlace,
            },
        }


def _facts_of(source: Path) -> dict[str, Any]:
    """Size, time of change, and hash of the beginning, to know a film again.

    Raises:
        VideoError: it cannot be read.
    """
    files, known = [source], {}
    if is_pattern(source):
        sequence = find_sequence(source)
        files, known = sequence.files, {"frames": [sequence.first, sequence.last]}
    try:
        found = [file.stat() for file in files]
        with files[0].open("rb") as file:
            head = hashlib.sha256(file.read(_HEAD_BYTES)).hexdigest()
    except OSError as error:
        raise VideoError(f"{source}: {reason(error)}") from None
    return {
        **known,
        "bytes": sum(facts.st_size for facts in found),
        "changed": max(facts.st_mtime_ns for facts in found),
        "head": head,
    }

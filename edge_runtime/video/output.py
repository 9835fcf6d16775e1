"""What coloured frames go to: a film's file, a stream, or pictures."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Protocol

from edge_runtime.video.encoder import EncoderPlan
from edge_runtime.video.job import FrameJob
from edge_runtime.video.kept import PictureFacts
from edge_runtime.video.options import VideoOptions
from edge_runtime.video.reader import FilmReader, ReadPoint
from edge_runtime.video.signal import Signal

State = dict[str, Any]


@dataclass(frozen=True)
class FilmTask:
    """What an output is told before the first frame is coloured.

    Attributes:
        reader: of the film.
        open: opens the film again, to copy from it.
        options: what was asked for.
        threads: for the encoder; 0 leaves it to FFmpeg.
        plan: of the output itself.
        signal: how luma and chroma of the frames are coded.
        squeezed: whether luma of all levels was brought to the limited ones.
        matrix: the display matrix, as `display_matrix`.
        wanted: what the film says of its picture.
        offset: seconds that are taken off all times.
        described: the model's name and hash.
        references: what decides the colours of the references.
    """

    reader: FilmReader
    open: Callable[[], FilmReader]
    options: VideoOptions
    threads: int
    plan: EncoderPlan
    signal: Signal
    squeezed: bool
    matrix: tuple[int, ...] | None
    wanted: PictureFacts
    offset: Fraction
    described: str
    references: list[list]


class Output(Protocol):
    """All methods but the first three are called from one thread, one after the other.

    Attributes:
        frames: how many were written, with those of earlier runs.
        film_seconds: from the first frame's start to the last one's end.
        kept_frames, kept_seconds: the same of what stays when the run is stopped now.
        point: where in the film what stays ends, or None.
        done: whether all is written and has its name.
    """

    done: bool

    @property
    def frames(self) -> int: ...

    @property
    def film_seconds(self) -> float: ...

    @property
    def kept_frames(self) -> int: ...

    @property
    def kept_seconds(self) -> float: ...

    @property
    def point(self) -> ReadPoint | None: ...

    def plan(self, options: VideoOptions, frame: Any, **film: Any) -> EncoderPlan:
        """Choose how frames are written; as `plan_encoder`."""
        ...

    def begin(self, film: FilmTask) -> State:
        """Begin, or go on behind what an earlier run left.

        Returns:
            the state of all steps there; empty at the beginning.
        Raises:
            VideoError: it cannot be written.
        """
        ...

    def leave(self) -> None:
        """After all, whatever happened: close everything."""
        ...

    def write(self, job: FrameJob) -> None:
        """Take a coloured frame.

        Raises:
            VideoError: it cannot be written.
        """
        ...

    def finish(self, stop: threading.Event) -> list[str]:
        """After the last frame.

        Args:
            stop: when it is set, all is left as it is, and `done` stays False.
        Returns:
            sentences about what could not be kept.
        Raises:
            VideoError: it cannot be written.
        """
        ...

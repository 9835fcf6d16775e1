"""What coloured frames go to: a film's file, a stream, or pictures."""

import threading
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

from edge_runtime.pictures.header import reason
from edge_runtime.video.encoder import EncoderPlan
from edge_runtime.video.errors import VideoError
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


def not_written(name: Path | str, error: Exception) -> VideoError:
    """What is raised where a result cannot be written."""
    return VideoError(f"{name}: cannot be written: {reason(error)}")


class Output(ABC):
    """`write` and `finish` are called from one thread, the rest before and after.

    Attributes:
        frames: how many were written, with those of earlier runs.
        kept_frames, kept_seconds: how many stay when the run is stopped now, and how long they
            take.
        point: where in the film what stays ends, or None.
        done: whether all is written and has its name.
    """

    _film: FilmTask
    frames = kept_frames = 0
    kept_seconds = 0.0
    point: ReadPoint | None = None
    done = False

    @property
    def film_seconds(self) -> float:
        """From the first frame's start to the last one's end."""
        return float(self.frames / self._film.reader.rate)

    @abstractmethod
    def plan(self, options: VideoOptions, frame: Any, **film: Any) -> EncoderPlan:
        """Choose how frames are written; as `plan_encoder`."""

    @abstractmethod
    def begin(self, film: FilmTask) -> State:
        """Begin, or go on behind what an earlier run left.

        Returns:
            the state of all steps there; empty at the beginning.
        Raises:
            VideoError: it cannot be written.
        """

    @abstractmethod
    def leave(self) -> None:
        """After all, whatever happened: close everything."""

    @abstractmethod
    def write(self, job: FrameJob) -> None:
        """Take a coloured frame.

        Raises:
            VideoError: it cannot be written.
        """

    @abstractmethod
    def finish(self, stop: threading.Event) -> list[str]:
        """After the last frame.

        Args:
            stop: when it is set, all is left as it is, and `done` stays False.
        Returns:
            sentences about what could not be kept.
        Raises:
            VideoError: it cannot be written.
        """

"""How a film is to be coloured and written."""

from dataclasses import dataclass, field
from pathlib import Path

from edge_runtime.errors import ArgumentError
from edge_runtime.look import Look


@dataclass(frozen=True)
class VideoOptions:
    """The options of `colorize_video`.

    Attributes:
        codec: FFmpeg's name of the encoder; `auto` for this machine's hardware where it works; or
            None for the container's usual one.
        crf: the quality, lower is better; None for the encoder's usual one.
        preset: the encoder's word for speed against size, or None for its usual one.
        look: how frames are coloured, and steadied over time.
        stats: whether flicker and scene cuts are measured.
        start, end: seconds from the film's beginning between which frames are taken, or None.
        fps: frames a second of a sequence of pictures; None for 24.
        preview: a picture file for a frame near the middle, or None.
        deinterlace: whether interlaced frames are made whole.
        threads: for the decoder and for the encoder, each; None leaves it to FFmpeg.
        resume: whether to go on where an earlier run was stopped; else what it left is dropped.
        serial: one step after the other and one thread each, for comparison.
    """

    codec: str | None = None
    crf: float | None = None
    preset: str | None = None
    look: Look = field(default_factory=Look)
    stats: bool = False
    start: float | None = None
    end: float | None = None
    fps: float | None = None
    preview: Path | None = None
    deinterlace: bool = False
    threads: int | None = None
    resume: bool = True
    serial: bool = False

    def __post_init__(self):
        """See that the values are usable.

        Raises:
            ArgumentError: start, end or frames a second out of range.
        """
        if self.fps is not None and not 0.1 <= self.fps <= 1000:
            raise ArgumentError(f"the frames a second are 0.1 to 1000, not {self.fps:g}")
        if self.start is not None and not self.start >= 0:
            raise ArgumentError(f"the start is 0 seconds or later, not {self.start}")
        if self.end is not None and not self.end > (self.start or 0):
            raise ArgumentError(f"the end ({self.end:g} s) lies not after the start")

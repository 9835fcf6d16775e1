"""What is told of a film while it is coloured, and afterwards."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class VideoProgress:
    """How far a film is.

    Attributes:
        frames: how many are encoded.
        total: how many there will be, as far as the file tells, or None.
        seconds: that were needed until now, those of earlier runs with them.
    """

    frames: int
    total: int | None
    seconds: float


@dataclass(frozen=True)
class VideoResult:
    """A film that was coloured.

    Attributes:
        frames: how many were written.
        seconds: that were needed, those of earlier runs with them.
        film_seconds: from the start of the first frame to the end of the last.
        width, height: of the written frames, in pixels.
        codec: the encoder's name.
        stages: the part of the working time of each stage, by name; they sum to 1. In the
            pipeline the stages run side by side, and wait for the processor too.
        warnings: sentences about what was not kept, and what was damaged.
        damaged: whether the film was cut off or had frames that could not be decoded.
        flicker: mean warping error of ab along the flow of the lightness, in units of ab, or None
            where it was not measured.
        cuts: scene cuts, or None where they were not counted.
        resumed: how many of the frames were there from an earlier run.
    """

    frames: int
    seconds: float
    film_seconds: float
    width: int
    height: int
    codec: str
    stages: Mapping[str, float]
    warnings: tuple[str, ...] = ()
    damaged: bool = False
    flicker: float | None = None
    cuts: int | None = None
    resumed: int = 0

    @property
    def fps(self) -> float:
        """Frames a second of working time."""
        return self.frames / self.seconds if self.seconds else 0.0

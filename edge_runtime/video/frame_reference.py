"""A frame of a film whose colours a person has corrected."""

from dataclasses import dataclass
from pathlib import Path

from edge_runtime.errors import ArgumentError
from edge_runtime.video.clock import parse_time


@dataclass(frozen=True)
class FrameReference:
    """A picture of a frame, and where in the film that is.

    Attributes:
        path: the picture, the whole frame in colour, at any size; or a file of hints for it.
        seconds: from the film's beginning, to within a second.
    Raises:
        ArgumentError: a time before the beginning.
    """

    path: Path
    seconds: float

    def __post_init__(self) -> None:
        object.__setattr__(self, "path", Path(self.path))
        if not self.seconds >= 0:
            raise ArgumentError(f"{self.path}: a time in a film is 0 or later, not {self.seconds}")

    @classmethod
    def from_text(cls, text: str) -> "FrameReference":
        """What `FRAME.png@0:01:10` says.

        Raises:
            ArgumentError: it has no time, or one that is none.
        """
        name, at, time = text.rpartition("@")
        if not at or not name:
            raise ArgumentError(f"'{text}' has no time: {text}@h:m:s says of which frame it is")
        return cls(Path(name), parse_time(time))

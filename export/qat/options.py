"""How quantization-aware fine-tuning is done."""

from dataclasses import dataclass
from pathlib import Path

from export.errors import ExportError

DEFAULT_MINUTES = 40.0
DEFAULT_LEARNING_RATE = 3e-5


@dataclass(frozen=True)
class QatOptions:
    """What to fine-tune on, where, and how long.

    Attributes:
        data: prepared pictures (`python -m train prepare`); the split `train` is used.
        folder: for the checkpoint; a run that was cut off goes on from there.
        minutes: of training; not with `steps`.
        steps: batches; not with `minutes`.
        learning_rate: Adam's, after a short warm-up; falls to zero by half a cosine.
    Raises:
        ExportError: both or neither of minutes and steps, or values out of range.
    """

    data: Path
    folder: Path
    minutes: float | None = DEFAULT_MINUTES
    steps: int | None = None
    learning_rate: float = DEFAULT_LEARNING_RATE

    def __post_init__(self) -> None:
        if (self.minutes is None) == (self.steps is None):
            raise ExportError("fine-tuning ends by minutes or by steps: give one of them")
        if (self.minutes or self.steps or 0) <= 0:
            raise ExportError("fine-tuning takes more than 0 minutes or steps")
        if not 0 < self.learning_rate < float("inf"):
            raise ExportError(f"a learning rate is more than 0, not {self.learning_rate:g}")

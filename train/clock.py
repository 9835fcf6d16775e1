"""How far a training run is: steps, time, learning rate, average of weights, and when it ends."""

import time
from collections.abc import Callable
from math import cos, isfinite, pi

from train.checkpoint import Progress
from train.config import FitConfig
from train.ema import WeightAverage
from train.engines import Engine
from train.errors import FitError


class Clock:
    """Counts the steps of one run.

    Args:
        config: the recipe.
        total_steps: of the whole run; None if `config.minutes` end it.
        progress: where the run goes on.
        average: of the weights, moved at every step.
        on_step: called with the share done and the loss.
    """

    def __init__(
        self,
        config: FitConfig,
        total_steps: int | None,
        progress: Progress,
        average: WeightAverage,
        on_step: Callable[[float, float], None],
    ) -> None:
        self._config = config
        self._total_steps = total_steps
        self._on_step = on_step
        self.average = average
        self.step = progress.step
        self.seconds = progress.seconds
        self.restart()

    def restart(self) -> None:
        """Leave out the time spent between two rounds."""
        self._started = time.monotonic() - self.seconds

    @property
    def done(self) -> float:
        """The share of the run that is done, 0..1."""
        if self._total_steps is not None:
            return min(1.0, self.step / self._total_steps)
        return min(1.0, self.seconds / (60 * (self._config.minutes or 1)))

    @property
    def learning_rate(self) -> float:
        """Linear warm-up, then half a cosine down to zero."""
        warm = min(1.0, (self.done + 1e-3) / self._config.warmup) if self._config.warmup else 1.0
        return self._config.learning_rate * warm * 0.5 * (1 + cos(pi * self.done))

    def steps_of_round(self) -> int:
        """Batches of the round that begins now."""
        if self._total_steps is None:
            return self._config.round_steps
        return min(self._config.round_steps, self._total_steps - self.step)

    def after_step(self, engine: Engine, loss: float) -> bool:
        """Count a step; True at the end of the run.

        Raises:
            FitError: the loss is no number.
        """
        self.step += 1
        self.seconds = time.monotonic() - self._started
        if not isfinite(loss):
            raise FitError(
                f"the loss became {loss} at step {self.step}, learning rate"
                f" {self.learning_rate:.2g}: lower the learning rate; the checkpoint is whole"
            )
        self.average.step(engine.get_weights)
        self._on_step(self.done, loss)
        return self.done >= 1

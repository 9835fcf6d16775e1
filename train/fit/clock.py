"""How far a training run is: steps, time, learning rate, and when its rounds and itself end."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from math import cos, inf, isfinite, pi

from train.config import FitConfig
from train.fit.checkpoint import RunProgress

# Batches of a round that time ends.
_ENDLESS = 1_000_000

# What follows the last step may take longer than it did the last time; then the process must end.
_SLACK, _LEAVING = 1.25, 1.0


class DivergedError(Exception):
    """The loss is no number; the message says when."""


class Clock:
    """Counts the steps of one run.

    Args:
        config: the recipe.
        total_steps: of the whole run; None if time ends it.
        progress: where the run goes on.
        ends_at: what `time.monotonic` says when the command must have ended; None without
            `until_seconds`.
        on_step: called with the share done and the loss.
    """

    def __init__(
        self,
        config: FitConfig,
        total_steps: int | None,
        progress: RunProgress,
        ends_at: float | None,
        on_step: Callable[[float, float], None],
    ) -> None:
        self._config = config
        self._total_steps = total_steps
        self._on_step = on_step
        self._ends_at = ends_at
        self.step = progress.step
        self.seconds = progress.seconds
        self.done = progress.done
        self._after_steps: dict[str, float] = {}

    def begin_round(self, *, builds: bool) -> None:
        """Leave out the time since the last step.

        Args:
            builds: the first step makes graphs and fills caches: its time is left out too.
        """
        self._began = time.monotonic()
        self._last = None if builds else self._began
        self._timed_from = self.step, self.seconds
        self._last_step = self.step + self.steps_of_round()
        self._phase = self._phase_now()
        self._longest = self._config.checkpoint_seconds or inf
        if self._ends_at is not None:
            if self._left(self._began) <= 0:
                self.done = 1.0
            if not self._after_steps:  # a short first round tells what the last one needs
                self._longest = min(self._longest, self._left(self._began) / 3)

    @contextmanager
    def follows(self, name: str) -> Iterator[None]:
        """Measure what follows the steps of a round: the last ones are to leave time for it."""
        began = time.monotonic()
        yield
        self._after_steps[name] = time.monotonic() - began

    def _overhead(self) -> float:
        """Seconds that follow the steps of a round."""
        return _SLACK * sum(self._after_steps.values())

    def _left(self, now: float) -> float:
        """Seconds to train."""
        if self._ends_at is not None:
            return self._ends_at - self._overhead() - _LEAVING - now
        if self._config.minutes is not None:
            return 60 * self._config.minutes - self.seconds
        return inf

    @property
    def adversarial(self) -> bool:
        """Whether the discriminator's part of the run has come."""
        config = self._config
        return config.adversarial_loss is not None and self.done >= config.adversarial_from

    def _phase_now(self) -> tuple[int, bool]:
        return self._config.crop_size(self.done), self.adversarial

    @property
    def learning_rate(self) -> float:
        """Linear warm-up, then half a cosine down to zero."""
        warm = min(1.0, (self.done + 1e-3) / self._config.warmup) if self._config.warmup else 1.0
        return self._config.learning_rate * warm * 0.5 * (1 + cos(pi * self.done))

    def steps_of_round(self) -> int:
        """The most batches of the round that begins now."""
        by_time = self._config.checkpoint_seconds is not None or self._ends_at is not None
        steps = _ENDLESS if by_time else self._config.round_steps
        return steps if self._total_steps is None else min(steps, self._total_steps - self.step)

    def steps_per_second(self) -> float:
        """Of the round, without a first step that built something unless there was no other."""
        step, seconds = self._timed_from
        if self.step > step:
            return (self.step - step) / max(self.seconds - seconds, 1e-9)
        return 1 / (time.monotonic() - self._began)

    def after_step(self, loss: float) -> bool:
        """Count a step; True at the end of the round.

        Raises:
            DivergedError: the loss is no number.
        """
        self.step += 1
        self._count(time.monotonic())
        if not isfinite(loss):
            raise DivergedError(
                f"the loss became {loss} at step {self.step}, learning rate"
                f" {self.learning_rate:.2g}"
            )
        self._on_step(self.done, loss)
        return self.done >= 1 or self.step == self._last_step or self._time_for_checkpoint()

    def _count(self, now: float) -> None:
        if self._last is None:
            self._timed_from = self.step, self.seconds
        else:
            spent, left = now - self._last, self._left(self._last)
            self.seconds += spent
            if self._total_steps is None:
                # Of what was left to do, as much as of the time that was left to do it.
                self.done = 1.0 if spent >= left else self.done + (1 - self.done) * spent / left
        if self._total_steps is not None:
            self.done = min(1.0, self.step / self._total_steps)
        self._last = now

    def _time_for_checkpoint(self) -> bool:
        left = self._left(self._last)
        # A checkpoint shortly before the last one is not worth its time.
        if left <= (self._longest / 2 if self._longest < inf else 0):
            return False
        if self._ends_at is not None and left <= 2 * self._overhead():
            return False
        if self._config.checkpoint_seconds is not None and self._phase_now() != self._phase:
            return True
        step, seconds = self._timed_from
        if self._config.checkpoint_seconds is None and self.step - step >= self._config.round_steps:
            return True
        return self.seconds - seconds >= self._longest

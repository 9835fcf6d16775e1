"""The exponential moving average of a model's weights, which colours better than the last ones.

BatchNorm statistics are averaged too. It is moved at every eighth step, with the decay raised to
that: the result is the same within what training noise hides, at an eighth of the cost.
"""

from collections.abc import Callable

import numpy as np

EVERY = 8  # steps between two moves


def decay_at(steps: int, decay: float) -> float | None:
    """How much of the average stays after a step; None where it is left as it is.

    Args:
        steps: training steps so far, this one included.
        decay: per step, as in 0.999.
    """
    if steps % EVERY:
        return None
    # Early on a long memory would be of the untrained network: average over what there is.
    return min(decay**EVERY, steps / (steps + 10 * EVERY))


class WeightAverage:
    """Average of NumPy weights.

    Args:
        weights: the model's, to start from; also the attribute that holds the average.
        decay: per step.
        steps: training steps that the average has seen already.
    """

    def __init__(self, weights: list[np.ndarray], decay: float, steps: int = 0) -> None:
        self._decay = decay
        self._steps = steps
        self.weights = [np.array(weight) for weight in weights]

    def step(self, get_weights: Callable[[], list[np.ndarray]]) -> None:
        """Call after every training step, with what gives the weights when they are needed."""
        self._steps += 1
        kept = decay_at(self._steps, self._decay)
        if kept is None:
            return
        for average, weight in zip(self.weights, get_weights(), strict=True):
            average += (1 - kept) * (weight - average)

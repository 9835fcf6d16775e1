"""The exponential moving average of a model's weights, which colours better than the last ones."""

from collections.abc import Callable

import numpy as np


class WeightAverage:
    """Average of all weights, BatchNorm statistics included.

    Args:
        weights: the model's, to start from; also the attribute that holds the average.
        decay: per step, as in 0.999.
        steps: training steps that the average has seen already.
        every: steps between two updates; the decay is raised to it, the result is the same within
            what training noise hides, at an eighth of the cost.
    """

    def __init__(
        self, weights: list[np.ndarray], decay: float, steps: int = 0, every: int = 8
    ) -> None:
        self._decay = decay**every
        self._every = every
        self._steps = steps
        self.weights = [np.array(weight) for weight in weights]

    def step(self, get_weights: Callable[[], list[np.ndarray]]) -> None:
        """Call after every training step, with what gives the weights when they are needed."""
        self._steps += 1
        if self._steps % self._every:
            return
        # Early on a long memory would be of the untrained network: average over what there is.
        decay = min(self._decay, self._steps / (self._steps + 10 * self._every))
        for average, weight in zip(self.weights, get_weights(), strict=True):
            average += (1 - decay) * (weight - average)

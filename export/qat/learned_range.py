"""The range of a tensor in eight bits, learned beside the weights.

The gradient of a range's ends is that of learned step size quantization (Esser et al. 2020, LSQ):
values beyond an end pull it outwards, rounding errors of the values within weigh against that.
"""

from typing import Any

import tensorflow as tf

# By how much of itself an end moves for a unit of its variable: under Adam, whose steps are as
# large as the learning rate, ten times as fast as a weight of 1.
_PACE = 10.0

# Of its start, the least that remains of an end.
_LEAST = 0.05


class LearnedRange:
    """256 steps from one value to another; several tensors may share it.

    Args:
        low, high: where it starts; low <= 0 <= high. An end at 0 stays there.

    Attributes:
        start: the two ends before training.
        variable: how far they have moved, in tenths of themselves.
    """

    def __init__(self, low: float, high: float) -> None:
        self.start = tf.Variable([low, max(high, 1e-6)], trainable=False)
        self.variable = tf.Variable(tf.zeros(2))

    def ends(self) -> tuple[Any, Any]:
        """The least and the greatest value: scalar tensors."""
        moved = self.start * tf.maximum(1 + _PACE * self.variable, _LEAST)
        return moved[0], moved[1]

    def rounded(self, x: Any) -> Any:
        """What a tensor is after eight bits, still float32."""
        return _rounded(x, *self.ends())


@tf.custom_gradient
def _rounded(x: Any, low: Any, high: Any) -> tuple[Any, Any]:
    result = tf.quantization.fake_quant_with_min_max_vars(x, low, high)

    def gradient(upstream: Any) -> tuple[Any, Any, Any]:
        clipped = tf.clip_by_value(x, low, high)
        within = tf.where(tf.equal(clipped, x), upstream, 0.0)
        # How far rounding moved each value, in ranges: what stretching the range would change.
        shift = tf.reduce_sum(within * (result - x)) / (high - low)
        beyond = upstream - within
        above = tf.reduce_sum(tf.where(x > high, beyond, 0.0))
        below = tf.reduce_sum(beyond) - above
        return within, below - shift, above + shift

    return result, gradient

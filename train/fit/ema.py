"""The exponential moving average of a model's weights, which colours better than the last ones.

BatchNorm statistics are averaged too. It is moved at every eighth step, with the decay raised to
that: the result is the same within what training noise hides, at an eighth of the cost.
"""

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

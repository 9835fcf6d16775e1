"""Losses on ab. Each takes y_true and y_pred, float [N, h, w, 2] (a*, b* / 110)."""

from collections.abc import Callable
from typing import Any

from keras import ops

Loss = Callable[[Any, Any], Any]


def huber(y_true: Any, y_pred: Any, delta: float = 0.1) -> Any:
    """Huber loss (1964): square up to delta (0.1 is 11 units of a* or b*), linear beyond; [N]."""
    error = ops.abs(y_true - y_pred)
    inside = ops.minimum(error, delta)
    return ops.mean(inside * (error - 0.5 * inside), axis=(1, 2, 3))


LOSSES: dict[str, Loss] = {"huber": huber}

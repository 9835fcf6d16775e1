"""Losses on ab. Each takes y_true and y_pred, float [N, h, w, 2] (a*, b* / 110), and gives [N]."""

from collections.abc import Callable
from typing import Any

from keras import ops

Loss = Callable[[Any, Any], Any]


def huber(y_true: Any, y_pred: Any, delta: float = 0.1) -> Any:
    """Huber loss (1964): square up to delta (0.1 is 11 units of a* or b*), linear beyond."""
    error = ops.abs(y_true - y_pred)
    inside = ops.minimum(error, delta)
    return ops.mean(inside * (error - 0.5 * inside), axis=(1, 2, 3))


def mse(y_true: Any, y_pred: Any) -> Any:
    """Mean squared error, the loss of the paper's plain networks."""
    return ops.mean(ops.square(y_true - y_pred), axis=(1, 2, 3))


def l1(y_true: Any, y_pred: Any) -> Any:
    """Mean absolute error."""
    return ops.mean(ops.abs(y_true - y_pred), axis=(1, 2, 3))


LOSSES: dict[str, Loss] = {"huber": huber, "mse": mse, "l1": l1}

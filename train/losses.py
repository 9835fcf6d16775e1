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


def picture_log_mse(y_true: Any, y_pred: Any, floor: float = 0.003) -> Any:
    """The logarithm of each picture's own mean squared error; [N].

    The mean of it is PSNR itself, up to scale and `floor` (0.003 is 6 units of a* and b*), which
    keeps pictures that are nearly right from taking all the attention. A picture that cannot be
    guessed, red or blue, counts less than under a plain squared error, so it pulls less to brown.
    """
    mse = ops.mean(ops.square(y_true - y_pred), axis=(1, 2, 3))
    return ops.log(mse + floor)


LOSSES: dict[str, Loss] = {"huber": huber, "picture_log_mse": picture_log_mse}

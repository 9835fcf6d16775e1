"""The loss of the classification network: cross-entropy with softly encoded colours.

Zhang, Isola and Efros 2016, equations 2 to 4.
"""

from typing import Any

import numpy as np
from keras import ops

from edge_runtime.model.contract import AB_SCALE
from train.networks.ab_bins import AB_BINS, GRID

_NEIGHBOURS = 5
_SIGMA = 5.0  # of the Gaussian over the neighbours, in units of a* and b*
_GRID = np.float32(GRID)
_BINS = AB_BINS / _GRID  # float32 [313, 2], whole numbers


def _soft_encode(ab: Any) -> tuple[Any, Any]:
    """The five nearest bins, int32 [..., 5], nearest first, and their weights, float32 [..., 5].

    ab: a*, b* / 110.
    """
    ab = ab * (np.float32(AB_SCALE) / _GRID)
    # |ab - bin|^2 = |ab|^2 - 2 (ab . bin - |bin|^2 / 2): the nearest bins have the largest bracket,
    # one matrix product and so one tensor of the logits' size. In units of the grid all constants
    # are exact even where a GPU multiplies with ten bits.
    ones = ops.ones_like(ab[..., :1])
    kernel = np.concatenate([_BINS.T, -0.5 * np.square(_BINS).sum(axis=1)[None]])
    closeness = ops.matmul(ops.concatenate([ab, ones], axis=-1), kernel)
    _, nearest = ops.top_k(closeness, _NEIGHBOURS)
    # The weights come from the distances themselves, which lose no digits.
    bins = ops.take(ops.convert_to_tensor(_BINS), nearest, axis=0)
    squared = ops.sum(ops.square(ops.expand_dims(ab, -2) - bins), axis=-1)
    return nearest, ops.softmax(squared * -float(_GRID**2 / (2 * _SIGMA**2)), axis=-1)


def soft_cross_entropy(y_true: Any, y_pred: Any, bin_weights: np.ndarray | None = None) -> Any:
    """Cross-entropy of logits with each colour's distribution over its five nearest bins.

    Only five of the 313 targets of a pixel are not 0, so that no tensor of targets is made.

    Args:
        y_true: float [N, h * k, w * k, 2] (a*, b* / 110); averaged over k x k pixels.
        y_pred: logits, float [N, h, w, 313].
        bin_weights: float [313], what a pixel counts by its nearest bin (see
            `train.fit.rebalancing`); None counts all alike.
    Returns:
        float32 [N], the mean over positions.
    Raises:
        ValueError: ab's sides are no common multiple of the logits'.
    """
    logits = ops.cast(y_pred, "float32")
    sides, side = tuple(y_true.shape[1:3]), tuple(logits.shape[1:3])
    factor = sides[0] // side[0]
    if factor < 1 or sides != (factor * side[0], factor * side[1]):
        raise ValueError(f"ab of {sides} cannot be pooled to logits of {side}")
    ab = ops.average_pool(ops.cast(y_true, "float32"), factor, factor)
    nearest, targets = _soft_encode(ab)
    nearest, targets = ops.stop_gradient(nearest), ops.stop_gradient(targets)
    likely = ops.sum(targets * ops.take_along_axis(logits, nearest, axis=-1), axis=-1)
    loss = ops.logsumexp(logits, axis=-1) - likely
    if bin_weights is not None:
        weights = ops.convert_to_tensor(np.asarray(bin_weights, np.float32))
        loss = loss * ops.take(weights, nearest[..., 0], axis=0)
    return ops.mean(loss, axis=(1, 2))

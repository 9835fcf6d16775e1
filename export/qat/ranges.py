"""The ranges of a float network's layers on pictures."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

_BATCH = 20


@dataclass(frozen=True)
class Range:
    """The least and the largest value of a layer's output; 0 lies within."""

    low: float
    high: float


def measure_ranges(
    model: Any, layers: Sequence[str], inputs: Sequence[np.ndarray]
) -> dict[str, Range]:
    """Measure the outputs of layers.

    Args:
        model: a tf_keras model from lightness to ab.
        layers: names.
        inputs: lightness float32 [S, S] each.
    Returns:
        By name: the extremes on all pictures. (The running means that ai-edge-quantizer takes cut
        strong colours off: training from them began at twice the error on `standard`.)
    """
    import tf_keras

    probe = tf_keras.Model(model.input, [model.get_layer(name).output for name in layers])
    low = np.zeros(len(layers))
    high = np.zeros(len(layers))
    for start in range(0, len(inputs), _BATCH):
        batch = np.stack(inputs[start : start + _BATCH])[..., None]
        outputs = probe(batch, training=False)  # of one layer no list, but the tensor itself
        values = [np.asarray(each) for each in (outputs if len(layers) > 1 else [outputs])]
        low = np.minimum(low, [each.min() for each in values])
        high = np.maximum(high, [each.max() for each in values])
    return {name: Range(float(a), float(b)) for name, a, b in zip(layers, low, high, strict=True)}

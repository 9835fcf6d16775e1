"""The tf_keras twin of a trained network: what tensorflow-model-optimization can fine-tune.

The same builder makes it, with the tf_keras namespace in place of Keras 3's; weights are in the
same order in both.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np

from export.errors import ExportError
from train.networks.load import build_network

# Both compute in float32; what they differ by is the order of sums.
_TOLERANCE = 1e-5


def twin_of(
    keras_model: Any, *, network: str, alpha: float | None, inputs: Sequence[np.ndarray]
) -> Any:
    """Build the twin of a Keras 3 model and see that it says the same.

    Args:
        keras_model: lightness [N, S, S, 1] to ab [N, S', S', 2].
        network, alpha: what it is (see `train.networks.build_network`).
        inputs: lightness float32 [S, S] each, to compare the two on.
    Returns:
        A tf_keras model with the same weights.
    Raises:
        ExportError: the network cannot be built by tf_keras, or the two differ.
    """
    import tf_keras

    size = int(keras_model.input_shape[1])
    try:
        _, twin = build_network(tf_keras, network=network, alpha=alpha, input_size=size)
        twin.set_weights(keras_model.get_weights())
    except (AttributeError, NotImplementedError, TypeError, ValueError) as error:
        reason = str(error).splitlines()[0]
        raise ExportError(f"{network} has no tf_keras twin: {reason}") from None
    batch = np.stack(inputs)[..., None]
    ours = np.asarray(twin.predict_on_batch(batch))
    distance = float(np.abs(ours - np.asarray(keras_model.predict_on_batch(batch))).max())
    if not distance <= _TOLERANCE:
        raise ExportError(
            f"the tf_keras twin of {network} differs by {distance:.2g} in ab from the network"
        )
    return twin

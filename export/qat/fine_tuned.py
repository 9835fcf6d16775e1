"""What quantization-aware training made of a network."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np


@dataclass(frozen=True)
class FineTuned:
    """A network whose weights expect to be rounded.

    Attributes:
        weights: all of the network's, as `set_weights` of its Keras model takes them.
        ranges: of the outputs that are rounded, by layer: the least and the greatest value.
    """

    weights: Sequence[np.ndarray]
    ranges: Mapping[str, tuple[float, float]]

    def network(self, keras_model: Any) -> Any:
        """A copy of the Keras model that it came from, with these weights."""
        import keras

        copy = keras.models.clone_model(keras_model)
        copy.set_weights(self.weights)
        return copy

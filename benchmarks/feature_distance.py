"""SqueezeNet feature distance: how far two pictures are apart for a network that knows photos.

It is LPIPS of Zhang et al. 2018 (equation 1, SqueezeNet) with all channels weighing the same, as
their code has it for `lpips=False`: at each of seven layers the features of each place are brought
to unit length, their squared difference is summed over the channels and averaged over the places,
and the layers are summed. LPIPS itself weighs channels by human judgements; its values are others.
"""

from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.squeezenet import MEAN_BGR, load_squeezenet

_TINY = 1e-10  # added to lengths, as LPIPS does


class FeatureDistance:
    """The network, ready to measure.

    Args:
        weights: of SqueezeNet 1.1 without its classifier, a `.weights.h5`.
        side: of the pictures, in pixels.
    Raises:
        WeightsError: the file is missing, damaged, or of another network.
    """

    def __init__(self, weights: Path, side: int) -> None:
        import keras

        image = keras.Input((side, side, 3))
        distances = 0.0
        for features in load_squeezenet(keras, weights, side)(image):
            length = keras.ops.sqrt(keras.ops.sum(features**2, axis=-1, keepdims=True))
            unit = features / (length + _TINY)
            true = keras.ops.take(unit, [0], axis=0)
            apart = keras.ops.sum((unit - true) ** 2, axis=-1)
            distances = distances + keras.ops.mean(apart, axis=(1, 2))
        self._model: Any = keras.Model(image, distances)
        self._to_numpy = keras.ops.convert_to_numpy

    def __call__(self, true: np.ndarray, ours: np.ndarray) -> np.ndarray:
        """Distances of several pictures from one.

        Args:
            true: uint8 [side, side, 3] RGB.
            ours: uint8 [N, side, side, 3].
        Returns:
            float64 [N], 0 for equal pictures.
        """
        batch = np.concatenate([true[None], ours])[..., ::-1].astype(np.float32)
        distances = self._model.predict_on_batch(batch - np.float32(MEAN_BGR))
        return self._to_numpy(distances)[1:].astype(np.float64)

"""The baseline: a plain convolutional encoder and decoder, trained on the squared error.

The layers are those of Deep Koalarization (Baldassarre et al. 2017) without its Inception branch,
at half of their widths: 1.5 M parameters instead of 6.2 M, for a baseline of the size of the
networks it is compared with.
"""

from types import ModuleType
from typing import Any

from train.networks.plain_layers import decoded, encoded

_WIDTH = 0.5


def build_baseline_cnn(keras: ModuleType, *, input_size: int) -> Any:
    """Build the baseline.

    Args:
        keras: the Keras namespace to build with, `keras` (3) or `tf_keras`.
        input_size: S, a multiple of 8, in pixels.
    Returns:
        A model: `lightness` float32 [N, S, S, 1] (-1..1) to `ab` float32 [N, S/2, S/2, 2]
        (a*, b* / 110), within -1..1.
    """
    lightness = keras.layers.Input((input_size, input_size, 1), name="lightness")
    features = encoded(keras, lightness, _WIDTH)
    ab = decoded(keras, features, _WIDTH)
    return keras.Model(lightness, ab, name="baseline_cnn")

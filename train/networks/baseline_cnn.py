"""The baseline: a plain convolutional encoder and decoder, trained on the squared error.

The layers are those of Deep Koalarization (Baldassarre et al. 2017) without its Inception branch,
at half of their widths: 1.5 M parameters instead of 6.2 M, for a baseline of the size of the
networks it is compared with.
"""

from types import ModuleType
from typing import Any

from train.networks.plain_layers import decode, encode


def build_baseline_cnn(keras: ModuleType, *, input_size: int, width: float = 0.5) -> Any:
    """Build the baseline.

    Args:
        keras: the Keras namespace to build with, `keras` (3) or `tf_keras`.
        input_size: S, a multiple of 8, in pixels.
        width: multiplies the channels of every layer; 1.0 are the widths of the paper.
    Returns:
        A model: `lightness` float32 [N, S, S, 1] (-1..1) to `ab` float32 [N, S/2, S/2, 2]
        (a*, b* / 110), within -1..1.
    Raises:
        ValueError: input_size is not a positive multiple of 8, or width leaves a layer empty.
    """
    if input_size <= 0 or input_size % 8:
        raise ValueError(f"input_size must be a positive multiple of 8, not {input_size}")
    if round(32 * width) < 1:
        raise ValueError(f"width must leave every layer a channel, not be {width}")
    lightness = keras.layers.Input((input_size, input_size, 1), name="lightness")
    ab = decode(keras, encode(keras, lightness, width), width)
    return keras.Model(lightness, ab, name="baseline_cnn")

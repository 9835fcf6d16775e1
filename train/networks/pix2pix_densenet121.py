"""The DenseNet121 U-Net: pix2pix with a larger encoder, to see what size buys.

Encoder: DenseNet121 (Huang et al. 2017). Decoder: `train.networks.unet_decoder`, as in
pix2pix-MobileNetV2.
"""

from types import ModuleType
from typing import Any

from train.networks.unet_decoder import STRIDES, decode

# Where each resolution is tapped: after a dense block's batch normalization and ReLU, before the
# transition halves channels and resolution. Keras 3 and tf_keras name the first one differently.
_SKIPS = {
    2: ("conv1_relu", "conv1/relu"),
    4: ("pool2_relu",),
    8: ("pool3_relu",),
    16: ("pool4_relu",),
}

# Channels of the decoder at 1/16, 1/8, 1/4 and 1/2 of the input's resolution.
_WIDTHS = (256, 128, 64, 32)


def build_generator_densenet121(keras: ModuleType, *, input_size: int) -> Any:
    """Build the generator.

    Args:
        keras: the Keras namespace to build with, `keras` (3) or `tf_keras`.
        input_size: S, a multiple of 32, in pixels.
    Returns:
        A model: `lightness` float32 [N, S, S, 1] (-1..1) to `ab` float32 [N, S/2, S/2, 2]
        (a*, b* / 110).
    Raises:
        ValueError: input_size is not a positive multiple of 32.
    """
    if input_size <= 0 or input_size % 32:
        raise ValueError(f"input_size must be a positive multiple of 32, not {input_size}")
    encoder = keras.applications.DenseNet121(
        input_shape=(input_size, input_size, 1), include_top=False, weights=None
    )
    outputs = {layer.name: layer.output for layer in encoder.layers}
    skips = {
        stride: next(outputs[name] for name in _SKIPS[stride] if name in outputs)
        for stride in STRIDES
    }
    ab = decode(keras, encoder.output, skips, _WIDTHS)
    return keras.Model(encoder.input, ab, name="pix2pix_densenet121")

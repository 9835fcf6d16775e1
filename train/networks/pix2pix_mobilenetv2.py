"""The generator of pix2pix on MobileNetV2, TintLite's default network.

The encoder is MobileNetV2 (Sandler et al. 2018) without its last 1x1 convolution.
"""

from types import ModuleType
from typing import Any

from train.networks.unet_decoder import decoded

# Channels of the decoder at each of its strides, by alpha.
DECODER_WIDTHS = {0.35: (64, 48, 32, 16), 1.0: (160, 96, 48, 24)}

# Where each resolution of MobileNetV2 is tapped: the widened activations before a stride.
_SKIPS = tuple(f"block_{number}_expand_relu" for number in (13, 6, 3, 1))
_BOTTOM = "block_16_project_BN"


def build_generator(keras: ModuleType, *, alpha: float = 1.0, input_size: int) -> Any:
    """Build the generator.

    Args:
        keras: the Keras namespace to build with, `keras` (3) or `tf_keras`; the weights of the two
            are in the same order.
        alpha: width of the encoder, 0.35 (`nano`) or 1.0 (`standard`).
        input_size: S, a multiple of 32, in pixels.
    Returns:
        A model: `lightness` float32 [N, S, S, 1] (-1..1) to `ab` float32 [N, S/2, S/2, 2]
        (a*, b* / 110).
    Raises:
        ValueError: alpha has no decoder.
    """
    if alpha not in DECODER_WIDTHS:
        raise ValueError(f"alpha must be one of {sorted(DECODER_WIDTHS)}, not {alpha}")
    encoder = keras.applications.MobileNetV2(
        input_shape=(input_size, input_size, 1), alpha=alpha, include_top=False, weights=None
    )
    skips = [encoder.get_layer(name).output for name in _SKIPS]
    bottom = encoder.get_layer(_BOTTOM).output
    ab = decoded(keras, bottom, skips, DECODER_WIDTHS[alpha])
    return keras.Model(encoder.input, ab, name=f"pix2pix_mobilenetv2_{alpha}")

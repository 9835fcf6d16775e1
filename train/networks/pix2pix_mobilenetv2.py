"""The MobileNetV2 U-Net: generator of pix2pix-MobileNetV2, TintLite's default network.

Encoder: MobileNetV2 (Sandler et al. 2018) without its last 1x1 convolution. Decoder:
`train.networks.unet_decoder`, up to half the resolution of the input.

Every layer is one that XNNPACK and the GPU delegates take: no dense, no squeeze-excite, no tanh.
"""

from types import ModuleType
from typing import Any

from train.networks.unet_decoder import decode

# Where each resolution of the encoder is tapped: the widened activations before a stride.
_SKIPS = {
    2: "block_1_expand_relu",
    4: "block_3_expand_relu",
    8: "block_6_expand_relu",
    16: "block_13_expand_relu",
}
_BOTTOM = "block_16_project_BN"

# Channels of the decoder at 1/16, 1/8, 1/4 and 1/2 of the input's resolution.
DECODER_WIDTHS = {0.35: (64, 48, 32, 16), 1.0: (160, 96, 48, 24)}


def build_generator(keras: ModuleType, *, alpha: float, input_size: int) -> Any:
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
        ValueError: alpha has no decoder, or input_size is not a positive multiple of 32.
    """
    if alpha not in DECODER_WIDTHS:
        raise ValueError(f"alpha must be one of {sorted(DECODER_WIDTHS)}, not {alpha}")
    if input_size <= 0 or input_size % 32:
        raise ValueError(f"input_size must be a positive multiple of 32, not {input_size}")
    encoder = keras.applications.MobileNetV2(
        input_shape=(input_size, input_size, 1), alpha=alpha, include_top=False, weights=None
    )
    skips = {stride: encoder.get_layer(name).output for stride, name in _SKIPS.items()}
    bottom = encoder.get_layer(_BOTTOM).output
    ab = decode(keras, bottom, skips, DECODER_WIDTHS[alpha])
    return keras.Model(encoder.input, ab, name=f"pix2pix_mobilenetv2_{alpha}")

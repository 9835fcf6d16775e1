"""The MobileNetV2 U-Net: generator of pix2pix-MobileNetV2, TintLite's default network.

Encoder: MobileNetV2 (Sandler et al. 2018) without its last 1x1 convolution. Decoder: bilinear
upsampling, concatenation with skips reduced by 1x1 convolutions, separable convolutions with
ReLU6; a linear 1x1 head gives ab at half the resolution of the input (design of pix2pix, Isola et
al. 2017, without its transposed convolutions, which quantize badly and draw checkerboards).

Every layer is one that XNNPACK and the GPU delegates take: no dense, no squeeze-excite, no tanh.
"""

from types import ModuleType
from typing import Any

# Where each resolution of the encoder is tapped: the widened activations before a stride.
_SKIPS = {2: "block_1_expand_relu", 4: "block_3_expand_relu", 8: "block_6_expand_relu"}
_SKIP_16 = "block_13_expand_relu"
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
        A model: `lightness` float32 [N, S, S, 1] (L*/50 - 1) to `ab` float32 [N, S/2, S/2, 2]
        (a*, b* / 110).
    Raises:
        ValueError: alpha has no decoder, or input_size is not a positive multiple of 32.
    """
    if alpha not in DECODER_WIDTHS:
        raise ValueError(f"alpha must be one of {sorted(DECODER_WIDTHS)}, not {alpha}")
    if input_size <= 0 or input_size % 32:
        raise ValueError(f"input_size must be a positive multiple of 32, not {input_size}")
    layers = keras.layers
    encoder = keras.applications.MobileNetV2(
        input_shape=(input_size, input_size, 1), alpha=alpha, include_top=False, weights=None
    )

    def pointwise(x: Any, width: int, name: str) -> Any:
        x = layers.Conv2D(width, 1, use_bias=False, name=name)(x)
        x = layers.BatchNormalization(epsilon=1e-3, name=f"{name}_BN")(x)
        return layers.ReLU(6.0, name=f"{name}_relu")(x)

    def separable(x: Any, width: int, name: str) -> Any:
        x = layers.DepthwiseConv2D(3, padding="same", use_bias=False, name=f"{name}_depthwise")(x)
        x = layers.BatchNormalization(epsilon=1e-3, name=f"{name}_depthwise_BN")(x)
        x = layers.ReLU(6.0, name=f"{name}_depthwise_relu")(x)
        return pointwise(x, width, f"{name}_pointwise")

    x = encoder.get_layer(_BOTTOM).output
    for stride, width in zip((16, 8, 4, 2), DECODER_WIDTHS[alpha], strict=True):
        name = f"decoder_{stride}"
        # The reduction comes before the upsampling: a quarter of the work for the same result.
        x = pointwise(x, width, f"{name}_reduce")
        x = layers.UpSampling2D(2, interpolation="bilinear", name=f"{name}_up")(x)
        skip = encoder.get_layer(_SKIP_16 if stride == 16 else _SKIPS[stride]).output
        skip = pointwise(skip, width // 2, f"{name}_skip")
        x = layers.Concatenate(name=f"{name}_concat")([x, skip])
        x = separable(x, width, f"{name}_mix")
    # float32 whatever the policy: colour differences are smaller than bfloat16's steps.
    ab = layers.Conv2D(2, 1, dtype="float32", name="ab")(x)
    return keras.Model(encoder.input, ab, name=f"pix2pix_mobilenetv2_{alpha}")

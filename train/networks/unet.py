"""The U-Nets: pix2pix-MobileNetV2, TintLite's default network, and the larger pix2pix-DenseNet121.

Encoders: MobileNetV2 (Sandler et al. 2018) without its last 1x1 convolution; DenseNet121 (Huang et
al. 2017), to see what size buys. The decoder is the same, up to half the resolution of the input:
bilinear upsampling, concatenation with skips reduced by 1x1 convolutions, separable convolutions
with ReLU6, a linear 1x1 head (design of pix2pix, Isola et al. 2017, without its transposed
convolutions, which quantize badly and draw checkerboards).

Every layer is one that XNNPACK and the GPU delegates take: no dense, no squeeze-excite, no tanh.
"""

from collections.abc import Sequence
from types import ModuleType
from typing import Any

# Of the skips, and of the decoder's steps, from the bottom of the U up.
STRIDES = (16, 8, 4, 2)

# Channels of MobileNetV2's decoder at each of them, by alpha, and of DenseNet121's.
DECODER_WIDTHS = {0.35: (64, 48, 32, 16), 1.0: (160, 96, 48, 24)}
_DENSENET_WIDTHS = (256, 128, 64, 32)

# Where each resolution of MobileNetV2 is tapped: the widened activations before a stride.
_MOBILENET_SKIPS = tuple(f"block_{number}_expand_relu" for number in (13, 6, 3, 1))
_MOBILENET_BOTTOM = "block_16_project_BN"

# After a dense block's batch normalization and ReLU, before the transition halves channels and
# resolution. Keras 3 and tf_keras name the last one differently.
_DENSENET_SKIPS = ("pool4_relu", "pool3_relu", "pool2_relu")
_DENSENET_FIRST = ("conv1_relu", "conv1/relu")


def build_generator(keras: ModuleType, *, alpha: float = 1.0, input_size: int) -> Any:
    """Build pix2pix-MobileNetV2's generator.

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
    skips = [encoder.get_layer(name).output for name in _MOBILENET_SKIPS]
    bottom = encoder.get_layer(_MOBILENET_BOTTOM).output
    ab = _decoded(keras, bottom, skips, DECODER_WIDTHS[alpha])
    return keras.Model(encoder.input, ab, name=f"pix2pix_mobilenetv2_{alpha}")


def build_generator_densenet121(keras: ModuleType, *, input_size: int) -> Any:
    """Build pix2pix-DenseNet121's generator; arguments and result as of `build_generator`."""
    encoder = keras.applications.DenseNet121(
        input_shape=(input_size, input_size, 1), include_top=False, weights=None
    )
    (first,) = (layer.output for layer in encoder.layers if layer.name in _DENSENET_FIRST)
    skips = [*(encoder.get_layer(name).output for name in _DENSENET_SKIPS), first]
    ab = _decoded(keras, encoder.output, skips, _DENSENET_WIDTHS)
    return keras.Model(encoder.input, ab, name="pix2pix_densenet121")


def _decoded(keras: ModuleType, bottom: Any, skips: Sequence[Any], widths: Sequence[int]) -> Any:
    """Go up from the bottom of a U-Net to ab.

    Args:
        keras: the Keras namespace to build with.
        bottom: the encoder's last tensor, [N, S/32, S/32, C].
        skips: the encoder's tensors, [N, S/stride, S/stride, C] for each of `STRIDES`.
        widths: channels of the decoder at each of `STRIDES`.
    Returns:
        The tensor `ab`, float32 [N, S/2, S/2, 2].
    """
    layers = keras.layers

    def pointwise(x: Any, width: int, name: str) -> Any:
        x = layers.Conv2D(width, 1, use_bias=False, name=name)(x)
        x = layers.BatchNormalization(epsilon=1e-3, name=f"{name}_BN")(x)
        return layers.ReLU(6.0, name=f"{name}_relu")(x)

    def separable(x: Any, width: int, name: str) -> Any:
        x = layers.DepthwiseConv2D(3, padding="same", use_bias=False, name=f"{name}_depthwise")(x)
        x = layers.BatchNormalization(epsilon=1e-3, name=f"{name}_depthwise_BN")(x)
        x = layers.ReLU(6.0, name=f"{name}_depthwise_relu")(x)
        return pointwise(x, width, f"{name}_pointwise")

    x = bottom
    for stride, skip, width in zip(STRIDES, skips, widths, strict=True):
        name = f"decoder_{stride}"
        # The reduction comes before the upsampling: a quarter of the work for the same result.
        x = pointwise(x, width, f"{name}_reduce")
        x = layers.UpSampling2D(2, interpolation="bilinear", name=f"{name}_up")(x)
        skip = pointwise(skip, width // 2, f"{name}_skip")
        x = layers.Concatenate(name=f"{name}_concat")([x, skip])
        x = separable(x, width, f"{name}_mix")
    # float32 whatever the policy: colour differences are smaller than bfloat16's steps.
    return layers.Conv2D(2, 1, dtype="float32", name="ab")(x)

"""The way up of the pix2pix generators, to half the resolution of the input.

Bilinear upsampling, concatenation with skips reduced by 1x1 convolutions, separable convolutions
with ReLU6, a linear 1x1 head (design of pix2pix, Isola et al. 2017, without its transposed
convolutions, which quantize badly and draw checkerboards). Every layer is one that XNNPACK and the
GPU delegates take: no dense, no squeeze-excite, no tanh.
"""

from collections.abc import Sequence
from types import ModuleType
from typing import Any

# Of the skips, and of the decoder's steps, from the bottom of the U up.
STRIDES = (16, 8, 4, 2)


def decoded(keras: ModuleType, bottom: Any, skips: Sequence[Any], widths: Sequence[int]) -> Any:
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

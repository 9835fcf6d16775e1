"""The discriminator of pix2pix: says of every 70x70 patch whether its colours are true.

Isola et al. 2017, "Image-to-Image Translation with Conditional Adversarial Networks", section
3.2.2 and appendix 6.1.2: C64-C128-C256-C512, then one channel.
"""

from types import ModuleType
from typing import Any


def build_patch_discriminator(keras: ModuleType, *, input_size: int, width: int = 64) -> Any:
    """Build the 70x70 discriminator, which works at the resolution of ab.

    The receptive field, from an output backwards: r becomes (r - 1) * stride + 4 at each 4x4
    convolution. Strides 1, 1, 2, 2, 2 give 4, 7, 16, 34, 70 pixels of its input.

    Args:
        keras: the Keras namespace to build with, `keras` (3) or `tf_keras`.
        input_size: s, the side of ab, a multiple of 8 from 24 on, in pixels.
        width: channels of the first convolution.
    Returns:
        A model: [`lightness` float32 [N, s, s, 1] (-1..1, pooled to ab's resolution by the
        caller), `ab` float32 [N, s, s, 2] (a*, b* / 110)] to `logits` float32
        [N, s/8 - 2, s/8 - 2, 1], above 0 for true.
    """
    layers = keras.layers

    def convolve(x: Any, channels: int, stride: int, name: str, **options: Any) -> Any:
        # One pixel on every side, as in the original: "same" would pad the unstrided 4x4
        # convolutions unevenly.
        x = layers.ZeroPadding2D(1, name=f"{name}_pad")(x)
        normal = keras.initializers.RandomNormal(stddev=0.02)
        return layers.Conv2D(
            channels, 4, strides=stride, kernel_initializer=normal, name=name, **options
        )(x)

    lightness = layers.Input((input_size, input_size, 1), name="lightness")
    ab = layers.Input((input_size, input_size, 2), name="ab")
    x = layers.Concatenate(name="lightness_and_ab")([lightness, ab])
    for number, stride in enumerate((2, 2, 2, 1)):
        name = f"conv{number + 1}"
        # A bias before batch normalization would be subtracted again.
        x = convolve(x, width * 2**number, stride, name, use_bias=number == 0)
        if number:
            x = layers.BatchNormalization(epsilon=1e-5, name=f"{name}_BN")(x)
        x = layers.LeakyReLU(0.2, name=f"{name}_relu")(x)
    logits = convolve(x, 1, 1, "logits", dtype="float32")
    return keras.Model([lightness, ab], logits, name="patch_discriminator")

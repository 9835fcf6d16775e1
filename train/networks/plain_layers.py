"""The encoder and decoder of Deep Koalarization (Baldassarre et al. 2017, table 1)."""

from types import ModuleType
from typing import Any

# (channels, stride) of each 3x3 convolution, down to an eighth of the input's resolution.
ENCODER = ((64, 2), (128, 1), (128, 2), (256, 1), (256, 2), (512, 1), (512, 1), (256, 1))


def _convolved(keras: ModuleType, x: Any, width: float, name: str, stride: int = 1) -> Any:
    """A 3x3 convolution with ReLU; `name` is the convolution's."""
    # He initialization: without batch normalization, Keras's default would halve the variance at
    # every ReLU and leave next to nothing after a dozen (He et al. 2015, section 2.2).
    x = keras.layers.Conv2D(
        round(width), 3, strides=stride, padding="same", kernel_initializer="he_normal", name=name
    )(x)
    return keras.layers.ReLU(name=f"{name}_relu")(x)


def encoded(keras: ModuleType, lightness: Any, width: float = 1.0) -> Any:
    """[N, S, S, 1] to [N, S/8, S/8, 256 * width]; `width` multiplies every layer's channels."""
    x = lightness
    for number, (channels, stride) in enumerate(ENCODER, start=1):
        x = _convolved(keras, x, channels * width, f"encoder_{number}", stride)
    return x


def decoded(keras: ModuleType, x: Any, width: float = 1.0) -> Any:
    """[N, S/8, S/8, C] to `ab`, float32 [N, S/2, S/2, 2] within -1..1.

    The paper's last upsampling is left to whoever uses the network: half-resolution ab loses
    nothing that the eye sees.
    """
    layers = keras.layers
    x = _convolved(keras, x, 128 * width, "decoder_8")
    x = layers.UpSampling2D(2, interpolation="bilinear", name="decoder_4_up")(x)
    x = _convolved(keras, x, 64 * width, "decoder_4")
    x = layers.UpSampling2D(2, interpolation="bilinear", name="decoder_2_up")(x)
    x = _convolved(keras, x, 32 * width, "decoder_2")
    # float32 whatever the policy: colour differences are smaller than bfloat16's steps.
    return layers.Conv2D(2, 3, padding="same", activation="tanh", dtype="float32", name="ab")(x)

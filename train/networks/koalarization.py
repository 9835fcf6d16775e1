"""Deep Koalarization, a plain network that is told what the whole picture shows, and its baseline.

Baldassarre, Gonzalez Morin and Rodes-Guirao 2017, table 1 and section 2.2: a feature vector of
Inception-ResNetV2 (Szegedy et al. 2017) is set beside the encoder's features at every position,
and a 1x1 convolution mixes the two. We take the 1536 pooled features, not the 1000 scores of
ImageNet's classes which are computed from them.

The baseline is the same without the Inception branch, at half of its widths: 1.5 M parameters
instead of 6.2 M, for a baseline of the size of the networks it is compared with.
"""

from types import ModuleType
from typing import Any

INCEPTION = "inception_resnet_v2"  # what Keras and tf_keras call the whole feature extractor

# (channels, stride) of each 3x3 convolution, down to an eighth of the input's resolution.
ENCODER = ((64, 2), (128, 1), (128, 2), (256, 1), (256, 2), (512, 1), (512, 1), (256, 1))

_BASELINE_WIDTH = 0.5


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
    features = _encoded(keras, lightness, _BASELINE_WIDTH)
    ab = _decoded(keras, features, _BASELINE_WIDTH)
    return keras.Model(lightness, ab, name="baseline_cnn")


def build_inception_fusion(keras: ModuleType, *, input_size: int) -> Any:
    """Build the network with Inception-ResNetV2, whose weights are random and are not trained.

    Args:
        keras: as of `build_baseline_cnn`.
        input_size: S, a multiple of 8 from 80 on, in pixels.
    Returns:
        A model as of `build_baseline_cnn`.
    """
    layers = keras.layers
    lightness = layers.Input((input_size, input_size, 1), name="lightness")

    # It expects RGB within -1..1: the lightness has that range and nearly the same tone curve.
    inception = keras.applications.InceptionResNetV2(
        include_top=False, weights=None, input_shape=(input_size, input_size, 3), pooling="avg"
    )
    inception.trainable = False
    grey_as_rgb = layers.Concatenate(name="grey_as_rgb")([lightness, lightness, lightness])
    vector = layers.Reshape((1, 1, -1), name="inception_vector")(inception(grey_as_rgb))

    # The paper repeats the vector over all positions and convolves [features, vector] by 1x1. A
    # 1x1 convolution of two things side by side is the sum of one of each; that of the vector is
    # the same everywhere, so that it is done once and added: no TILE operator, which delegates
    # do not take, and 1 / (S/8)^2 of the work.
    features = layers.Conv2D(256, 1, kernel_initializer="he_normal", name="fusion_features")(
        _encoded(keras, lightness)
    )
    vector = layers.Conv2D(
        256, 1, use_bias=False, kernel_initializer="he_normal", name="fusion_vector"
    )(vector)
    fused = layers.Add(name="fusion")([features, vector])
    fused = layers.ReLU(name="fusion_relu")(fused)
    return keras.Model(lightness, _decoded(keras, fused), name="inception_fusion")


def _convolved(keras: ModuleType, x: Any, width: float, name: str, stride: int = 1) -> Any:
    """A 3x3 convolution with ReLU; `name` is the convolution's."""
    # He initialization: without batch normalization, Keras's default would halve the variance at
    # every ReLU and leave next to nothing after a dozen (He et al. 2015, section 2.2).
    x = keras.layers.Conv2D(
        round(width), 3, strides=stride, padding="same", kernel_initializer="he_normal", name=name
    )(x)
    return keras.layers.ReLU(name=f"{name}_relu")(x)


def _encoded(keras: ModuleType, lightness: Any, width: float = 1.0) -> Any:
    """[N, S, S, 1] to [N, S/8, S/8, 256 * width]; `width` multiplies every layer's channels."""
    x = lightness
    for number, (channels, stride) in enumerate(ENCODER, start=1):
        x = _convolved(keras, x, channels * width, f"encoder_{number}", stride)
    return x


def _decoded(keras: ModuleType, x: Any, width: float = 1.0) -> Any:
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

"""Deep Koalarization: a plain network that is told what the whole picture shows.

Baldassarre, Gonzalez Morin and Rodes-Guirao 2017, table 1 and section 2.2: a feature vector of
Inception-ResNetV2 (Szegedy et al. 2017) is set beside the encoder's features at every position,
and a 1x1 convolution mixes the two. We take the 1536 pooled features, not the 1000 scores of
ImageNet's classes which are computed from them.
"""

from types import ModuleType
from typing import Any

from train.networks.plain_layers import decoded, encoded

INCEPTION = "inception_resnet_v2"  # what Keras and tf_keras call the whole feature extractor


def build_inception_fusion(keras: ModuleType, *, input_size: int) -> Any:
    """Build the network with Inception-ResNetV2, whose weights are random and are not trained.

    Args:
        keras: the Keras namespace to build with, `keras` (3) or `tf_keras`.
        input_size: S, a multiple of 8 from 80 on, in pixels.
    Returns:
        A model: `lightness` float32 [N, S, S, 1] (-1..1) to `ab` float32 [N, S/2, S/2, 2]
        (a*, b* / 110), within -1..1.
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
        encoded(keras, lightness)
    )
    vector = layers.Conv2D(
        256, 1, use_bias=False, kernel_initializer="he_normal", name="fusion_vector"
    )(vector)
    fused = layers.Add(name="fusion")([features, vector])
    fused = layers.ReLU(name="fusion_relu")(fused)
    return keras.Model(lightness, decoded(keras, fused), name="inception_fusion")

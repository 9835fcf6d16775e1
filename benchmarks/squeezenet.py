"""SqueezeNet 1.1 without its classifier, after Iandola et al. 2016, for its features."""

from pathlib import Path
from typing import Any

from train.networks import load_weights

# Of the channels B, G and R of ImageNet: the network was trained on pictures less these.
MEAN_BGR = (103.939, 116.779, 123.68)

# Channels of fire2 to fire9: squeeze, and each of its two expansions.
_FIRES = ((16, 64), (16, 64), (32, 128), (32, 128), (48, 192), (48, 192), (64, 256), (64, 256))
_POOL_BEFORE = (0, 2, 4)  # of these fires


def _fire(keras: Any, x: Any, squeeze: int, expand: int) -> Any:
    layers = keras.layers
    x = layers.Conv2D(squeeze, 1, activation="relu")(x)
    one = layers.Conv2D(expand, 1, activation="relu")(x)
    three = layers.Conv2D(expand, 3, activation="relu", padding="same")(x)
    return layers.Concatenate()([one, three])


def load_squeezenet(keras: Any, weights: Path, side: int) -> Any:
    """Build SqueezeNet 1.1, filled with weights trained on ImageNet.

    Args:
        keras: the Keras namespace.
        weights: a `.weights.h5` of the network without its classifier.
        side: of the square input, in pixels.
    Returns:
        A model from float32 [N, side, side, 3], BGR in 0..255 less `MEAN_BGR`, to the seven feature
        maps that LPIPS takes: conv1, fire3, fire5, fire6, fire7, fire8, fire9.
    Raises:
        WeightsError: the file is missing, damaged, or of another network.
    """
    layers = keras.layers
    image = keras.Input((side, side, 3))
    x = layers.Conv2D(64, 3, strides=2, activation="relu")(image)
    taps = [x]
    for number, (squeeze, expand) in enumerate(_FIRES):
        if number in _POOL_BEFORE:
            x = layers.MaxPooling2D(3, strides=2)(x)
        x = _fire(keras, x, squeeze, expand)
        if number in (1, 3, 4, 5, 6, 7):
            taps.append(x)
    load_weights(keras.Model(image, x), weights)
    return keras.Model(image, taps)

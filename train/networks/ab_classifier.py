"""The classification network: for every position, how likely each of 313 colours is.

Zhang, Isola and Efros 2016, "Colorful Image Colorization", sections 2.1 and 2.3 and the table of
layers in the appendix; bilinear upsampling stands for their transposed convolution. It is trained
with `train.fit.classification_loss`, and gives one colour by `with_annealed_mean`.
"""

from types import ModuleType
from typing import Any

import numpy as np

from edge_runtime.model.contract import AB_SCALE
from train.networks.ab_bins import AB_BINS

# Of the annealed mean, T in (0, 1]: 1 gives the mean of the distribution, towards 0 its mode.
_TEMPERATURE = 0.38

# Factor of every kernel's sum of squares, added to the loss. Zhang's weight decay of 1e-3 is, as
# Caffe defines it, a factor of 5e-4: its gradient is 1e-3 times the weight.
_L2 = 5e-4

# (name, channels, convolutions, stride of the last convolution, dilation). Batch normalization
# ends each block.
_ENCODER = (
    ("conv1", 64, 2, 2, 1),
    ("conv2", 128, 2, 2, 1),
    ("conv3", 256, 3, 2, 1),
    ("conv4", 512, 3, 1, 1),
    ("conv5", 512, 3, 1, 2),
    ("conv6", 512, 3, 1, 2),
    ("conv7", 256, 3, 1, 1),
)


def build_ab_classifier(keras: ModuleType, *, input_size: int) -> Any:
    """Build the classifier.

    Args:
        keras: the Keras namespace to build with, `keras` (3) or `tf_keras`.
        input_size: S, a multiple of 8, in pixels.
    Returns:
        A model: `lightness` float32 [N, S, S, 1] (-1..1) to `logits` float32
        [N, S/4, S/4, 313], one for each of `train.networks.ab_bins.AB_BINS`.
    """
    layers = keras.layers

    def block(x: Any, name: str, width: int, depth: int, stride: int, dilation: int) -> Any:
        for number in range(1, depth + 1):
            x = layers.Conv2D(
                width,
                3,
                strides=stride if number == depth else 1,
                dilation_rate=dilation,
                padding="same",
                kernel_initializer="he_normal",
                kernel_regularizer=keras.regularizers.L2(_L2),
                name=f"{name}_{number}",
            )(x)
            x = layers.ReLU(name=f"{name}_{number}_relu")(x)
        return layers.BatchNormalization(epsilon=1e-3, name=f"{name}_BN")(x)

    lightness = layers.Input((input_size, input_size, 1), name="lightness")
    x = lightness
    for name, *shape in _ENCODER:
        x = block(x, name, *shape)
    x = layers.UpSampling2D(2, interpolation="bilinear", name="conv8_up")(x)
    x = block(x, "conv8", 128, 3, 1, 1)
    # float32 whatever the policy: a softmax over 313 needs the digits.
    logits = layers.Conv2D(
        len(AB_BINS),
        1,
        kernel_regularizer=keras.regularizers.L2(_L2),
        dtype="float32",
        name="logits",
    )(x)
    return keras.Model(lightness, logits, name="ab_classifier")


def with_annealed_mean(keras: ModuleType, classifier: Any) -> Any:
    """Put the annealed mean (Zhang et al. 2016, equation 5) behind a classifier, in the graph.

    softmax(logits / T), then a fixed 1x1 convolution whose kernel holds the colours of the bins.
    The division is a Rescaling layer: one multiplication by a constant, which in an int8 file
    only renames the scale (the integers stay), and which leaves the classifier's weights alone, so
    that both models share them. Folding 1/T into the last kernel would not.

    Args:
        keras: the Keras namespace that `classifier` was built with.
        classifier: of `build_ab_classifier`; its layers and weights are shared, not copied.
    Returns:
        A model: `lightness` float32 [N, S, S, 1] to `ab` float32 [N, S/4, S/4, 2] (a*, b* / 110).
    """
    layers = keras.layers
    # float32 whatever the policy, as the logits are.
    x = layers.Rescaling(1 / _TEMPERATURE, dtype="float32", name="anneal")(classifier.output)
    x = layers.Softmax(dtype="float32", name="probabilities")(x)
    mean = layers.Conv2D(2, 1, use_bias=False, trainable=False, dtype="float32", name="ab")
    model = keras.Model(classifier.input, mean(x), name=f"{classifier.name}_annealed_mean")
    mean.set_weights([(AB_BINS / np.float32(AB_SCALE))[None, None]])
    return model

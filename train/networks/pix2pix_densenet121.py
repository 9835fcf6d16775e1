"""The generator of pix2pix on DenseNet121 (Huang et al. 2017), to see what size buys."""

from types import ModuleType
from typing import Any

from train.networks.unet_decoder import decoded

# Channels of the decoder at each of its strides.
_WIDTHS = (256, 128, 64, 32)

# After a dense block's batch normalization and ReLU, before the transition halves channels and
# resolution. Keras 3 and tf_keras name the last one differently.
_SKIPS = ("pool4_relu", "pool3_relu", "pool2_relu")
_FIRST = ("conv1_relu", "conv1/relu")


def build_generator_densenet121(keras: ModuleType, *, input_size: int) -> Any:
    """Build the generator; arguments and result as of `pix2pix_mobilenetv2.build_generator`."""
    encoder = keras.applications.DenseNet121(
        input_shape=(input_size, input_size, 1), include_top=False, weights=None
    )
    (first,) = (layer.output for layer in encoder.layers if layer.name in _FIRST)
    skips = [*(encoder.get_layer(name).output for name in _SKIPS), first]
    ab = decoded(keras, encoder.output, skips, _WIDTHS)
    return keras.Model(encoder.input, ab, name="pix2pix_densenet121")

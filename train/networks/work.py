"""How much work a network is: its multiply-accumulates for one picture."""

import math
from typing import Any


def multiply_accumulates(model: Any) -> int:
    """Multiply-accumulates (MACs) of a network for one picture.

    Each weight of a convolution (plain or depthwise) or of a dense layer is multiplied once at each
    position of the output. Padding counts like picture. Biases, activations, additions, scaling of
    pictures and normalization (which becomes part of a convolution on export) are left out, as is
    usual.

    Args:
        model: a functional Keras 3 model, channels last, of a fixed input size. A layer that it
            uses several times counts as often.
    Returns:
        MACs; divide by 1e9 for GMAC.
    Raises:
        ValueError: the input size is open, or a layer has weights that this count knows nothing of.
    """
    import keras

    counted = keras.layers.Conv2D | keras.layers.DepthwiseConv2D | keras.layers.Dense
    # A layer's `output` is that of its first use, in whatever model that was. The uses in this one
    # are the nodes of its graph, which Keras has no public name for.
    total = 0
    for node in (node for nodes in model._nodes_by_depth.values() for node in nodes):
        layer = node.operation
        if isinstance(layer, keras.Model):  # a model within the model
            total += multiply_accumulates(layer)
        elif isinstance(layer, counted):
            inner = node.output_tensors[0].shape[1:-1]
            if None in inner:
                raise ValueError(f"the input size is open: {layer.name} works on {inner}")
            total += math.prod(inner) * math.prod(layer.kernel.shape)
        # What is no layer, as an addition or a change of shape, has no weights.
        elif getattr(layer, "weights", None) and not isinstance(
            layer, keras.layers.BatchNormalization
        ):
            kind = type(layer).__name__
            raise ValueError(f"cannot count the work of {layer.name}, of the kind {kind}")
    return total

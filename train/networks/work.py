"""How much work a network is: its multiply-accumulates for one picture, and its parameters."""

import math
from typing import Any

# Layers whose weights scale or shift values one by one. A batch normalization becomes part of the
# convolution before it on export; the others weigh next to nothing.
_ELEMENTWISE = ("BatchNormalization", "LayerNormalization", "GroupNormalization", "PReLU")


def multiply_accumulates(model: Any) -> int:
    """Multiply-accumulates (MACs) of a network for one picture.

    Each weight of a convolution (plain, grouped, depthwise, separable, transposed) or of a dense
    layer is multiplied once at each position: of the output, or of the input where a transposed
    convolution spreads it. Padding counts like picture. Biases, activations, additions, scaling of
    pictures and normalization are left out, as is usual.

    Args:
        model: a functional Keras 3 model, channels last, of a fixed input size. A layer that it
            uses several times counts as often.
    Returns:
        MACs; divide by 1e9 for GMAC.
    Raises:
        ValueError: the model is not functional, its input size is open, or a layer has weights
            that this count knows nothing of.
    """
    # A layer's `output` is that of its first use, in whatever model that was. The uses in this one
    # are the nodes of its graph, which Keras has no public name for.
    by_depth = getattr(model, "_nodes_by_depth", None)
    if by_depth is None:
        raise ValueError(f"cannot count the work of {model.name}: it is not a functional model")
    return sum(_macs_of_use(node) for nodes in by_depth.values() for node in nodes)


def parameters(model: Any) -> int:
    """All weights of a Keras model, the statistics of batch normalization among them."""
    return model.count_params()


def _macs_of_use(node: Any) -> int:
    import keras

    layers, layer = keras.layers, node.operation
    if isinstance(layer, keras.Model):
        return multiply_accumulates(layer)
    # What is no layer, as an addition or a change of shape, has no weights.
    if not getattr(layer, "weights", None) or type(layer).__name__ in _ELEMENTWISE:
        return 0
    if isinstance(layer, layers.Conv1DTranspose | layers.Conv2DTranspose | layers.Conv3DTranspose):
        return _positions(layer, node.input_tensors[0]) * math.prod(layer.kernel.shape)
    positions = _positions(layer, node.output_tensors[0])
    if isinstance(layer, layers.SeparableConv1D | layers.SeparableConv2D):
        kernels = (layer.depthwise_kernel, layer.pointwise_kernel)
        return positions * sum(math.prod(kernel.shape) for kernel in kernels)
    # The kernel of a grouped or depthwise convolution holds only what each channel sees.
    convolutions = layers.Conv1D | layers.Conv2D | layers.Conv3D
    depthwise = layers.DepthwiseConv1D | layers.DepthwiseConv2D
    if isinstance(layer, convolutions | depthwise | layers.Dense):
        return positions * math.prod(layer.kernel.shape)
    raise ValueError(f"cannot count the work of {layer.name}, of the kind {type(layer).__name__}")


def _positions(layer: Any, tensor: Any) -> int:
    """Height times width of what goes into a layer or comes out."""
    inner = tensor.shape[1:-1]
    if None in inner:
        raise ValueError(f"the input size is open: {layer.name} works on {inner}")
    return math.prod(inner)

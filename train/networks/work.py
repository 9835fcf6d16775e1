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
    """
    # A layer's `output` is that of its first use, in whatever model that was. The uses in this one
    # are the nodes of its graph, which Keras has no public name for.
    total = 0
    for node in (node for nodes in model._nodes_by_depth.values() for node in nodes):
        if hasattr(node.operation, "layers"):  # a model within the model
            total += multiply_accumulates(node.operation)
        elif hasattr(node.operation, "kernel"):
            positions = math.prod(node.output_tensors[0].shape[1:-1])
            total += positions * math.prod(node.operation.kernel.shape)
    return total

"""Give the tensors of a `.tflite` short names: the converter joins those of all fused layers.

On `standard` the long names are 2 % of the int8 file. The name that stays is the last layer's, as
in `block_1_expand_relu`, so that a report can still say which layer it means.
"""

import re

from export.flatbuffer import close_model, open_model

# What Keras and the converter add to a layer's own name.
_NOISE = re.compile(r"(_\d+)?/.*$")


def short_name(name: str) -> str:
    """The layer's own name in a converted tensor's name.

    `net_1/conv_BN_1/batchnorm/mul;net_1/conv_1/convolution` gives `conv_BN`.
    """
    first = name.split(";")[0]
    parts = first.split("/", 1)
    return _NOISE.sub("", parts[1]) if len(parts) == 2 else first


def with_short_names(model: bytes) -> bytes:
    """The same network with short tensor names; its ends are called as in the contract."""
    tree = open_model(model)
    for graph in tree.subgraphs:
        ends = {graph.inputs[0]: "lightness", graph.outputs[0]: "ab"}
        taken: dict[str, int] = {}
        for index, tensor in enumerate(graph.tensors):
            name = short_name(tensor.name.decode())
            taken[name] = taken.get(name, 0) + 1
            unique = name if taken[name] == 1 else f"{name}_{taken[name]}"
            tensor.name = ends.get(index, unique)
    return close_model(tree)

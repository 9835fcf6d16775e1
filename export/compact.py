"""Shorten the tensor names of a `.tflite`: the converter joins those of all layers that it fused.

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
    """The same network with short tensor names; inputs and outputs keep theirs."""
    tree = open_model(model)
    for graph in tree.subgraphs:
        ends = {*graph.inputs.tolist(), *graph.outputs.tolist()}
        taken: dict[str, int] = {}
        for index, tensor in enumerate(graph.tensors):
            if index in ends:
                continue
            name = short_name(tensor.name.decode())
            taken[name] = taken.get(name, 0) + 1
            tensor.name = name if taken[name] == 1 else f"{name}_{taken[name]}"
    return close_model(tree)

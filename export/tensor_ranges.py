"""Write into a `.tflite` between which values its input and its output lie.

They are the flatbuffer's own `QuantizationParameters.min` and `max`: for people and tools that read
the file (`tintlite info`, Netron); no interpreter computes with them.
"""

from collections.abc import Iterable

import numpy as np
from ai_edge_litert import schema_py_generated as schema

from export.flatbuffer import close_model, open_model
from train.measure.evaluate import Network

# Of every picture, by the contract (`edge_runtime.model.contract.as_input`).
LIGHTNESS_RANGE = (-1.0, 1.0)


def ab_range(network: Network, inputs: Iterable[np.ndarray]) -> tuple[float, float]:
    """The least and the greatest value that a network gives for some inputs.

    Args:
        network: lightness float32 [S, S] to ab float32 [S', S', 2].
        inputs: of real pictures.
    Raises:
        ValueError: there are none.
    """
    results = [network(lightness) for lightness in inputs]
    if not results:
        raise ValueError("there are no pictures to measure the range of ab on")
    return min(float(ab.min()) for ab in results), max(float(ab.max()) for ab in results)


def with_ranges(model: bytes, ab: tuple[float, float]) -> bytes:
    """The same network with the ranges of its two ends; the seal, if any, is broken.

    Args:
        model: the bytes of a `.tflite`.
        ab: of `ab_range`.
    """
    tree = open_model(model)
    graph = tree.subgraphs[0]
    for index, (low, high) in ((graph.inputs[0], LIGHTNESS_RANGE), (graph.outputs[0], ab)):
        tensor = graph.tensors[index]
        if tensor.quantization is None:
            tensor.quantization = schema.QuantizationParametersT()
        tensor.quantization.min = np.array([low], np.float32)
        tensor.quantization.max = np.array([high], np.float32)
    return close_model(tree)

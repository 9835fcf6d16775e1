"""What the flatbuffer of a `.tflite` says of its inputs and outputs, read before LiteRT loads it.

The layout is that of TensorFlow Lite's `schema.fbs` (version 3): `Model.subgraphs` is field 2;
`SubGraph.tensors` 0, `inputs` 1, `outputs` 2; `Tensor.quantization` 4;
`QuantizationParameters.min` 0, `max` 1, `scale` 2, `zero_point` 3.
"""

import math
from dataclasses import dataclass

import numpy as np
from flatbuffers.table import Table

from edge_runtime.model.flatbuffer import child, element, length, numbers, root_of, whole_flatbuffer

_MODEL_SUBGRAPHS = 2
_SUBGRAPH_TENSORS = 0
_SUBGRAPH_INPUTS = 1
_SUBGRAPH_OUTPUTS = 2
_TENSOR_QUANTIZATION = 4
_MIN, _MAX, _SCALE, _ZERO_POINT = range(4)

# Ours have one of each; a hostile length does not keep us busy.
_MOST_ENDS = 100


@dataclass(frozen=True)
class TensorFacts:
    """What a file says of the values of one tensor.

    Attributes:
        range: the least and the greatest value, in float units; None where it is not told.
        scales, zero_points: of its integers, value = scale * (integer - zero point); one each
            for the whole tensor, one a channel, or none for float tensors.
    """

    range: tuple[float, float] | None
    scales: tuple[float, ...]
    zero_points: tuple[int, ...]


@whole_flatbuffer()
def tensor_facts(model: bytes) -> dict[int, TensorFacts]:
    """The facts of the first graph's inputs and outputs, by the tensor's index.

    Args:
        model: the bytes of the whole file; they may be hostile.
    Raises:
        ModelError: the bytes are not a `.tflite`, or one that is cut off or damaged.
    """
    root = root_of(model)
    if not length(root, _MODEL_SUBGRAPHS):
        return {}
    graph = element(root, _MODEL_SUBGRAPHS, 0)
    facts = {}
    for field in (_SUBGRAPH_INPUTS, _SUBGRAPH_OUTPUTS):
        for index in numbers(graph, field, "<i4")[:_MOST_ENDS].tolist():
            if not 0 <= index < length(graph, _SUBGRAPH_TENSORS):
                raise ValueError("no such tensor")
            facts[index] = _facts(element(graph, _SUBGRAPH_TENSORS, index))
    return facts


def _facts(tensor: Table) -> TensorFacts:
    quantization = child(tensor, _TENSOR_QUANTIZATION)
    if quantization is None:
        return TensorFacts(None, (), ())
    least, most = (numbers(quantization, field, "<f4") for field in (_MIN, _MAX))
    return TensorFacts(
        _range(least, most),
        tuple(numbers(quantization, _SCALE, "<f4").tolist()),
        tuple(numbers(quantization, _ZERO_POINT, "<i8").tolist()),
    )


def _range(least: np.ndarray, most: np.ndarray) -> tuple[float, float] | None:
    """One range of the whole tensor, if that is what the file holds."""
    if len(least) != 1 or len(most) != 1:
        return None
    low, high = float(least[0]), float(most[0])
    return (low, high) if math.isfinite(low) and math.isfinite(high) and low <= high else None

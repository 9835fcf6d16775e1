"""Integer inputs and outputs: lightness to int8 and int8 to ab, by the scales in the model file."""

import math
from dataclasses import dataclass

import numpy as np

from edge_runtime.errors import ModelError
from edge_runtime.model.tensor_facts import TensorFacts


@dataclass(frozen=True)
class IntegerCoding:
    """value = scale * (integer - zero point), of one int8 tensor as a whole.

    Formula: "LiteRT 8-bit quantization specification", per-tensor activations.
    """

    scale: float
    zero_point: int

    def encode(self, values: np.ndarray) -> np.ndarray:
        """The nearest integers. Any shape, float32; returns int8, what lies outside is clipped."""
        integers = np.rint(values / np.float32(self.scale)) + self.zero_point
        return np.clip(integers, -128, 127).astype(np.int8)

    def decode(self, integers: np.ndarray) -> np.ndarray:
        """The values of integers. Any shape, int8; returns float32."""
        return (integers.astype(np.float32) - self.zero_point) * np.float32(self.scale)


def integer_coding(facts: TensorFacts, role: str) -> IntegerCoding:
    """The coding of a tensor that the network is fed with or gives.

    Args:
        facts: of that tensor.
        role: `input` or `output`, for the error.
    Raises:
        ModelError: not one scale and one zero point, or such as no tensor has.
    """
    if len(facts.scales) != 1 or len(facts.zero_points) != 1:
        raise ModelError(f"its {role} has not one scale and one zero point")
    scale, zero_point = facts.scales[0], facts.zero_points[0]
    if not (math.isfinite(scale) and scale > 0):
        raise ModelError(f"its {role} has a scale of {scale:g}")
    if not -128 <= zero_point <= 127:
        raise ModelError(f"its {role} has a zero point of {zero_point}, outside int8")
    return IntegerCoding(scale, zero_point)

"""Fake quantization as int8 files do it: what a value is after eight bits, still in float32."""

from typing import Any

import tensorflow as tf
import tensorflow_model_optimization as tfmot

from export.qat.learned_range import LearnedRange

Quantizer = tfmot.quantization.keras.quantizers.Quantizer


class InRange(Quantizer):
    """256 steps over a range that is learned, and may be other tensors' as well."""

    def __init__(self, learned: LearnedRange) -> None:
        self.range = learned

    def build(self, tensor_shape: Any, name: str, layer: Any) -> dict[str, Any]:
        return {}

    def __call__(self, inputs: Any, training: Any, weights: Any, **kwargs: Any) -> Any:
        return self.range.rounded(inputs)

    def get_config(self) -> dict[str, Any]:
        raise NotImplementedError("a shared range cannot be told in a layer's config")


class EachChannel(Quantizer):
    """255 steps for each output channel of a kernel, symmetric about 0, up to its largest weight.

    A scale for each channel makes it the same before and after BatchNorm is folded in: folding
    multiplies each channel by a number.

    Args:
        axis: of the output channels in the kernel.
    """

    def __init__(self, axis: int) -> None:
        self.axis = axis

    def build(self, tensor_shape: Any, name: str, layer: Any) -> dict[str, Any]:
        return {}

    def __call__(self, inputs: Any, training: Any, weights: Any, **kwargs: Any) -> Any:
        rank = inputs.shape.rank
        order = [a for a in range(rank) if a != self.axis] + [self.axis]
        moved = tf.transpose(inputs, order)
        largest = tf.reduce_max(tf.abs(tf.stop_gradient(moved)), axis=list(range(rank - 1)))
        largest = tf.maximum(largest, 1e-8)  # a channel of zeros
        rounded = tf.quantization.fake_quant_with_min_max_vars_per_channel(
            moved, -largest, largest, narrow_range=True
        )
        return tf.transpose(rounded, [order.index(a) for a in range(rank)])

    def get_config(self) -> dict[str, int]:
        return {"axis": self.axis}

"""Which layer of a network is rounded to eight bits, and how: as the file's quantizer does it.

The scheme that tensorflow-model-optimization brings does not know a ReLU6 of its own behind a
BatchNorm, rounds the linear head, gives depthwise kernels one range for all channels, and follows
the largest values with its ranges. Here each layer gets what `int8_ptq` gives it (see
`export.quantize.STAYS_FLOAT`), and the library does the rest: wrapping the layers, rounding in the
forward pass, straight-through gradients.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import tensorflow as tf
import tensorflow_model_optimization as tfmot

from export.qat.learned_range import LearnedRange

# The kernel of each kind of layer, and the axis of its output channels.
_KERNELS = {"Conv2D": ("kernel", 3), "DepthwiseConv2D": ("depthwise_kernel", 2)}

# Kinds whose output the file holds in eight bits, unless the next kind is fused into them.
_ROUNDED = {*_KERNELS, "BatchNormalization", "ReLU", "Add", "Concatenate", "UpSampling2D"}
_FUSED = {"BatchNormalization", "ReLU"}

# Kinds that copy values or mix neighbours: the file gives both ends the same scale.
_SAME_SCALE = {"Concatenate", "UpSampling2D"}

_keras = tfmot.quantization.keras

# Pictures that ranges are measured on at once.
_BATCH = 20


class InRange(_keras.quantizers.Quantizer):
    """256 steps over a range that is learned, and may be other tensors' as well."""

    def __init__(self, learned: LearnedRange) -> None:
        self.range = learned

    def build(self, tensor_shape: Any, name: str, layer: Any) -> dict[str, Any]:
        return {}

    def __call__(self, inputs: Any, training: Any, weights: Any, **kwargs: Any) -> Any:
        return self.range.rounded(inputs)

    def get_config(self) -> dict[str, Any]:
        raise NotImplementedError("a shared range cannot be told in a layer's config")


class EachChannel(_keras.quantizers.Quantizer):
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


class Rounded(_keras.QuantizeConfig):
    """How one layer is rounded.

    Args:
        kernel: the name of the layer's kernel, if it is rounded.
        axis: of the kernel's output channels.
        output: the range of the layer's output, if it is rounded.
    """

    def __init__(self, kernel: str | None, axis: int, output: LearnedRange | None) -> None:
        self.kernel, self.axis, self.output = kernel, axis, output

    def get_weights_and_quantizers(self, layer: Any) -> list[tuple[Any, EachChannel]]:
        return [(getattr(layer, self.kernel), EachChannel(self.axis))] if self.kernel else []

    def get_activations_and_quantizers(self, layer: Any) -> list[Any]:
        return []

    def set_quantize_weights(self, layer: Any, quantize_weights: list[Any]) -> None:
        if self.kernel:
            setattr(layer, self.kernel, quantize_weights[0])

    def set_quantize_activations(self, layer: Any, quantize_activations: list[Any]) -> None:
        pass

    def get_output_quantizers(self, layer: Any) -> list[InRange]:
        return [] if self.output is None else [InRange(self.output)]

    def get_config(self) -> dict[str, Any]:
        raise NotImplementedError("a shared range cannot be told in a layer's config")


@dataclass(frozen=True)
class RoundedTwin:
    """A copy of a twin that computes as its int8 file will.

    Attributes:
        model: a tf_keras model from lightness to ab. Call it with `training=False` in training too:
            BatchNorm then keeps its statistics, by which the file folds it.
        ranges: by the name of the layer whose output is rounded; some layers share theirs.
        float_twin: the twin that it was made from.
    """

    model: Any
    ranges: dict[str, LearnedRange]
    float_twin: Any

    def variables(self) -> list[Any]:
        """What is trained: kernels, biases, BatchNorm's factors and offsets, and ranges."""
        moved = [each.variable for each in self._unique_ranges()]
        return [*self.model.trainable_variables, *moved]

    def starts(self) -> list[Any]:
        """Where the ranges started from: what is not trained, and yet not to be measured anew."""
        return [each.start for each in self._unique_ranges()]

    def _unique_ranges(self) -> list[LearnedRange]:
        return list({id(each): each for each in self.ranges.values()}.values())

    def weights(self) -> list[np.ndarray]:
        """All weights of the network, as `set_weights` of the Keras model takes them."""
        own = {each.name.removeprefix("quant_"): each for each in self.model.layers}
        trained = {
            id(old): new
            for layer in self.float_twin.layers
            for old, new in zip(
                layer.trainable_weights, own[layer.name].trainable_weights, strict=True
            )
        }
        return [trained.get(id(each), each).numpy() for each in self.float_twin.weights]


def rounded_twin(
    twin: Any, float_layers: Sequence[str], inputs: Sequence[np.ndarray]
) -> RoundedTwin:
    """Round a twin as its file will be.

    Args:
        twin: a tf_keras model from lightness to ab (see `export.qat.twin`).
        float_layers: names of layers whose kernel and output stay float.
        inputs: lightness float32 [S, S] each, to measure the ranges on that training starts from.
    """
    import tf_keras

    held = [name for name in _held_tensors(twin) if name not in float_layers]
    measured = measure_ranges(twin, held, inputs)
    ranges = {}
    for group in _groups(twin, held):
        low = min(measured[name][0] for name in group)
        high = max(measured[name][1] for name in group)
        ranges |= dict.fromkeys(group, LearnedRange(low, high))

    def wrap(layer: Any) -> Any:
        copy = type(layer).from_config(layer.get_config())
        kernel, axis = _KERNELS.get(type(layer).__name__, (None, 3))
        if layer.name in float_layers:
            kernel = None
        output = ranges.get(layer.name)
        if kernel is None and output is None:
            return copy
        return _keras.QuantizeWrapperV2(copy, Rounded(kernel, axis, output), name_prefix="quant_")

    model = tf_keras.models.clone_model(twin, clone_function=wrap)
    copies = {each.name.removeprefix("quant_"): each for each in model.layers}
    for layer in twin.layers:
        copy = copies[layer.name]
        for new, old in zip(copy.trainable_weights, layer.trainable_weights, strict=True):
            new.assign(old)
        for new, old in zip(
            (v for v in copy.non_trainable_weights if "optimizer_step" not in v.name),
            layer.non_trainable_weights,
            strict=True,
        ):
            new.assign(old)
    return RoundedTwin(model, ranges, twin)


def measure_ranges(
    model: Any, layers: Sequence[str], inputs: Sequence[np.ndarray]
) -> dict[str, tuple[float, float]]:
    """Measure the outputs of layers.

    Args:
        model: a tf_keras model from lightness to ab.
        layers: names.
        inputs: lightness float32 [S, S] each.
    Returns:
        By name: the least and the greatest value on all pictures; 0 lies within. (The running means
        that ai-edge-quantizer takes cut strong colours off: training from them began at twice the
        error on `standard`.)
    """
    import tf_keras

    probe = tf_keras.Model(model.input, [model.get_layer(name).output for name in layers])
    low = np.zeros(len(layers))
    high = np.zeros(len(layers))
    for start in range(0, len(inputs), _BATCH):
        batch = np.stack(inputs[start : start + _BATCH])[..., None]
        outputs = probe(batch, training=False)  # of one layer no list, but the tensor itself
        values = [np.asarray(each) for each in (outputs if len(layers) > 1 else [outputs])]
        low = np.minimum(low, [each.min() for each in values])
        high = np.maximum(high, [each.max() for each in values])
    return {name: (float(a), float(b)) for name, a, b in zip(layers, low, high, strict=True)}


def _inputs_of(model: Any) -> dict[str, list[str]]:
    """By a layer's name, those of the layers that it gets its inputs from."""
    return {
        layer["name"]: [name for node in layer["inbound_nodes"] for name, *_ in node]
        for layer in model.get_config()["layers"]
    }


def _held_tensors(model: Any) -> list[str]:
    """Layers whose output the file holds: the last of those that are fused into one operator."""
    kinds = {layer.name: type(layer).__name__ for layer in model.layers}
    followers: dict[str, list[str]] = {name: [] for name in kinds}
    for name, sources in _inputs_of(model).items():
        for source in sources:
            followers[source].append(kinds[name])
    held = []
    for name, kind in kinds.items():
        fusible = kind in {*_KERNELS, "BatchNormalization"} and len(followers[name]) == 1
        if kind in _ROUNDED and not (fusible and followers[name][0] in _FUSED):
            held.append(name)
    return held


def _groups(model: Any, held: Sequence[str]) -> list[list[str]]:
    """The held tensors, those together that share a scale in the file.

    A tensor that others use as well keeps its own: the file then holds it twice.
    """
    kinds = {layer.name: type(layer).__name__ for layer in model.layers}
    inputs = _inputs_of(model)
    uses = [source for sources in inputs.values() for source in sources]
    group_of = {name: [name] for name in held}
    for name in held:
        if kinds[name] in _SAME_SCALE:
            for source in inputs[name]:
                if source in group_of and uses.count(source) == 1:
                    joined = group_of[name]
                    if group_of[source] is not joined:
                        joined += group_of[source]
                    for member in joined:
                        group_of[member] = joined
    unique = {id(group): group for group in group_of.values()}
    return list(unique.values())

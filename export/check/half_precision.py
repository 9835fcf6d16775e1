"""The network in half precision, as GPUs compute it: the same colours, and no overflow."""

from collections.abc import Mapping
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from edge_runtime.engine.choose_engine import MAX_DISTANCE, MAX_RELATIVE_DISTANCE
from edge_runtime.model.contract import AB_SCALE
from export.check.result import Result

MAX_HALF = float(np.finfo(np.float16).max)
# Other pictures than the tried ones may drive a layer further: so much is kept in reserve.
_RESERVE = 4.0
MAX_PEAK = MAX_HALF / _RESERVE

# Weights are kept in float32 and rounded where they are used.
_POLICY = "mixed_float16"


class _Peak(keras.layers.Layer):
    """Hands on what a layer made, and keeps its largest absolute value on each picture."""

    def __init__(self, layer: str) -> None:
        super().__init__(dtype=_POLICY)
        self.layer, self.found = layer, None

    def compute_output_spec(self, x: Any) -> Any:
        return keras.KerasTensor(x.shape, x.dtype)

    def call(self, x: Any) -> Any:
        sizes = tf.where(tf.math.is_finite(x), tf.abs(x), np.inf)
        self.found = tf.reduce_max(sizes, range(1, len(x.shape)))
        return x


def half_network(model: Any) -> tuple[Any, list[_Peak]]:
    """Build a Keras model once more under a float16 policy, also layers that ask for float32.

    BatchNorm is folded into the convolution before it, as in a file: between the two nothing is
    rounded, and no value is there that could overflow.

    Args:
        model: with a graph of layers, and of models inside it.
    Returns:
        the copy, with the model's weights; and what sees the peaks of its layers, before their
        activations, which may hide an overflow.
    """
    peaks: list[_Peak] = []
    originals: dict[Any, Any] = {}

    norms: dict[Any, Any] = {}

    def clone(layer: Any) -> Any:
        config = layer.get_config() | {"dtype": _POLICY}
        norm = _norm_after(layer)
        if norm is not None:
            norms[norm] = layer
            config["use_bias"] = True
        if "activation" in config:
            config["activation"] = "linear"
        copy = type(layer).from_config(config)
        originals[copy] = layer
        return copy

    def call(copy: Any, *inputs: Any, **options: Any) -> Any:
        if originals.get(copy) in norms:
            return inputs[0]
        peaks.append(_Peak(copy.name))
        x = peaks[-1](copy(*inputs, **options))
        activation = getattr(originals.get(copy), "activation", None)
        return x if activation is None else activation(x)

    network = keras.models.clone_model(
        model, clone_function=clone, call_function=call, recursive=True
    )
    convolutions = {layer: norm for norm, layer in norms.items()}
    for copy, layer in originals.items():
        if layer in convolutions:
            copy.set_weights(_folded(layer, convolutions[layer]))
        elif layer not in norms:
            copy.set_weights(layer.get_weights())
    return network, peaks


def _norm_after(layer: Any) -> Any | None:
    """The BatchNorm that a file holds as one with a convolution."""
    if not isinstance(layer, keras.layers.Conv2D | keras.layers.DepthwiseConv2D):
        return None
    followers = {node.operation for node in layer._outbound_nodes}
    norm = followers.pop() if len(followers) == 1 else None
    alone = isinstance(norm, keras.layers.BatchNormalization)
    return norm if alone and layer.activation is keras.activations.linear else None


def _folded(layer: Any, norm: Any) -> list[np.ndarray]:
    """A convolution's kernel and bias with the BatchNorm after it, which has learnt statistics."""
    kernel, *bias = layer.get_weights()
    mean, variance = np.asarray(norm.moving_mean), np.asarray(norm.moving_variance)
    factor = (np.asarray(norm.gamma) if norm.scale else 1) / np.sqrt(variance + norm.epsilon)
    offset = np.asarray(norm.beta) if norm.center else 0
    # Of a depthwise kernel [H, W, C, 1] the channels are the last but one side.
    depthwise = isinstance(layer, keras.layers.DepthwiseConv2D)
    factors = factor.reshape(kernel.shape[2:]) if depthwise else factor
    return [kernel * factors, offset + factor * (sum(bias) - mean)]


def check_half_precision(model: Any, inputs: Mapping[str, np.ndarray]) -> Result:
    """Compute some inputs under a float16 policy and in float32, and compare.

    The limits: on each input the root mean square over a* and b* of the difference is at most what
    the runtime allows a GPU, `edge_runtime.engine.choose_engine.MAX_DISTANCE` or the colour's share
    `MAX_RELATIVE_DISTANCE`; no layer's values, taken before its activation, reach a quarter of
    what half precision holds.

    Args:
        model: a Keras model on TensorFlow, lightness [N, S, S, 1] to ab [N, S', S', 2].
        inputs: lightness, float32 [S, S], by name.
    """
    names, batch = list(inputs), np.stack(list(inputs.values()))[..., None]
    try:
        network, seen = half_network(model)
        # Not compiled: a compiler may leave roundings out.
        ab = np.asarray(network(batch, training=False), np.float64)
    except (tf.errors.OpError, TypeError) as error:  # an operator that TensorFlow lacks in float16
        reason = str(error).splitlines()[0]
        return Result("half precision", "skipped", f"cannot be computed here: {reason}")
    exact = np.asarray(model(batch, training=False), np.float64)
    off = np.abs(ab - exact) * AB_SCALE
    distances = _root_mean_squares(off)
    allowed = np.maximum(MAX_DISTANCE, MAX_RELATIVE_DISTANCE * AB_SCALE * _root_mean_squares(exact))
    peaks = {each.layer: np.asarray(each.found, np.float64) for each in seen}
    # Of several that overflow the first: what comes after it may only hand it on.
    layer = max(peaks, key=lambda name: peaks[name].max())
    peak, where = peaks[layer].max(), names[peaks[layer].argmax()]
    figures = {
        "rms_ab": {name: _figure(each) for name, each in zip(names, distances, strict=True)},
        "max_ab": _figure(off.max()),
        "peak": _figure(peak),
        "peak_layer": layer,
        "peak_input": where,
    }
    if peak > MAX_PEAK:
        detail = f"overflow at {layer} on {where}: half precision ends at {MAX_HALF:.0f}"
        if np.isfinite(peak):
            detail = (
                f"near overflow: {layer} reaches {peak:.0f} on {where}, more than {MAX_PEAK:.0f}"
            )
        return Result("half precision", "fail", detail, figures)
    worst = (distances / allowed).argmax()
    far = not distances[worst] <= allowed[worst]  # so that what is no number is far too
    detail = (
        f"at worst {distances[worst]:.2f} units of ab off ({names[worst]};"
        f" single values {off.max():.1f}), {'more than' if far else 'limit'} {allowed[worst]:.3g};"
        f" largest value {peak:.0f} at {layer}, limit {MAX_PEAK:.0f}"
    )
    return Result("half precision", "fail" if far else "pass", detail, figures)


def _root_mean_squares(values: np.ndarray) -> np.ndarray:
    """Of each picture."""
    return np.sqrt(np.mean(np.square(values), axis=(1, 2, 3)))


def _figure(value: float) -> float | None:
    """A number that JSON holds."""
    return round(float(value), 5) if np.isfinite(value) else None

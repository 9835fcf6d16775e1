"""The operators of our networks in half precision, or in float32, one function each.

Sums of convolutions are kept in half precision too, four products at a time, as the GPU kernels add
up vectors of four channels; what else an operator computes inside is float32, and its result is
rounded. The formulas are those of TensorFlow Lite's reference kernels
(tensorflow/lite/kernels/internal/reference), which the tests compare these with.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from ai_edge_litert import schema_py_generated as schema

from export.check.half import to_half

# Of a network with more work, so many products are added up before the sum is rounded.
_BLOCK = 4
_COARSE_BLOCK = 64
_MUCH_WORK = 2e9


@dataclass(frozen=True)
class Arithmetic:
    """How numbers are kept.

    Attributes:
        half: in half precision; else in float32.
        block: how many products of a convolution are added up before the sum is rounded.
    """

    half: bool
    block: int = _BLOCK

    def keep(self, values: np.ndarray) -> np.ndarray:
        """Values as they are stored: float32 of the same shape."""
        values = np.asarray(values, np.float32)
        return to_half(values) if self.half else values


def half_arithmetic(macs: float) -> Arithmetic:
    """Half precision for a network of so many multiplications."""
    return Arithmetic(True, _BLOCK if macs <= _MUCH_WORK else _COARSE_BLOCK)


# What an operator gives before its fused activation.
Kernel = Callable[[Any, list[np.ndarray | None], Arithmetic], np.ndarray]


def _padding(size: int, kernel: int, stride: int, dilation: int, kind: int) -> tuple[int, int, int]:
    """The size after a window has passed, and the padding before and after."""
    window = (kernel - 1) * dilation + 1
    if kind == schema.Padding.VALID:
        return (size - window) // stride + 1, 0, 0
    result = -(-size // stride)
    missing = max((result - 1) * stride + window - size, 0)
    return result, missing // 2, missing - missing // 2


class _Windows:
    """What a window sees of [1, H, W, C] at each of its taps."""

    def __init__(
        self,
        x: np.ndarray,
        kernel: tuple[int, int],
        strides: tuple[int, int],
        dilations: tuple[int, int],
        padding: int,
        fill: float = 0.0,
    ) -> None:
        places = [
            _padding(x.shape[1 + axis], kernel[axis], strides[axis], dilations[axis], padding)
            for axis in (0, 1)
        ]
        around = [(0, 0), *(place[1:] for place in places), (0, 0)]
        self.height, self.width = places[0][0], places[1][0]
        self._padded = np.pad(x, around, constant_values=fill)
        self._strides, self._dilations = strides, dilations

    def tap(self, row: int, column: int) -> np.ndarray:
        """[height, width, C] under one tap of the window."""
        parts = [
            slice(at * dilation, at * dilation + (size - 1) * stride + 1, stride)
            for at, dilation, size, stride in zip(
                (row, column),
                self._dilations,
                (self.height, self.width),
                self._strides,
                strict=True,
            )
        ]
        return self._padded[0, parts[0], parts[1]]


def _sum_of_products(
    total: np.ndarray, values: np.ndarray, weights: np.ndarray, arithmetic: Arithmetic
) -> np.ndarray:
    """total [N, O] + values [N, C] @ weights [C, O], rounded after each block of channels."""
    channels = values.shape[1]
    block = arithmetic.block if arithmetic.half else channels
    for start in range(0, channels, block):
        part = values[:, start : start + block] @ weights[start : start + block]
        total = arithmetic.keep(total + part)
    return total


def _with_bias(total: np.ndarray, bias: np.ndarray | None, arithmetic: Arithmetic) -> np.ndarray:
    return total if bias is None else arithmetic.keep(total + bias)


def _conv(options: Any, inputs: list[Any], arithmetic: Arithmetic) -> np.ndarray:
    x, kernel, bias = (*inputs, None)[:3]
    made, rows, columns, channels = kernel.shape
    if channels != x.shape[3]:
        raise NotImplementedError("in groups")
    strides = options.strideH, options.strideW
    dilations = options.dilationHFactor, options.dilationWFactor
    windows = _Windows(x, (rows, columns), strides, dilations, options.padding)
    total = np.zeros((windows.height * windows.width, made), np.float32)
    for row in range(rows):
        for column in range(columns):
            seen = windows.tap(row, column).reshape(-1, channels)
            total = _sum_of_products(total, seen, kernel[:, row, column].T, arithmetic)
    return _with_bias(total, bias, arithmetic).reshape(1, windows.height, windows.width, made)


def _depthwise_conv(options: Any, inputs: list[Any], arithmetic: Arithmetic) -> np.ndarray:
    x, kernel, bias = (*inputs, None)[:3]
    _, rows, columns, made = kernel.shape
    x = np.repeat(x, made // x.shape[3], axis=3)
    strides = options.strideH, options.strideW
    dilations = options.dilationHFactor, options.dilationWFactor
    windows = _Windows(x, (rows, columns), strides, dilations, options.padding)
    total = np.zeros((windows.height, windows.width, made), np.float32)
    for row in range(rows):
        for column in range(columns):
            product = windows.tap(row, column) * kernel[0, row, column]
            total = arithmetic.keep(total + product)
    return _with_bias(total, bias, arithmetic)[None]


def _transpose_conv(options: Any, inputs: list[Any], arithmetic: Arithmetic) -> np.ndarray:
    shape, kernel, x, bias = (*inputs, None)[:4]
    made, rows, columns, channels = kernel.shape
    height, width = (int(side) for side in shape[1:3])
    before = []
    for side, size, taps, stride in (
        (height, x.shape[1], rows, options.strideH),
        (width, x.shape[2], columns, options.strideW),
    ):
        if options.padding == schema.Padding.VALID:
            before.append(0)
        else:
            before.append(max((size - 1) * stride + taps - side, 0) // 2)
    full_height = max((x.shape[1] - 1) * options.strideH + rows, before[0] + height)
    full_width = max((x.shape[2] - 1) * options.strideW + columns, before[1] + width)
    total = np.zeros((full_height, full_width, made), np.float32)
    seen = x[0].reshape(-1, channels)
    for row in range(rows):
        for column in range(columns):
            part = total[row :: options.strideH, column :: options.strideW]
            part = part[: x.shape[1], : x.shape[2]]
            sums = part.reshape(-1, made)
            sums = _sum_of_products(sums, seen, kernel[:, row, column].T, arithmetic)
            part[...] = sums.reshape(part.shape)
    cut = total[before[0] : before[0] + height, before[1] : before[1] + width]
    return _with_bias(cut, bias, arithmetic)[None]


def _fully_connected(options: Any, inputs: list[Any], arithmetic: Arithmetic) -> np.ndarray:
    x, weights, bias = (*inputs, None)[:3]
    flat = x.reshape(-1, weights.shape[1])
    total = np.zeros((len(flat), len(weights)), np.float32)
    total = _sum_of_products(total, flat, weights.T, arithmetic)
    total = _with_bias(total, bias, arithmetic)
    return total.reshape(*x.shape[:-1], -1) if options.keepNumDims else total


def _concatenation(options: Any, inputs: list[Any], arithmetic: Arithmetic) -> np.ndarray:
    return np.concatenate(inputs, axis=options.axis)


def _places(side: int, size: int, options: Any) -> np.ndarray:
    """Where the pixels of a resized side lie in the side before, in pixels."""
    at = np.arange(side, dtype=np.float32)
    if options.alignCorners and side > 1:
        return at * np.float32((size - 1) / (side - 1))
    scale = np.float32(size / side)
    return (at + 0.5) * scale - 0.5 if options.halfPixelCenters else at * scale


def _resize_bilinear(options: Any, inputs: list[Any], arithmetic: Arithmetic) -> np.ndarray:
    x, sides = inputs
    for axis, side in ((1, int(sides[0])), (2, int(sides[1]))):
        size = x.shape[axis]
        at = _places(side, size, options)
        low = np.floor(at).astype(int)
        # Left of the first centre the reference kernel extends the first pixel.
        share = np.where(at < 0, 0, at - low).astype(np.float32)
        low = np.clip(low, 0, size - 1)
        high = np.minimum(low + 1, size - 1)
        shape = [1, -1, 1, 1] if axis == 1 else [1, 1, -1, 1]
        share = share.reshape(shape)
        x = x.take(low, axis) * (1 - share) + x.take(high, axis) * share
    return x


def _resize_nearest(options: Any, inputs: list[Any], arithmetic: Arithmetic) -> np.ndarray:
    x, sides = inputs
    for axis, side in ((1, int(sides[0])), (2, int(sides[1]))):
        size = x.shape[axis]
        offset = 0.5 if options.halfPixelCenters else 0.0
        scale = size / side
        if options.alignCorners and side > 1:
            at = np.floor(np.arange(side) * ((size - 1) / (side - 1)) + 0.5)
        else:
            at = np.floor((np.arange(side) + offset) * scale)
        x = x.take(np.minimum(at.astype(int), size - 1), axis)
    return x


def _pool_windows(options: Any, x: np.ndarray, fill: float) -> list[np.ndarray]:
    size = options.filterHeight, options.filterWidth
    windows = _Windows(x, size, (options.strideH, options.strideW), (1, 1), options.padding, fill)
    return [windows.tap(row, column) for row in range(size[0]) for column in range(size[1])]


def _average_pool(options: Any, inputs: list[Any], arithmetic: Arithmetic) -> np.ndarray:
    (x,) = inputs
    seen = sum(_pool_windows(options, x, 0))
    inside = sum(_pool_windows(options, np.ones_like(x[..., :1]), 0))
    return (seen / inside)[None]


def _max_pool(options: Any, inputs: list[Any], arithmetic: Arithmetic) -> np.ndarray:
    return np.maximum.reduce(_pool_windows(options, inputs[0], -np.inf))[None]


def _mean(options: Any, inputs: list[Any], arithmetic: Arithmetic) -> np.ndarray:
    x, axes = inputs
    return x.mean(axis=tuple(np.ravel(axes).tolist()), keepdims=options.keepDims)


def _softmax(options: Any, inputs: list[Any], arithmetic: Arithmetic) -> np.ndarray:
    (x,) = inputs
    powers = np.exp(options.beta * (x - x.max(axis=-1, keepdims=True)))
    return powers / powers.sum(axis=-1, keepdims=True)


def _pad(options: Any, inputs: list[Any], arithmetic: Arithmetic) -> np.ndarray:
    x, around = inputs
    return np.pad(x, np.asarray(around).tolist())


def _leaky_relu(options: Any, inputs: list[Any], arithmetic: Arithmetic) -> np.ndarray:
    (x,) = inputs
    return np.where(x >= 0, x, x * np.float32(options.alpha))


def _depth_to_space(options: Any, inputs: list[Any], arithmetic: Arithmetic) -> np.ndarray:
    (x,) = inputs
    block = options.blockSize
    batch, height, width, channels = x.shape
    made = channels // block**2
    x = x.reshape(batch, height, width, block, block, made).transpose(0, 1, 3, 2, 4, 5)
    return x.reshape(batch, height * block, width * block, made)


def _logistic(x: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-x))


def _of(function: Callable[..., np.ndarray]) -> Kernel:
    """A kernel that needs no options."""
    return lambda options, inputs, arithmetic: function(*inputs)


def _elu(x: np.ndarray) -> np.ndarray:
    return np.where(x >= 0, x, np.expm1(np.minimum(x, 0)))


def _hard_swish(x: np.ndarray) -> np.ndarray:
    return x * np.clip(x + 3, 0, 6) / 6


KERNELS: dict[str, Kernel] = {
    "ABS": _of(np.abs),
    "ADD": _of(np.add),
    "AVERAGE_POOL_2D": _average_pool,
    "CONCATENATION": _concatenation,
    "CONV_2D": _conv,
    "DEPTHWISE_CONV_2D": _depthwise_conv,
    "DEPTH_TO_SPACE": _depth_to_space,
    # Integers stand for float values here: on a GPU the network is computed in float.
    "DEQUANTIZE": _of(lambda x: x),
    "DIV": _of(np.divide),
    "ELU": _of(_elu),
    "EXP": _of(np.exp),
    "FULLY_CONNECTED": _fully_connected,
    "HARD_SWISH": _of(_hard_swish),
    "LEAKY_RELU": _leaky_relu,
    "LOGISTIC": _of(_logistic),
    "MAXIMUM": _of(np.maximum),
    "MAX_POOL_2D": _max_pool,
    "MEAN": _mean,
    "MINIMUM": _of(np.minimum),
    "MUL": _of(np.multiply),
    "NEG": _of(np.negative),
    "PAD": _pad,
    "PRELU": _of(lambda x, slope: np.where(x >= 0, x, x * slope)),
    "QUANTIZE": _of(lambda x: x),
    "RELU": _of(lambda x: np.maximum(x, 0)),
    "RELU6": _of(lambda x: np.clip(x, 0, 6)),
    "RESHAPE": _of(lambda x, shape: x.reshape(np.asarray(shape).tolist())),
    "RESIZE_BILINEAR": _resize_bilinear,
    "RESIZE_NEAREST_NEIGHBOR": _resize_nearest,
    "SOFTMAX": _softmax,
    "SUB": _of(np.subtract),
    "TANH": _of(np.tanh),
    "TILE": _of(lambda x, times: np.tile(x, np.asarray(times).tolist())),
    "BROADCAST_TO": _of(lambda x, shape: np.broadcast_to(x, np.asarray(shape).tolist())),
    "TRANSPOSE_CONV": _transpose_conv,
}

_ACTIVATIONS = schema.ActivationFunctionType

FUSED: dict[int, Callable[[np.ndarray], np.ndarray]] = {
    _ACTIVATIONS.RELU: lambda x: np.maximum(x, 0),
    _ACTIVATIONS.RELU6: lambda x: np.clip(x, 0, 6),
    _ACTIVATIONS.RELU_N1_TO_1: lambda x: np.clip(x, -1, 1),
    _ACTIVATIONS.TANH: np.tanh,
}

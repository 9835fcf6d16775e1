"""The same network as ONNX: each operator of a `.tflite` written down in ONNX's own words.

What the converter and the quantizer found is kept: folded BatchNorm, integers, scales, the layers
that stay float. Integers stand between pairs of QuantizeLinear and DequantizeLinear (QDQ), which
every runtime reads. Channels come first, and the batch is open: `lightness` [N, 1, S, S] to `ab`
[N, 2, S', S'].

Layouts: TensorFlow Lite's `schema.fbs` (version 3); ONNX's `docs/Operators.md`.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
import onnx
from ai_edge_litert.schema_py_generated import ActivationFunctionType, Padding
from onnx import TensorProto, helper, numpy_helper

from export.check.graph import Graph, Operator
from export.errors import ExportError
from export.flatbuffer import open_model

# QDQ by channel is there from 13 on; ONNX Runtime 1.12, TensorRT 8.6 and OpenVINO 2023 read 17.
OPSET = 17
_LAYOUT_VERSION = 8

_DTYPES = {"FLOAT32": np.float32, "INT8": np.int8, "INT32": np.int32}
_CLIPS = {
    ActivationFunctionType.NONE: None,
    ActivationFunctionType.RELU: (0.0, None),
    ActivationFunctionType.RELU6: (0.0, 6.0),
}
# An int8 range that was learned ends a little above the 6 of ReLU6. Without the clip, ONNX Runtime
# has integer kernels for the layer; measured on both shipped models, the colours are as near.
_MOST_ABOVE = 0.2


def to_onnx(model: bytes, *, half: bool = False) -> bytes:
    """Write a network down as ONNX.

    Args:
        model: the bytes of a `.tflite` in float32, or in int8 with float32 ends.
        half: compute in float16; input and output stay float32. Of a float32 model.
    Returns:
        The bytes of an `.onnx` without a contract.
    Raises:
        ExportError: an operator that has no words here, or a graph of another form.
    """
    return _Writer(model, np.float16 if half else np.float32).written()


class _Writer:
    """Writes one graph down, operator by operator."""

    def __init__(self, model: bytes, dtype: type[np.floating]) -> None:
        self._graph = Graph(model)
        tree = open_model(model)
        self._raw = tree.subgraphs[0].tensors
        self._buffers = tree.buffers
        self._dtype = dtype
        self._nodes: list[Any] = []
        self._constants: dict[str, Any] = {}
        self._names = _different(self._graph)
        self._integers = any(tensor.dtype == "INT8" for tensor in self._graph.tensors)
        # What the values of a tensor are called as floats, by its index.
        self._floats: dict[int, str] = {}

    def written(self) -> bytes:
        (first,), (last,) = self._graph.inputs, self._graph.outputs
        ends = [self._end(index) for index in (first, last)]
        half = self._dtype is np.float16
        self._floats[first] = self._name(first)
        if half:
            self._floats[first] = self._node(
                "Cast", [self._name(first)], "lightness_half", to=TensorProto.FLOAT16
            )
        for operator in self._graph.operators:
            if operator.kind not in _WORDS:
                raise ExportError(f"{operator.kind} at {operator.layer} has no words in ONNX here")
            _WORDS[operator.kind](self, operator)
        if half:
            self._node("Cast", [self._floats[last]], self._name(last), to=TensorProto.FLOAT)
        graph = helper.make_graph(
            self._nodes, "tintlite", ends[:1], ends[1:], [*self._constants.values()]
        )
        model = helper.make_model(
            graph,
            producer_name="TintLite",
            ir_version=_LAYOUT_VERSION,
            opset_imports=[helper.make_opsetid("", OPSET)],
        )
        onnx.checker.check_model(model, full_check=True)
        return bytes(model.SerializeToString(deterministic=True))

    def _end(self, index: int) -> Any:
        """The graph's input or output: float32, channels first, the batch open."""
        tensor = self._graph.tensors[index]
        if tensor.dtype != "FLOAT32" or len(tensor.shape) != 4:
            raise ExportError(f"{tensor.name} is not a float32 picture")
        _, height, width, channels = tensor.shape
        shape = ["batch", channels, height, width]
        return helper.make_tensor_value_info(self._name(index), TensorProto.FLOAT, shape)

    # What operators are made of.

    def _name(self, index: int) -> str:
        return self._names[index]

    def _sides(self, index: int) -> tuple[int, int]:
        """Height and width of a tensor."""
        _, height, width, _ = self._graph.tensors[index].shape
        return height, width

    def _node(self, kind: str, inputs: list[str], output: str, **options: Any) -> str:
        self._nodes.append(helper.make_node(kind, inputs, [output], output, **options))
        return output

    def _constant(self, name: str, values: np.ndarray) -> str:
        self._constants[name] = numpy_helper.from_array(np.ascontiguousarray(values), name)
        return name

    def _number(self, name: str, value: float) -> str:
        return self._constant(name, np.asarray(value, self._dtype))

    def _coding(self, index: int) -> tuple[np.ndarray, np.ndarray]:
        """Scales and zero points of an integer tensor: value = scale * (integer - zero point)."""
        found = self._raw[index].quantization
        scales, zeros = np.asarray(found.scale, np.float32), np.asarray(found.zeroPoint)
        zeros = zeros.astype(_DTYPES[self._graph.tensors[index].dtype])
        return (scales, zeros) if len(scales) > 1 else (scales[0], zeros[0])

    def _coded(self, kind: str, index: int, source: str, output: str, **options: Any) -> str:
        scales, zeros = self._coding(index)
        name = self._name(index)
        coding = [
            self._constant(f"{name}_scale", scales),
            self._constant(f"{name}_zero_point", zeros),
        ]
        return self._node(kind, [source, *coding], output, **options)

    def _given(self, index: int, arranged: Callable[[np.ndarray], np.ndarray]) -> str:
        """A constant as floats.

        Args:
            index: of the tensor.
            arranged: puts it into ONNX's order.
        """
        tensor, data = self._graph.tensors[index], self._buffers[self._raw[index].buffer].data
        if data is None or tensor.dtype not in _DTYPES:
            raise ExportError(f"{tensor.name} is no constant that has words in ONNX here")
        values = np.asarray(data, np.uint8).view(_DTYPES[tensor.dtype]).reshape(tensor.shape)
        values = arranged(values)
        name = self._name(index)
        if tensor.dtype == "FLOAT32":
            return self._constant(name, values.astype(self._dtype))
        by_channel = {"axis": 0} if np.ndim(self._coding(index)[0]) else {}
        self._constant(name, values)
        return self._coded("DequantizeLinear", index, name, f"{name}_dequantized", **by_channel)

    def _taken(self, index: int) -> str:
        """A tensor, that an operator made or that is constant, as floats."""
        if index in self._floats:
            return self._floats[index]
        name = self._name(index)
        if self._buffers[self._raw[index].buffer].data is not None:
            self._floats[index] = self._given(index, _of_channels)
        else:
            self._floats[index] = self._coded(
                "DequantizeLinear", index, name, f"{name}_dequantized"
            )
        return self._floats[index]

    def _made(
        self, operator: Operator, kind: str, inputs: list[str], activation: int = 0, **options: Any
    ) -> None:
        """An operator, what is fused with it, and the integers that it gives."""
        index = operator.outputs[0]
        name, integer = self._name(index), operator.dtype == "INT8"
        clip = _CLIPS.get(activation, "unknown")
        if clip == "unknown":
            raise ExportError(f"{name}: this fused activation has no words in ONNX here")
        if integer and clip is not None and self._within(index, *clip):
            clip = None
        last = f"{name}_float" if integer else name
        if self._dtype is np.float16 and index == self._graph.outputs[0]:
            last = f"{name}_half"
        value = self._node(kind, inputs, last if clip is None else f"{name}_unclipped", **options)
        if clip is not None and clip[1] is None:
            value = self._node("Relu", [value], last)
        elif clip is not None:
            value = self._clipped(value, last, *clip)
        if integer:
            self._coded("QuantizeLinear", index, value, name)
        else:
            self._floats[index] = value

    def _clipped(self, source: str, output: str, low: float, high: float) -> str:
        ends = [self._number(f"clip_{end:g}", end) for end in (low, high)]
        if not self._integers:
            return self._node("Clip", [source, *ends], output)
        # A float layer between int8 ones: were this a Clip, ONNX Runtime would round its weights
        # to int8 as well (1.32, `WeightBiasQuantization`), and with one scale for all channels.
        above = self._node("Max", [source, ends[0]], f"{output}_above")
        return self._node("Min", [above, ends[1]], output)

    def _within(self, index: int, low: float, high: float | None) -> bool:
        """Whether a tensor's integers reach no further than a clip, or not much."""
        scale, zero = (float(value) for value in self._coding(index))
        below, above = scale * (-128 - zero), scale * (127 - zero)
        return below >= low and (high is None or above <= high + _MOST_ABOVE)

    # The operators, by their kinds.

    def convolution(self, operator: Operator) -> None:
        image, kernel = operator.inputs[:2]
        options = operator.options
        depthwise = operator.kind == "DEPTHWISE_CONV_2D"
        # [O, h, w, I] of a convolution, [1, h, w, O] of a depthwise one, both to [O, I, h, w].
        order = (3, 0, 1, 2) if depthwise else (0, 3, 1, 2)
        inputs = [self._taken(image), self._given(kernel, lambda k: k.transpose(order))]
        if len(operator.inputs) > 2 and operator.inputs[2] >= 0:
            inputs.append(self._given(operator.inputs[2], lambda bias: bias))
        dilations = (options.dilationHFactor, options.dilationWFactor)
        window = self._graph.tensors[kernel].shape[1:3]
        self._made(
            operator,
            "Conv",
            inputs,
            options.fusedActivationFunction,
            group=self._graph.tensors[image].shape[3] if depthwise else 1,
            dilations=dilations,
            **self._window(operator, window, dilations),
        )

    def _window(
        self, operator: Operator, window: tuple[int, ...], dilations: tuple[int, int] = (1, 1)
    ) -> dict[str, Any]:
        """Kernel, strides and pads of an operator that moves a window over its input."""
        options = operator.options
        strides, before, after = (options.strideH, options.strideW), [], []
        for side, size, stride, dilation in zip(
            self._sides(operator.inputs[0]), window, strides, dilations, strict=True
        ):
            # TensorFlow's `SAME`: what is missing, the odd one at the end.
            reach = (-(-side // stride) - 1) * stride + (size - 1) * dilation + 1
            missing = max(reach - side, 0) if options.padding == Padding.SAME else 0
            before.append(missing // 2)
            after.append(missing - missing // 2)
        return {"kernel_shape": window, "strides": strides, "pads": before + after}

    def pool(self, operator: Operator) -> None:
        options = operator.options
        window = self._window(operator, (options.filterHeight, options.filterWidth))
        kind = "MaxPool" if operator.kind == "MAX_POOL_2D" else "AveragePool"
        image = self._taken(operator.inputs[0])
        self._made(operator, kind, [image], options.fusedActivationFunction, **window)

    def resize(self, operator: Operator) -> None:
        image, _ = operator.inputs
        if not operator.options.halfPixelCenters or operator.options.alignCorners:
            raise ExportError(f"{operator.layer} is upsampled by another rule than ours")
        ratios = [
            new / old
            for new, old in zip(self._sides(operator.outputs[0]), self._sides(image), strict=True)
        ]
        name = "upsampled_by_" + "_".join(f"{ratio:g}" for ratio in ratios)
        scales = self._constant(name, np.array([1, 1, *ratios], np.float32))
        self._made(
            operator,
            "Resize",
            [self._taken(image), "", scales],
            mode="linear",
            coordinate_transformation_mode="half_pixel",
        )

    def concatenation(self, operator: Operator) -> None:
        if operator.options.axis % 4 != 3:
            raise ExportError(f"{operator.layer} joins other things than channels")
        inputs = [self._taken(index) for index in operator.inputs]
        self._made(operator, "Concat", inputs, operator.options.fusedActivationFunction, axis=1)

    def pad(self, operator: Operator) -> None:
        image, amounts = operator.inputs
        data = self._buffers[self._raw[amounts].buffer].data
        before, after = np.asarray(data, np.uint8).view(np.int32).reshape(4, 2)[[0, 3, 1, 2]].T
        name = f"{operator.layer}_pads"
        pads = self._constant(name, np.concatenate([before, after]).astype(np.int64))
        self._made(operator, "Pad", [self._taken(image), pads])

    def sum_or_product(self, operator: Operator) -> None:
        inputs = [self._taken(index) for index in operator.inputs]
        kind = "Add" if operator.kind == "ADD" else "Mul"
        self._made(operator, kind, inputs, operator.options.fusedActivationFunction)

    def leaky_relu(self, operator: Operator) -> None:
        image = self._taken(operator.inputs[0])
        self._made(operator, "LeakyRelu", [image], alpha=float(operator.options.alpha))

    def softmax(self, operator: Operator) -> None:
        self._made(operator, "Softmax", [self._taken(operator.inputs[0])], axis=1)

    def plain(self, operator: Operator) -> None:
        kind = {"TANH": "Tanh", "RELU": "Relu"}[operator.kind]
        self._made(operator, kind, [self._taken(operator.inputs[0])])

    def relu6(self, operator: Operator) -> None:
        ends = [self._number(f"clip_{end:g}", end) for end in (0, 6)]
        self._made(operator, "Clip", [self._taken(operator.inputs[0]), *ends])

    def quantize(self, operator: Operator) -> None:
        source, target = self._taken(operator.inputs[0]), operator.outputs[0]
        self._coded("QuantizeLinear", target, source, self._name(target))

    def dequantize(self, operator: Operator) -> None:
        index, name = operator.inputs[0], self._name(operator.outputs[0])
        self._floats[operator.outputs[0]] = self._coded(
            "DequantizeLinear", index, self._name(index), name
        )


def _different(graph: Graph) -> list[str]:
    """A name for each tensor of its own; the ends keep theirs."""
    names = {index: graph.tensors[index].name for index in (*graph.inputs, *graph.outputs)}
    taken = set(names.values())
    for index, tensor in enumerate(graph.tensors):
        number, name = 2, names.get(index, tensor.name)
        while index not in names and name in taken:
            name, number = f"{tensor.name}_{number}", number + 1
        names[index] = name
        taken.add(name)
    return [names[index] for index in range(len(graph.tensors))]


def _of_channels(values: np.ndarray) -> np.ndarray:
    """A constant beside a picture: one number, or one a channel, to [C, 1, 1]."""
    if values.size not in (1, *values.shape[-1:]):
        raise ExportError("a constant that is neither one number nor one a channel")
    return values.reshape(-1, 1, 1)


_WORDS: dict[str, Callable[[_Writer, Operator], None]] = {
    "ADD": _Writer.sum_or_product,
    "AVERAGE_POOL_2D": _Writer.pool,
    "CONCATENATION": _Writer.concatenation,
    "CONV_2D": _Writer.convolution,
    "DEPTHWISE_CONV_2D": _Writer.convolution,
    "DEQUANTIZE": _Writer.dequantize,
    "LEAKY_RELU": _Writer.leaky_relu,
    "MAX_POOL_2D": _Writer.pool,
    "MUL": _Writer.sum_or_product,
    "PAD": _Writer.pad,
    "QUANTIZE": _Writer.quantize,
    "RELU": _Writer.plain,
    "RELU6": _Writer.relu6,
    "RESIZE_BILINEAR": _Writer.resize,
    "SOFTMAX": _Writer.softmax,
    "TANH": _Writer.plain,
}

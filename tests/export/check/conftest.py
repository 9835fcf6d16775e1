"""Small networks, written operator by operator, that keep or break one rule each."""

from collections.abc import Callable

import numpy as np
import pytest
from ai_edge_litert import schema_py_generated as schema

from edge_runtime.model.contract import Contract
from export.contract_writer import with_contract
from export.flatbuffer import close_model

SIZE = 64
CONTRACT = Contract(
    name="test",
    version="1",
    input_size=SIZE,
    recipe="fp32",
    training_set="none: weights set by a test",
    licence="Apache-2.0",
)

_TYPES = {
    "float32": schema.TensorType.FLOAT32,
    "float16": schema.TensorType.FLOAT16,
    "int8": schema.TensorType.INT8,
    "int32": schema.TensorType.INT32,
    "int64": schema.TensorType.INT64,
}


class NetworkBuilder:
    """A `.tflite` in the making; `lightness` is the tensor that goes in."""

    def __init__(self, shape=(1, SIZE, SIZE, 1)):
        self._tree = schema.ModelT()
        self._tree.version = 3
        self._tree.description = "a test's"
        self._tree.buffers = [schema.BufferT()]
        self._tree.operatorCodes = []
        self._graph = schema.SubGraphT()
        self._graph.name = "main"
        self._graph.tensors = []
        self._graph.operators = []
        self._tree.subgraphs = [self._graph]
        self.lightness = self._tensor("lightness", shape, "float32")

    def _tensor(self, name, shape, dtype, scale=None, buffer=0):
        tensor = schema.TensorT()
        tensor.name, tensor.shape, tensor.type = name, np.array(shape, np.int32), _TYPES[dtype]
        tensor.buffer = buffer
        if scale is not None:
            tensor.quantization = schema.QuantizationParametersT()
            tensor.quantization.scale = np.array([scale], np.float32)
            tensor.quantization.zeroPoint = np.array([0], np.int64)
        self._graph.tensors.append(tensor)
        return len(self._graph.tensors) - 1

    def constant(self, values):
        """A constant's tensor."""
        values = np.asarray(values)
        buffer = schema.BufferT()
        buffer.data = np.frombuffer(values.tobytes(), np.uint8)
        self._tree.buffers.append(buffer)
        at = len(self._tree.buffers) - 1
        return self._tensor(f"constant_{at}", values.shape, values.dtype.name, buffer=at)

    def step(self, kind, inputs, shape, options=None, name=None, dtype="float32", scale=None):
        """An operator; gives the tensor that it makes, called `name`."""
        code = schema.OperatorCodeT()
        code.builtinCode = getattr(schema.BuiltinOperator, kind)
        code.deprecatedBuiltinCode = min(code.builtinCode, 127)
        code.version = 2 if kind in ("BROADCAST_TO", "QUANTIZE") or dtype == "int8" else 1
        self._tree.operatorCodes.append(code)
        operator = schema.OperatorT()
        operator.opcodeIndex = len(self._tree.operatorCodes) - 1
        operator.inputs = np.array(inputs, np.int32)
        made = self._tensor(name or kind.lower(), shape, dtype, scale)
        operator.outputs = np.array([made], np.int32)
        if options is not None:
            operator.builtinOptions = options
            named = type(options).__name__.removesuffix("T")
            operator.builtinOptionsType = getattr(schema.BuiltinOptions, named)
        self._graph.operators.append(operator)
        return made

    def conv(self, x, kernel, shape, bias=None, name="conv", **options):
        """A convolution by kernel [O, h, w, I]; options as in the schema."""
        made = schema.Conv2DOptionsT()
        made.strideH = made.strideW = made.dilationHFactor = made.dilationWFactor = 1
        for key, value in options.items():
            setattr(made, key, value)
        bias = np.zeros(len(kernel), np.float32) if bias is None else bias
        weights = [self.constant(np.float32(kernel)), self.constant(np.float32(bias))]
        return self.step("CONV_2D", [x, *weights], shape, made, name)

    def open_batch(self):
        """Leave the batch of the input and of the last tensor open."""
        for tensor in (self._graph.tensors[0], self._graph.tensors[-1]):
            tensor.shapeSignature = np.array([-1, *tensor.shape[1:]], np.int32)

    def close(self, output) -> bytes:
        """The bytes of the file, without a contract."""
        self._graph.inputs = np.array([self.lightness], np.int32)
        self._graph.outputs = np.array([output], np.int32)
        return close_model(self._tree)


@pytest.fixture
def builder() -> type[NetworkBuilder]:
    return NetworkBuilder


@pytest.fixture
def two_channels() -> Callable[..., tuple[NetworkBuilder, int]]:
    """Starts a network: a convolution from lightness to [1, 64, 64, 2], called `first`."""

    def start(**options):
        made = NetworkBuilder()
        kernel = np.random.default_rng(1).normal(0, 0.1, (2, 3, 3, 1))
        shape = (1, SIZE, SIZE, 2)
        return made, made.conv(made.lightness, kernel, shape, name="first", **options)

    return start


@pytest.fixture
def sealed(tmp_path) -> Callable[..., "object"]:
    """Writes a network with a contract and a seal; gives the path."""

    def write(model: bytes, name="test.fp32.tflite", **changes):
        file = tmp_path / name
        file.write_bytes(with_contract(model, Contract(**(vars(CONTRACT) | changes))))
        return file

    return write

"""What an `.onnx` holds, read before ONNX Runtime loads it: the contract, and nothing unsafe.

The fields are those of ONNX's `onnx.proto`. Input and output are those of the contract with the
channels first, as ONNX has them: `lightness` [N, 1, S, S], `ab` [N, 2, S', S'].
"""

from edge_runtime.errors import ModelError
from edge_runtime.model.flatbuffer import FILE_IDENTIFIER
from edge_runtime.model.protobuf import Field, Walk

_MODEL_GRAPH, _MODEL_OPSET, _MODEL_METADATA = 7, 8, 14
_MODEL_TRAINING, _MODEL_FUNCTIONS = 20, 25
_ENTRY_KEY, _ENTRY_VALUE = 1, 2
_OPSET_DOMAIN, _OPSET_VERSION = 1, 2
_GRAPH_NODE, _GRAPH_INITIALIZER, _GRAPH_SPARSE = 1, 5, 15
_NODE_KIND, _NODE_ATTRIBUTE, _NODE_DOMAIN = 4, 5, 7
_ATTRIBUTE_TENSOR = 5
# Graphs, lists of tensors or graphs, and sparse tensors inside an attribute.
_ATTRIBUTE_NESTED = {6, 10, 11, 22, 23}
_TENSOR_EXTERNAL, _TENSOR_LOCATION = 13, 14

# What the exporter writes. No branch, no loop, nothing of one runtime's own: an operator such as
# `EPContext` names a file or a library to load.
OPERATORS = {
    "Add",
    "AveragePool",
    "Cast",
    "Clip",
    "Concat",
    "Conv",
    "DequantizeLinear",
    "LeakyRelu",
    "Max",
    "MaxPool",
    "Min",
    "Mul",
    "Pad",
    "QuantizeLinear",
    "Relu",
    "Resize",
    "Softmax",
    "Tanh",
}


def is_onnx(model: bytes) -> bool:
    """Whether a file begins as an `.onnx` does, with the version of its layout (field 1)."""
    return model[:1] == b"\x08" and model[4:8] != FILE_IDENTIFIER


def find_property(model: bytes, name: str) -> tuple[int, int] | None:
    """Where the value of an entry of `metadata_props` lies.

    Args:
        model: the bytes of the whole file; they may be hostile.
        name: the entry's key.
    Returns:
        (start, stop) in bytes from the start of the file, or None where there is no such entry.
    Raises:
        ModelError: the file is cut off or damaged.
    """
    walk = Walk(model)
    for field in walk.fields():
        if field.number != _MODEL_METADATA:
            continue
        parts = {part.number: part for part in walk.fields(field.start, field.stop)}
        key, value = parts.get(_ENTRY_KEY), parts.get(_ENTRY_VALUE)
        if key is not None and value is not None and walk.bytes_of(key) == name.encode():
            return value.start, value.stop
    return None


def check_onnx(model: bytes) -> int:
    """See that a file is one plain graph of `OPERATORS` that reads no other file.

    Args:
        model: the bytes of the whole file; they may be hostile.
    Returns:
        the version of ONNX's operators that it uses.
    Raises:
        ModelError: it is not, or is cut off or damaged.
    """
    walk, opset = Walk(model), 0
    for field in walk.fields():
        if field.number == _MODEL_GRAPH:
            _check_graph(walk, field)
        elif field.number in (_MODEL_TRAINING, _MODEL_FUNCTIONS):
            raise ModelError("the model has functions or a training inside")
        elif field.number == _MODEL_OPSET:
            parts = {part.number: part for part in walk.fields(field.start, field.stop)}
            domain = parts.get(_OPSET_DOMAIN)
            if domain is None or walk.bytes_of(domain) in (b"", b"ai.onnx"):
                opset = parts[_OPSET_VERSION].value if _OPSET_VERSION in parts else 0
    return opset


def _check_graph(walk: Walk, graph: Field) -> None:
    for field in walk.fields(graph.start, graph.stop):
        if field.number == _GRAPH_NODE:
            _check_node(walk, field)
        elif field.number == _GRAPH_INITIALIZER:
            _check_tensor(walk, field)
        elif field.number == _GRAPH_SPARSE:
            raise ModelError("the model has sparse weights")


def _check_node(walk: Walk, node: Field) -> None:
    kind, domain = b"", b""
    for field in walk.fields(node.start, node.stop):
        if field.number == _NODE_KIND:
            kind = walk.bytes_of(field)
        elif field.number == _NODE_DOMAIN:
            domain = walk.bytes_of(field)
        elif field.number == _NODE_ATTRIBUTE:
            for part in walk.fields(field.start, field.stop):
                if part.number in _ATTRIBUTE_NESTED:
                    raise ModelError("the model has a graph inside its graph")
                if part.number == _ATTRIBUTE_TENSOR:
                    _check_tensor(walk, part)
    name = kind.decode(errors="replace")
    if name not in OPERATORS or domain not in (b"", b"ai.onnx"):
        shown = name if name.isprintable() else ascii(name)
        raise ModelError(f"the model has an operator that no TintLite model has: {shown[:60]}")


def _check_tensor(walk: Walk, tensor: Field) -> None:
    for field in walk.fields(tensor.start, tensor.stop):
        if field.number == _TENSOR_EXTERNAL or (field.number == _TENSOR_LOCATION and field.value):
            raise ModelError("the model keeps weights in another file")

"""Fit the float head of an int8 network anew, to the features that int8 really gives it.

Rounding errors of sixty int8 layers do not average out: on the trained networks they turn some
hues and take a tenth of the colour away. The head is linear and stays float, so the best weights
for it are a least-squares problem: from the int8 network's last features to the float network's
ab, on calibration pictures.
"""

from collections.abc import Iterable

import numpy as np
from ai_edge_litert import schema_py_generated as schema
from ai_edge_litert.interpreter import Interpreter

from export.flatbuffer import close_model, open_model

# Pixels taken from each picture: enough for a head of some tens of weights.
_PIXELS = 500


def with_refitted_head(
    model: bytes, float_model: bytes, calibration: Iterable[np.ndarray]
) -> bytes:
    """The quantized network with new weights in its last, float 1x1 convolution.

    Args:
        model: a `.tflite` whose last operator is a float32 1x1 convolution that makes ab.
        float_model: the network it came from.
        calibration: lightness inputs, float32 [S, S] each.
    Raises:
        ValueError: the last operator is something else.
    """
    tree = open_model(model)
    graph = tree.subgraphs[0]
    head = next(op for op in graph.operators if graph.outputs[0] in op.outputs)
    kernel, bias = (tree.buffers[graph.tensors[index].buffer] for index in head.inputs[1:3])
    shape = graph.tensors[head.inputs[1]].shape
    kind = tree.operatorCodes[head.opcodeIndex].builtinCode
    types = {graph.tensors[index].type for index in head.inputs[1:3]}
    is_pointwise = kind == schema.BuiltinOperator.CONV_2D and list(shape[1:3]) == [1, 1]
    if not is_pointwise or types != {schema.TensorType.FLOAT32}:
        raise ValueError("the network does not end in a 1x1 convolution in float32")

    ends = graph.outputs
    graph.outputs = np.array([head.inputs[0]], np.int32)
    signatures, tree.signatureDefs = tree.signatureDefs, None
    features = _runner(close_model(tree))
    graph.outputs, tree.signatureDefs = ends, signatures

    truth = _runner(float_model)
    rng = np.random.default_rng(0)
    rows, wanted = [], []
    for lightness in calibration:
        seen, ab = features(lightness), truth(lightness)
        chosen = rng.integers(0, ab.shape[0] * ab.shape[1], _PIXELS)
        rows.append(seen.reshape(-1, seen.shape[-1])[chosen])
        wanted.append(ab.reshape(-1, 2)[chosen])
    matrix = np.concatenate(rows).astype(np.float64)
    matrix = np.column_stack([matrix, np.ones(len(matrix))])
    weights = np.linalg.lstsq(matrix, np.concatenate(wanted), rcond=1e-6)[0].astype(np.float32)
    kernel.data = np.ascontiguousarray(weights[:-1].T).reshape(shape).view(np.uint8).ravel()
    bias.data = np.ascontiguousarray(weights[-1]).view(np.uint8)
    return close_model(tree)


def _runner(model: bytes):
    interpreter = Interpreter(model_content=model)
    interpreter.allocate_tensors()
    first, last = interpreter.get_input_details()[0], interpreter.get_output_details()[0]

    def run(lightness: np.ndarray) -> np.ndarray:
        interpreter.set_tensor(first["index"], lightness[None, :, :, None])
        interpreter.invoke()
        return interpreter.get_tensor(last["index"])[0].copy()

    return run

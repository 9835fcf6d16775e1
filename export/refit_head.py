"""Fit the float head of an int8 network anew, to the features that int8 really gives it.

Rounding errors of sixty int8 layers do not average out: on the trained networks they turn some
hues and take a tenth of the colour away. The head is a convolution that stays float, so the best
weights for it are a least-squares problem: from the int8 network's last features to what the float
network's head says, on calibration pictures.
"""

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
from ai_edge_litert import schema_py_generated as schema
from ai_edge_litert.interpreter import Interpreter

from export.flatbuffer import close_model, open_model

# Pixels taken from each picture: enough for a head of some tens or hundreds of weights.
_PIXELS = 500


def with_refitted_head(
    model: bytes, float_model: bytes, calibration: Iterable[np.ndarray]
) -> bytes:
    """The quantized network with new weights in its last, float convolution.

    Before a tanh, what is fitted is what goes into it; of a classifier, whose last convolution
    holds the fixed colours of its bins, the logits.

    Args:
        model: a `.tflite` that ends in a float32 convolution that keeps the size, in one and a
            tanh, or in one, a softmax and a convolution.
        float_model: the network it came from.
        calibration: lightness inputs, float32 [S, S] each.
    Raises:
        ValueError: the network ends in something else.
    """
    tree = open_model(model)
    graph = tree.subgraphs[0]
    head = _head(tree)
    kernel, bias = (tree.buffers[graph.tensors[index].buffer] for index in head.inputs[1:3])
    shape = graph.tensors[head.inputs[1]].shape

    features = _runner(tree, head.inputs[0])
    float_tree = open_model(float_model)
    truth = _runner(float_tree, _head(float_tree).outputs[0])
    rng = np.random.default_rng(0)
    rows, wanted = [], []
    for lightness in calibration:
        seen, said = features(lightness), truth(lightness)
        chosen = rng.integers(0, said.shape[0] * said.shape[1], _PIXELS)
        rows.append(_patches(seen, shape[1], shape[2])[chosen])
        wanted.append(said.reshape(-1, said.shape[-1])[chosen])
    matrix = np.concatenate(rows).astype(np.float64)
    matrix = np.column_stack([matrix, np.ones(len(matrix))])
    weights = np.linalg.lstsq(matrix, np.concatenate(wanted), rcond=1e-6)[0].astype(np.float32)
    kernel.data = np.ascontiguousarray(weights[:-1].T).reshape(shape).view(np.uint8).ravel()
    bias.data = np.ascontiguousarray(weights[-1]).view(np.uint8)
    return close_model(tree)


def _kind(tree: Any, operator: Any) -> int:
    return tree.operatorCodes[operator.opcodeIndex].builtinCode


def _maker(graph: Any, tensor: int) -> Any:
    """The operator that makes a tensor; None for inputs and constants."""
    return next((op for op in graph.operators if tensor in op.outputs), None)


def _head(tree: Any) -> Any:
    """The convolution that makes ab, what a tanh makes ab of, or a classifier's logits."""
    graph = tree.subgraphs[0]
    head = _maker(graph, graph.outputs[0])
    if _kind(tree, head) == schema.BuiltinOperator.TANH:
        head = _maker(graph, head.inputs[0])
    before = _maker(graph, head.inputs[0])
    if before is not None and _kind(tree, before) == schema.BuiltinOperator.SOFTMAX:
        head = _maker(graph, before.inputs[0])
    if head is None or _kind(tree, head) != schema.BuiltinOperator.CONV_2D:
        raise ValueError("the network does not end in a convolution")
    options = head.builtinOptions
    padded = options.padding == schema.Padding.SAME
    plain = (
        options.strideH == options.strideW == 1
        and options.dilationHFactor == options.dilationWFactor == 1
        and (padded or list(graph.tensors[head.inputs[1]].shape[1:3]) == [1, 1])
        and options.fusedActivationFunction == schema.ActivationFunctionType.NONE
    )
    types = {graph.tensors[index].type for index in head.inputs[:3]}
    if not plain or types != {schema.TensorType.FLOAT32}:
        raise ValueError("the network does not end in a plain convolution in float32")
    return head


def _patches(features: np.ndarray, height: int, width: int) -> np.ndarray:
    """What a convolution sees at each position: [H, W, C] to [H * W, height * width * C]."""
    low, left = (height - 1) // 2, (width - 1) // 2  # as TensorFlow pads for `SAME`
    padding = ((low, height - 1 - low), (left, width - 1 - left), (0, 0))
    windows = np.lib.stride_tricks.sliding_window_view(
        np.pad(features, padding), (height, width), axis=(0, 1)
    )
    return windows.transpose(0, 1, 3, 4, 2).reshape(-1, height * width * features.shape[-1])


def _runner(tree: Any, tensor: int) -> Callable[[np.ndarray], np.ndarray]:
    """Lightness float32 [S, S] to one tensor of the network, without its first axis."""
    graph = tree.subgraphs[0]
    ends, signatures = graph.outputs, tree.signatureDefs
    graph.outputs, tree.signatureDefs = np.array([tensor], np.int32), None
    model = close_model(tree)
    graph.outputs, tree.signatureDefs = ends, signatures
    interpreter = Interpreter(model_content=model)
    interpreter.allocate_tensors()
    first, last = interpreter.get_input_details()[0], interpreter.get_output_details()[0]

    def run(lightness: np.ndarray) -> np.ndarray:
        interpreter.set_tensor(first["index"], lightness[None, :, :, None])
        interpreter.invoke()
        return interpreter.get_tensor(last["index"])[0].copy()

    return run

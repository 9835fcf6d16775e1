"""TensorFlow's TFLite analyzer on GPU compatibility, where one is at hand that still looks.

From version 2.18 on the analyzer calls every model compatible, whatever is in it
(github.com/tensorflow/tensorflow/issues/77042). So it runs in a Python of the user's that has an
older TensorFlow, and is first given the same model with an operator that no GPU delegate has: an
analyzer that finds nothing wrong with that is not believed.
"""

import json
import re
import subprocess
from pathlib import Path

import numpy as np
from ai_edge_litert import schema_py_generated as schema

from export.check.graph import Graph
from export.check.result import Result, listed
from export.errors import ExportError
from export.flatbuffer import close_model, open_model

_SECONDS = 300.0

# It reads models from standard input, one length and its bytes after the other, and gives back a
# JSON list of texts.
_SCRIPT = """
import contextlib, io, json, struct, sys
import tensorflow as tf
texts = []
while head := sys.stdin.buffer.read(8):
    text = io.StringIO()
    with contextlib.redirect_stdout(text):
        tf.lite.experimental.Analyzer.analyze(
            model_content=sys.stdin.buffer.read(struct.unpack("<Q", head)[0]),
            gpu_compatibility=True,
        )
    texts.append(text.getvalue())
json.dump({"version": tf.__version__, "texts": texts}, sys.stdout)
"""

_WARNING = re.compile(r"^GPU COMPATIBILITY WARNING: (.*)$")
_OPERATOR = re.compile(r"^\s*Op#(\d+) ")


def check_gpu_analyzer(data: bytes, graph: Graph, python: Path | None) -> Result:
    """No operator of which the analyzer says that the GPU delegate lacks it.

    Args:
        data: the bytes of a model file.
        graph: of the same bytes.
        python: of an environment with TensorFlow 2.17 or older; None if there is none.
    """
    if python is None:
        detail = (
            "TensorFlow from 2.18 on calls every model compatible; --analyzer takes a Python that"
            " has TensorFlow 2.17"
        )
        return Result("gpu analyzer", "skipped", detail)
    try:
        plain, kept = _plain(data)
        version, (control, text) = _analyze(python, [_plain(data, spoil=True)[0], plain])
    except ExportError as error:
        return Result("gpu analyzer", "fail", str(error))
    figures = {"tensorflow": version}
    if not _warnings(control):
        detail = f"TensorFlow {version} calls every model compatible, also a spoilt one"
        return Result("gpu analyzer", "skipped", detail, figures)
    found = []
    for at, words in _warnings(text):
        if at is None or at >= len(kept):
            found.append(words)
        else:
            operator = graph.operators[kept[at]]
            found.append(f"{operator.kind} at {operator.layer}: {words}")
    if found:
        return Result("gpu analyzer", "fail", listed(found), figures | {"warnings": found})
    return Result("gpu analyzer", "pass", f"TensorFlow {version} finds it compatible", figures)


def _warnings(text: str) -> list[tuple[int | None, str]]:
    """What the analyzer's text complains of: the operator's number, and the words."""
    found: list[tuple[int | None, str]] = []
    operator = None
    for line in text.splitlines():
        if match := _OPERATOR.match(line):
            operator = int(match[1])
        # The last one sums up, and belongs to no operator.
        elif (match := _WARNING.match(line)) and not match[1].startswith("Subgraph#"):
            found.append((operator, match[1]))
    return found


def _plain(data: bytes, spoil: bool = False) -> tuple[bytes, list[int]]:
    """The graph as the analyzer is given it, and which operators of the file it still has.

    Without a word of the file, for the analyzer prints them as they are; and with float16 weights
    where they are used: the delegate reads them there (tensorflow/lite/delegates/utils.h,
    `FP16GraphPartitionHelper`), the analyzer takes their widening for a changing input.
    """
    tree = open_model(data)
    tree.signatureDefs = tree.metadata = tree.metadataBuffer = None
    tree.description = "model"
    for graph in tree.subgraphs:
        graph.name = "main"
        for index, tensor in enumerate(graph.tensors):
            tensor.name = f"t{index}"
    graph = tree.subgraphs[0]
    kept, widened = [], {}
    for at, operator in enumerate(graph.operators):
        code = tree.operatorCodes[operator.opcodeIndex]
        kind = max(code.builtinCode, code.deprecatedBuiltinCode)
        source = graph.tensors[operator.inputs[0]] if len(operator.inputs) else None
        if (
            kind == schema.BuiltinOperator.DEQUANTIZE
            and source.type == schema.TensorType.FLOAT16
            and tree.buffers[source.buffer].data is not None
        ):
            widened[int(operator.outputs[0])] = int(operator.inputs[0])
        else:
            kept.append(at)
    graph.operators = [graph.operators[at] for at in kept]
    for operator in graph.operators:
        operator.inputs = np.array([widened.get(int(i), int(i)) for i in operator.inputs], np.int32)
    if spoil:
        code = schema.OperatorCodeT()
        code.builtinCode = code.deprecatedBuiltinCode = schema.BuiltinOperator.L2_NORMALIZATION
        tree.operatorCodes.append(code)
        first = graph.operators[0]
        first.opcodeIndex = len(tree.operatorCodes) - 1
        first.builtinOptions, first.builtinOptionsType = None, 0
    return close_model(tree), kept


def _analyze(python: Path, models: list[bytes]) -> tuple[str, list[str]]:
    """TensorFlow's version, and its analyzer's text on each model."""
    stream = b"".join(len(model).to_bytes(8, "little") + model for model in models)
    try:
        child = subprocess.run(  # noqa: S603 (our own code, in a Python that the user names)
            [str(python), "-I", "-c", _SCRIPT],
            input=stream,
            capture_output=True,
            timeout=_SECONDS,
            check=False,
        )
        if child.returncode:
            lines = child.stderr.decode(errors="replace").strip().splitlines()
            raise ExportError(f"{python}: the analyzer failed: {lines[-1] if lines else 'no word'}")
        found = json.loads(child.stdout)
        texts = [str(text) for text in found["texts"]]
        if len(texts) != len(models):
            raise ValueError("a text is missing")
        return str(found["version"]), texts
    except OSError as error:
        raise ExportError(f"{python} cannot be run: {error.strerror}") from None
    except subprocess.TimeoutExpired:
        raise ExportError(f"{python}: no answer within {_SECONDS:g} seconds") from None
    except (KeyError, TypeError, ValueError):
        raise ExportError(f"{python}: the analyzer's answer cannot be read") from None

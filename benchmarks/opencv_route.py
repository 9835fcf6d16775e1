"""The same `.tflite` in OpenCV's dnn: the other way to run it that the package already carries.

OpenCV's importer ends the whole process on files that it cannot take (a segmentation fault in 5.0),
so a file is tried in a process of its own first, and where that fails, cut shorter and shorter
until it is known which operator it fails at.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import cv2
import numpy as np

from edge_runtime.errors import ModelError
from edge_runtime.model_file import ModelFile, read_model

# Loads a file and runs it once. Its last line of output, if any, says why that failed.
_TRY = """
import sys
import cv2
import numpy as np
side = int(sys.argv[2])
try:
    net = cv2.dnn.readNetFromTFLite(sys.argv[1])
    net.setInput(np.zeros((1, 1, side, side), np.float32))
    net.forward()
except cv2.error as error:
    print(str(error).strip().splitlines()[-1])
    sys.exit(3)
"""
_SECONDS = 120  # far more than a small network takes, on a busy machine too


def _complaint(data: bytes, side: int) -> str | None:
    """What OpenCV says against a `.tflite`, in a process of its own; None if it runs."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "model.tflite")
        file.write_bytes(data)
        command = [sys.executable, "-c", _TRY, str(file), str(side)]
        environment = os.environ | {"OPENCV_LOG_LEVEL": "SILENT"}
        try:
            tried = subprocess.run(  # noqa: S603 - this very interpreter and our own words
                command, capture_output=True, text=True, timeout=_SECONDS, env=environment
            )
        except subprocess.TimeoutExpired:
            return f"no answer in {_SECONDS} s"
    if tried.returncode == 0:
        return None
    if tried.returncode < 0:
        return f"a crash (signal {-tried.returncode})"
    said = tried.stdout.strip().splitlines()
    return said[-1] if said else f"exit code {tried.returncode}"


def _operators(data: bytes) -> list[str]:
    from ai_edge_litert import schema_py_generated as schema

    from export.flatbuffer import open_model

    tree = open_model(data)
    names = {
        code: name for name, code in vars(schema.BuiltinOperator).items() if isinstance(code, int)
    }
    kinds = [tree.operatorCodes[op.opcodeIndex] for op in tree.subgraphs[0].operators]
    return [names.get(max(k.builtinCode, k.deprecatedBuiltinCode), "?") for k in kinds]


def _beginning(data: bytes, operators: int) -> bytes:
    """The network up to some operator, with what that gives as its only output."""
    from export.flatbuffer import close_model, open_model

    tree = open_model(data)
    graph = tree.subgraphs[0]
    graph.operators = graph.operators[:operators]
    graph.outputs = np.array([graph.operators[-1].outputs[0]], np.int32)
    tree.signatureDefs = None
    return close_model(tree)


def why_not_in_opencv(file: ModelFile) -> str | None:
    """Why OpenCV's dnn cannot run a model: the operator and what happens; None if it can."""
    data, side = file.data, file.contract.input_size
    complaint = _complaint(data, side)
    if complaint is None:
        return None
    operators = _operators(data)
    works, fails = 0, len(operators)
    while fails - works > 1:
        middle = (works + fails) // 2
        if _complaint(_beginning(data, middle), side) is None:
            works = middle
        else:
            fails = middle
    return (
        f"OpenCV {cv2.__version__} cannot take operator {fails} of {len(operators)}, "
        f"{operators[fails - 1]}: {complaint}"
    )


class OpenCVNetwork:
    """A model in OpenCV's dnn on the CPU.

    Args:
        model: the name of a shipped model, or the path of a `.tflite`.
        tried: whether it is known already that OpenCV can run it.
    Raises:
        ModelError: no whole TintLite model, or OpenCV cannot run it; says which operator.
    """

    def __init__(self, model: str, tried: bool = False) -> None:
        file = read_model(model)
        reason = None if tried else why_not_in_opencv(file)
        if reason:
            raise ModelError(f"{model}: {reason}")
        self.contract = file.contract
        self.input_size = file.contract.input_size
        self._net = cv2.dnn.readNetFromTFLite(np.frombuffer(file.data, np.uint8))

    def run(self, lightness: np.ndarray) -> np.ndarray:
        """float32 [S, S], the network's input, to float32 [S', S', 2], a* and b* / 110."""
        self._net.setInput(lightness[None, None])
        return np.ascontiguousarray(self._net.forward()[0].transpose(1, 2, 0))

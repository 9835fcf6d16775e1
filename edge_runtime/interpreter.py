"""One network on LiteRT: lightness in, ab out, through ai-edge-litert or tflite-runtime."""

import importlib
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from edge_runtime.errors import ModelError, TintLiteError
from edge_runtime.model_file import read_model
from edge_runtime.threads import check_threads

_INSTALL = (
    "no LiteRT interpreter is installed: pip install ai-edge-litert"
    " (on a 32-bit Raspberry Pi or where it has no wheel: pip install tflite-runtime)"
)


def load_interpreter_class() -> type:
    """The `Interpreter` class of ai-edge-litert, else of tflite-runtime.

    Raises:
        TintLiteError: neither is installed, and the message says what to install; or one is and
            cannot be loaded, and the message says why.
    """
    for package in ("ai_edge_litert", "tflite_runtime"):
        try:
            return importlib.import_module(f"{package}.interpreter").Interpreter
        except ModuleNotFoundError as error:
            # A package that is there and lacks one of its own needs is not "not installed".
            if error.name not in (package, f"{package}.interpreter"):
                raise TintLiteError(_broken(package, error)) from None
        except ImportError as error:
            raise TintLiteError(_broken(package, error)) from None
    raise TintLiteError(_INSTALL)


def _broken(package: str, error: ImportError) -> str:
    return f"{package} is installed but cannot be loaded: {' '.join(str(error).split())}"


@dataclass(frozen=True)
class Tensor:
    """What a model says of one of its tensors; `role` is `input` or `output`."""

    role: str
    name: str
    dtype: str
    shape: tuple[int, ...]


class Network:
    """A checked model, ready to run. Safe to share between threads; runs are one at a time.

    Attributes:
        contract: what the model file says of itself.
        input_size: S, the side of the square lightness input, in pixels.
        output_size: S', the side of the square ab output, in pixels.
        file_bytes: the size of the model file.
    """

    def __init__(self, model: str | Path, threads: int):
        """Load a model.

        Args:
            model: the name of a shipped model, or the path of a `.tflite`.
            threads: how many threads a run may use.
        Raises:
            ModelError: the file is not a whole and unedited TintLite model.
            TintLiteError: no interpreter is installed, or it cannot be loaded.
            TypeError: the number of threads is not a whole number.
            ValueError: the number of threads is out of range.
        """
        threads = check_threads(threads)
        file = read_model(model)
        self.contract = file.contract
        self.file_bytes = len(file.data)
        self._name = str(model)
        self._interpreter = _start(file.data, threads, model)
        try:
            self._input = self._interpreter.get_input_details()
            self._output = self._interpreter.get_output_details()
        except UnicodeDecodeError:
            raise ModelError(f"{model}: a tensor's name is not text") from None
        self.input_size = self.contract.input_size
        self.output_size = self._check_tensors(model)
        self._lock = threading.Lock()

    def run(self, lightness: np.ndarray) -> np.ndarray:
        """Run the network once.

        Args:
            lightness: float32 [S, S], CIE L* / 50 - 1.
        Returns:
            float32 [S', S', 2], a* and b* / 110, not clipped.
        Raises:
            ModelError: the network fails on this input, or gives what are no numbers.
            ValueError: another shape.
        """
        size = self.input_size
        if lightness.shape != (size, size):
            raise ValueError(f"the network takes {size} x {size} lightness, not {lightness.shape}")
        with self._lock:
            batch = np.ascontiguousarray(lightness[None, :, :, None], np.float32)
            self._interpreter.set_tensor(self._input[0]["index"], batch)
            try:
                self._interpreter.invoke()
            except RuntimeError as error:
                raise ModelError(
                    f"{self._name}: the network failed: {_first_line(error)}"
                ) from None
            ab = self._interpreter.get_tensor(self._output[0]["index"])[0]
        if not np.isfinite(ab).all():
            raise ModelError(f"{self._name}: the network's output is not finite")
        return ab

    def tensors(self) -> list[Tensor]:
        """The inputs and outputs, as the file describes them."""
        return [
            Tensor(
                role,
                details["name"],
                np.dtype(details["dtype"]).name,
                tuple(int(side) for side in details["shape"]),
            )
            for role, group in (("input", self._input), ("output", self._output))
            for details in group
        ]

    def _check_tensors(self, model: str | Path) -> int:
        """See that the tensors are those of the contract; returns S'."""
        size = self.contract.input_size
        inputs = [(list(t["shape"]), t["dtype"]) for t in self._input]
        if inputs != [([1, size, size, 1], np.float32)]:
            raise ModelError(
                f"{model}: another network: its input is not {size} x {size} lightness"
            )
        outputs = [(list(t["shape"]), t["dtype"]) for t in self._output]
        if len(outputs) == 1 and outputs[0][1] == np.float32 and len(outputs[0][0]) == 4:
            batch, height, width, channels = outputs[0][0]
            if batch == 1 and channels == 2 and height == width and 1 <= height <= size:
                return int(height)
        raise ModelError(f"{model}: another network: its output is not a square of ab")


def _start(data: bytes, threads: int, model: str | Path) -> Any:
    interpreter_class = load_interpreter_class()
    try:
        interpreter = interpreter_class(model_content=data, num_threads=threads)
        interpreter.allocate_tensors()
    except (ValueError, RuntimeError) as error:
        raise ModelError(f"{model}: LiteRT cannot run it: {_first_line(error)}") from None
    return interpreter


def _first_line(error: Exception) -> str:
    lines = str(error).strip().splitlines()
    return lines[0] if lines else "no reason given"

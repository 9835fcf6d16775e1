"""One network on LiteRT's compiled model, on the GPU alone."""

import importlib.util
import threading

import numpy as np

from edge_runtime.engine.litert import first_line
from edge_runtime.errors import TintLiteError
from edge_runtime.quiet import diverted

# There is one GPU, whatever the number of engines, and its driver need not know of threads.
_GPU_LOCK = threading.Lock()


class GpuError(TintLiteError):
    """The GPU cannot be used, and why."""


class GpuEngine:
    """A network that runs on the GPU from its first layer to its last.

    Loading LiteRT's GPU accelerator may end the process (`gpu_probe.py` says where):
    try the model there first.
    """

    def __init__(self, data: bytes, output_size: int):
        """Compile a model.

        Args:
            data: the checked bytes of a model file.
            output_size: S', the side of the square of ab that it gives, in pixels.
        Raises:
            GpuError: no GPU accelerator, no GPU, or the GPU cannot run all of the model.
        """
        check_compiled_model()
        try:
            from ai_edge_litert.compiled_model import CompiledModel, HardwareAccelerator

            # What LiteRT writes to standard output, which is the program's, is for standard error.
            with _GPU_LOCK, diverted(1, 2):
                # The GPU alone: with the CPU beside it, LiteRT would not say what runs where.
                self._model = CompiledModel.from_buffer(data, HardwareAccelerator.GPU)
            if not self._model.is_fully_accelerated():
                raise GpuError("some of its layers cannot run on the GPU")
            self._inputs = self._model.create_input_buffers(0)
            self._outputs = self._model.create_output_buffers(0)
        except (RuntimeError, ValueError, TypeError, AttributeError, ImportError) as error:
            # The last three: older versions, which have other functions.
            raise GpuError(f"LiteRT cannot compile it for the GPU: {first_line(error)}") from None
        self._output_shape = (output_size, output_size, 2)

    def run(self, lightness: np.ndarray) -> np.ndarray:
        """As `Engine.run`."""
        side, _, channels = self._output_shape
        with _GPU_LOCK:
            self._inputs[0].write(np.ascontiguousarray(lightness, np.float32))
            self._model.run_by_index(0, self._inputs, self._outputs)
            ab = self._outputs[0].read(side * side * channels, np.float32)
        return ab.reshape(self._output_shape)


def check_compiled_model() -> None:
    """See that the installed LiteRT has compiled models at all.

    Raises:
        GpuError: it has not.
    """
    try:
        found = importlib.util.find_spec("ai_edge_litert.compiled_model")
    except ModuleNotFoundError:
        raise GpuError("only ai-edge-litert runs on the GPU, and it is not installed") from None
    if found is None:
        raise GpuError("this version of ai-edge-litert is too old for it")

"""One network on ONNX Runtime, on one of its execution providers alone."""

import importlib
import os
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

from edge_runtime.engine.accelerator import PROVIDERS
from edge_runtime.engine.gpu_engine import GpuError
from edge_runtime.engine.litert import first_line
from edge_runtime.errors import ModelError, TintLiteError

_INSTALL = "an .onnx runs on ONNX Runtime, which is not installed: pip install 'tintlite[onnx]'"


def load_onnxruntime() -> ModuleType:
    """The module `onnxruntime`.

    Raises:
        TintLiteError: it is not installed, or cannot be loaded.
    """
    try:
        ort = importlib.import_module("onnxruntime")
    except ImportError as error:
        if isinstance(error, ModuleNotFoundError) and error.name == "onnxruntime":
            raise TintLiteError(_INSTALL) from None
        reason = " ".join(str(error).split())
        raise TintLiteError(f"onnxruntime cannot be loaded: {reason}") from None
    ort.disable_telemetry_events()  # on Windows it would tell its maker
    return ort


def providers_here() -> list[str]:
    """Those of `PROVIDERS` that the installed ONNX Runtime was built with.

    Raises:
        TintLiteError: as `load_onnxruntime`.
    """
    built = load_onnxruntime().get_available_providers()
    return [name for name, provider in PROVIDERS.items() if provider.called in built]


class OnnxEngine:
    """A network that runs on one execution provider from its first layer to its last.

    Attributes:
        inputs, outputs: name, dtype as ONNX Runtime has it, and shape of each; an open side is a
            text or None.
    """

    def __init__(self, data: bytes, threads: int, provider: str = "cpu"):
        """Load a model.

        Args:
            data: the checked bytes of an `.onnx`.
            threads: how many threads a run may use on the CPU.
            provider: one of `PROVIDERS`. Loading another than `cpu` may end the process: try the
                model in a process of its own first (`edge_runtime/engine/gpu_probe.py`).
        Raises:
            TintLiteError: no ONNX Runtime is installed, or it cannot be loaded.
            GpuError: the provider is not there, or cannot run all of the model.
            ModelError: the CPU cannot run it.
        """
        ort = load_onnxruntime()
        failed = ModelError if provider == "cpu" else GpuError
        here = providers_here()
        if provider not in here:
            raise GpuError(
                f"this ONNX Runtime was built for {', '.join(here)}:"
                f" install {PROVIDERS[provider].package} in its place"
            )
        options = ort.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        options.log_severity_level = 3  # errors; the probe reads them
        # Threads that wait for the next picture must not keep the processor busy.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        # Without it int8 sums overflow on x86 processors that have AVX2 and no VNNI.
        options.add_session_config_entry("session.x64quantprecision", "1")
        if provider != "cpu":
            # All of it or nothing: else the CPU would run what is left, and nobody be told.
            options.add_session_config_entry("session.disable_cpu_ep_fallback", "1")
        if provider == "directml":
            options.enable_mem_pattern = False  # it asks for that
        called = PROVIDERS[provider].called
        wanted: list[Any] = [called]
        if provider == "tensorrt":
            # CUDA for layers that TensorRT leaves.
            wanted = [(called, _tensorrt_options()), PROVIDERS["cuda"].called]
        try:
            self._session = ort.InferenceSession(data, options, providers=wanted)
        except Exception as error:  # its own errors have no common base
            raise failed(f"ONNX Runtime cannot run it: {_plain(error)}") from None
        if called not in self._session.get_providers():
            raise GpuError(f"ONNX Runtime cannot load its {called}")
        self._session.disable_fallback()
        self.inputs, self.outputs = (
            [(end.name, end.type, tuple(end.shape)) for end in ends]
            for ends in (self._session.get_inputs(), self._session.get_outputs())
        )

    def run(self, lightness: np.ndarray) -> np.ndarray:
        """As `Engine.run`."""
        batch = np.ascontiguousarray(lightness[None, None], np.float32)
        try:
            (ab,) = self._session.run(None, {self.inputs[0][0]: batch})
        except Exception as error:
            raise RuntimeError(_plain(error)) from None
        return np.ascontiguousarray(ab[0].transpose(1, 2, 0))


def _tensorrt_options() -> dict[str, str]:
    folder = str(_engines_folder())
    return {
        # Building an engine takes minutes on a Jetson: it is done once for a model and a GPU.
        "trt_engine_cache_enable": "1",
        "trt_engine_cache_path": folder,
        "trt_timing_cache_enable": "1",
        "trt_timing_cache_path": folder,
        "trt_fp16_enable": "1",
    }


def _engines_folder() -> Path:
    """Where TensorRT's engines are kept; code that this user's GPU runs, so nobody else's to write.

    Raises:
        GpuError: it cannot be made.
    """
    root = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    folder = Path(root) / "tintlite" / "tensorrt"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except (OSError, RuntimeError) as error:
        raise GpuError(f"there is no folder for TensorRT's engines: {error}") from None
    return folder


def _plain(error: Exception) -> str:
    """What ONNX Runtime says, without its own code's name and number in front."""
    line = first_line(error)
    return line.split(" : ", 3)[-1] if line.startswith("[ONNXRuntimeError]") else line

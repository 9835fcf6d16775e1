"""Try a model on a GPU, or whatever a library drives, in a process of its own: it may die of it.

LiteRT's GPU accelerator is a library without source. It ends the process by SIGILL on ARM
processors without the dot product instructions, as that of the Raspberry Pi 4
(github.com/google-ai-edge/LiteRT/issues/5675), and has been seen to crash in drivers. And it says
why a GPU cannot be had on standard error alone, which a process of its own lets us read. So does
ONNX Runtime of its libraries for CUDA, TensorRT and others.
"""

import json
import re
import signal
import subprocess
import sys
from pathlib import PurePath

from edge_runtime.engine.accelerator import PROVIDERS
from edge_runtime.engine.gpu_engine import GpuEngine, GpuError, check_compiled_model
from edge_runtime.engine.onnx_engine import OnnxEngine
from edge_runtime.engine.pattern import pattern
from edge_runtime.errors import TintLiteError

# A driver compiles its programs at the first run; a software driver takes ten seconds for it.
PROBE_SECONDS = 120.0
# TensorRT tries many programs for each layer.
TENSORRT_SECONDS = 1800.0

# The same modules as here, and none of the folder that the user happens to be in.
_CHILD = (
    "import json, sys; sys.path[:] = json.loads(sys.argv[1]);"
    "from edge_runtime.engine.gpu_probe import main; main(sys.argv[2], *map(int, sys.argv[3:]))"
)

_LITERT = "LiteRT's GPU accelerator"
_NO_INSTRUCTIONS = "needs instructions that this processor does not have"

# What LiteRT writes to standard error, and what it means; the first that is found counts.
_REASONS = {
    "compiled with dotprod": f"{_LITERT} {_NO_INSTRUCTIONS}",
    "Couldn't load Vulkan": "there is no Vulkan loader (libvulkan.so.1)",
    "Found no drivers": "there is no Vulkan driver",
    "No adapters found": "LiteRT found no GPU driver",
}
# What ONNX Runtime writes of a library of its own that lacks another one.
_LIBRARY = re.compile(r"Failed to load library (\S+) with error: (.*)")


def probe_gpu(
    data: bytes, input_size: int, output_size: int, kind: str = "gpu", threads: int = 1
) -> None:
    """See that a model can be compiled and run on the GPU, and that the process outlives it.

    Args:
        data: the checked bytes of a model file.
        input_size: S, the side of its input, in pixels.
        output_size: S', the side of its output, in pixels.
        kind: `gpu`, or of an `.onnx` one of `edge_runtime.engine.accelerator.PROVIDERS`.
        threads: how many threads a run of a provider may use on the CPU.
    Raises:
        GpuError: it cannot, and why.
    """
    if kind == "gpu":
        check_compiled_model()
    seconds = TENSORRT_SECONDS if kind == "tensorrt" else PROBE_SECONDS
    if not sys.executable or getattr(sys, "frozen", False):
        raise GpuError("it cannot be tried safely from inside a packed program")
    words = (kind, str(input_size), str(output_size), str(threads))
    command = [sys.executable, "-I", "-c", _CHILD, json.dumps(sys.path), *words]
    try:
        child = subprocess.run(  # noqa: S603 (our own interpreter and code)
            command, input=data, capture_output=True, timeout=seconds, check=False
        )
    except subprocess.TimeoutExpired:
        raise GpuError(f"no answer within {seconds:g} seconds") from None
    except OSError as error:
        raise GpuError(f"it cannot be tried: {error.strerror}") from None
    if child.returncode:
        raise GpuError(_reason(child, _LITERT if kind == "gpu" else PROVIDERS[kind].called))


def main(kind: str, input_size: int, output_size: int, threads: int) -> None:
    """What the process of its own does: load and run the model of standard input once."""
    data = sys.stdin.buffer.read()
    try:
        engine = GpuEngine(data, output_size) if kind == "gpu" else OnnxEngine(data, threads, kind)
        engine.run(pattern(input_size))
    except (TintLiteError, RuntimeError) as error:
        raise SystemExit(str(error)) from None


def _reason(child: subprocess.CompletedProcess, what: str) -> str:
    text = child.stderr.decode(errors="replace")
    library = _LIBRARY.search(text)
    if library is not None:
        return f"{PurePath(library[1]).name} cannot be loaded: {library[2]}"
    for words, reason in _REASONS.items():
        if words in text:
            return reason
    if child.returncode < 0:
        if -child.returncode == signal.SIGILL:
            return f"{what} {_NO_INSTRUCTIONS}"
        try:
            name = signal.Signals(-child.returncode).name
        except ValueError:
            name = f"signal {-child.returncode}"
        return f"{what} crashed ({name})"
    lines = [line for line in text.splitlines() if line.strip()]
    return lines[-1] if lines else f"the trial ended with code {child.returncode}"

"""Try a model on the GPU in a process of its own, which may die of it.

LiteRT's GPU accelerator is a library without source. It ends the process by SIGILL on ARM
processors without the dot product instructions, as that of the Raspberry Pi 4
(github.com/google-ai-edge/LiteRT/issues/5675), and has been seen to crash in drivers. And it says
why a GPU cannot be had on standard error alone, which a process of its own lets us read.
"""

import json
import signal
import subprocess
import sys

from edge_runtime.engine.gpu_engine import GpuEngine, GpuError, check_compiled_model
from edge_runtime.engine.pattern import pattern

# A driver compiles its programs at the first run; a software driver takes ten seconds for it.
PROBE_SECONDS = 120.0

# The same modules as here, and none of the folder that the user happens to be in.
_CHILD = (
    "import json, sys; sys.path[:] = json.loads(sys.argv[1]);"
    "from edge_runtime.engine.gpu_probe import main; main(*map(int, sys.argv[2:]))"
)

_INSTRUCTIONS = "LiteRT's GPU accelerator needs instructions that this processor does not have"

# What LiteRT writes to standard error, and what it means; the first that is found counts.
_REASONS = {
    "compiled with dotprod": _INSTRUCTIONS,
    "Couldn't load Vulkan": "there is no Vulkan loader (libvulkan.so.1)",
    "Found no drivers": "there is no Vulkan driver",
    "No adapters found": "LiteRT found no GPU driver",
}


def probe_gpu(data: bytes, input_size: int, output_size: int) -> None:
    """See that a model can be compiled and run on the GPU, and that the process outlives it.

    Args:
        data: the checked bytes of a model file.
        input_size: S, the side of its input, in pixels.
        output_size: S', the side of its output, in pixels.
    Raises:
        GpuError: it cannot, and why.
    """
    check_compiled_model()
    if not sys.executable or getattr(sys, "frozen", False):
        raise GpuError("it cannot be tried safely from inside a packed program")
    sizes = (str(input_size), str(output_size))
    command = [sys.executable, "-I", "-c", _CHILD, json.dumps(sys.path), *sizes]
    try:
        child = subprocess.run(  # noqa: S603 (our own interpreter and code)
            command, input=data, capture_output=True, timeout=PROBE_SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        raise GpuError(f"no answer within {PROBE_SECONDS:g} seconds") from None
    except OSError as error:
        raise GpuError(f"it cannot be tried: {error.strerror}") from None
    if child.returncode:
        raise GpuError(_reason(child))


def main(input_size: int, output_size: int) -> None:
    """What the process of its own does: compile and run the model of standard input once."""
    try:
        engine = GpuEngine(sys.stdin.buffer.read(), output_size)
        engine.run(pattern(input_size))
    except (GpuError, RuntimeError) as error:
        raise SystemExit(str(error)) from None


def _reason(child: subprocess.CompletedProcess) -> str:
    text = child.stderr.decode(errors="replace")
    for words, reason in _REASONS.items():
        if words in text:
            return reason
    if child.returncode < 0:
        if -child.returncode == signal.SIGILL:
            return _INSTRUCTIONS
        try:
            name = signal.Signals(-child.returncode).name
        except ValueError:
            name = f"signal {-child.returncode}"
        return f"LiteRT's GPU accelerator crashed ({name})"
    lines = [line for line in text.splitlines() if line.strip()]
    return lines[-1] if lines else f"the trial ended with code {child.returncode}"

"""`tintlite accelerators`: what a model can run on here."""

from edge_runtime.cli import options
from edge_runtime.cli.console import end_quietly, say
from edge_runtime.engine.accelerator import takes
from edge_runtime.engine.threads import default_threads
from edge_runtime.model.model_file import DEFAULT_MODEL, read_model
from edge_runtime.quiet import quiet_libraries


def accelerators(
    model: options.Model = DEFAULT_MODEL,
) -> None:
    """Try what a model can run on here: the CPU, the GPU, and what `auto` or `onnx` would take."""
    from edge_runtime.engine.gpu_engine import GpuError
    from edge_runtime.engine.interpreter import Network

    names = takes(read_model(model).opset is not None)
    width = max(map(len, names)) + 1
    for name in names:
        try:
            with quiet_libraries():
                network = Network(model, default_threads(), name)
        except GpuError as error:
            say(f"{name:<{width}} no: {error}")
        else:
            end_quietly(network)
            taken = f"{network.accelerator}: {network.accelerator_note}".rstrip(": ")
            say(f"{name:<{width}} {taken if name in ('auto', 'onnx') else 'yes'}")

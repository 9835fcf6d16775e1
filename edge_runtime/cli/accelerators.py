"""`tintlite accelerators`: what a model can run on here."""

from edge_runtime.cli.console import end_quietly, say
from edge_runtime.engine.accelerator import takes
from edge_runtime.engine.gpu_engine import GpuError
from edge_runtime.engine.interpreter import Network
from edge_runtime.engine.threads import default_threads
from edge_runtime.model.model_file import read_model
from edge_runtime.quiet import quiet_libraries


def show_accelerators(model: str) -> None:
    """Try each accelerator that takes the model, and print one line of each.

    Args:
        model: a shipped model's name, or the path of a `.tflite` or an `.onnx`.
    Raises:
        ModelError: the model cannot be used.
        TintLiteError: what runs it on the CPU is not installed, or cannot be loaded.
    """
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

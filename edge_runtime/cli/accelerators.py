"""`tintlite accelerators`: what a model can run on here."""

from edge_runtime.cli.console import end_quietly, say
from edge_runtime.engine.accelerator import ACCELERATORS
from edge_runtime.engine.gpu_engine import GpuError
from edge_runtime.engine.interpreter import Network
from edge_runtime.engine.threads import default_threads
from edge_runtime.quiet import quiet_libraries


def show_accelerators(model: str) -> None:
    """Try each accelerator, and print one line of each.

    Args:
        model: a shipped model's name, or the path of a `.tflite`.
    Raises:
        ModelError: the model cannot be used.
        TintLiteError: no LiteRT interpreter is installed, or it cannot be loaded.
    """
    for name in ACCELERATORS:
        try:
            with quiet_libraries():
                network = Network(model, default_threads(), name)
        except GpuError as error:
            say(f"{name:<5} no: {error}")
        else:
            end_quietly(network)
            taken = f"{network.accelerator}: {network.accelerator_note}".rstrip(": ")
            say(f"{name:<5} {taken if name == 'auto' else 'yes'}")

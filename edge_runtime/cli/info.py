"""`tintlite info`: all that a model file says of itself."""

from dataclasses import asdict

from edge_runtime.cli.console import quiet_libraries, say
from edge_runtime.interpreter import Network


def show_info(model: str) -> None:
    """Print the contract and the tensors of a model, one value a line.

    Args:
        model: a shipped model's name, or the path of a `.tflite`.
    Raises:
        ModelError: the model cannot be used.
    """
    with quiet_libraries():
        network = Network(model, threads=1)
    values = asdict(network.contract)
    result = values.pop("result")
    lines = {name.replace("_", " "): str(value) for name, value in values.items()}
    lines |= {f"result: {name}": f"{value:g}" for name, value in sorted(result.items())}
    lines["size"] = f"{network.file_bytes} bytes"
    lines |= {
        f"{tensor.role} tensor": f"{tensor.name} {tensor.dtype} {list(tensor.shape)}"
        for tensor in network.tensors()
    }
    width = max(len(name) for name in lines)
    for name, value in lines.items():
        say(f"{name:<{width}}  {value}")

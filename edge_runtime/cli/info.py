"""`tintlite info`: all that a model file says of itself."""

from typing import Annotated

import typer

from edge_runtime.cli.console import say
from edge_runtime.quiet import quiet_libraries


def info(
    model: Annotated[
        str,
        typer.Argument(metavar="MODEL", help="A shipped model's name, or a .tflite or .onnx file."),
    ],
) -> None:
    """Show what a model file says of itself, and its tensors.

    \b
    Example:
      tintlite info standard
    """
    from edge_runtime.engine.interpreter import Network

    with quiet_libraries():
        network = Network(model, threads=1)
    values = network.contract.values()
    result = values.pop("result")
    if "view" in values:
        view = (f"{name} {value:g}" for name, value in values["view"].items())
        values["view"] = ", ".join(view).replace("_", " ")
    lines = {name.replace("_", " "): str(value) for name, value in values.items()}
    lines |= {f"result: {name}": f"{value:g}" for name, value in sorted(result.items())}
    lines["size"] = f"{network.file_bytes} bytes"
    if network.opset is None:
        lines["signature"] = ", ".join(network.signatures) or "none"
    else:
        lines["onnx operators"] = f"version {network.opset}"
    for tensor in network.tensors():
        shape = f"{tensor.name} {tensor.dtype} [{', '.join(map(str, tensor.shape))}]"
        lines[f"{tensor.role} tensor"] = shape
        if tensor.range is not None:
            low, high = tensor.range
            lines[f"{tensor.role} range"] = f"{low:.4g} to {high:.4g}"
        if tensor.scale is not None:
            scale = f"scale {tensor.scale:.6g}, zero point {tensor.zero_point}"
            lines[f"{tensor.role} integers"] = scale
    width = max(len(name) for name in lines)
    for name, value in lines.items():
        say(f"{name:<{width}}  {value}")

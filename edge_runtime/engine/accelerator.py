"""What a user may ask to run a network on."""

from edge_runtime.errors import ArgumentError

# Of ONNX Runtime's execution providers those that TintLite knows, by what comes after `onnx:`.
PROVIDERS = {
    "cpu": "CPUExecutionProvider",
    "cuda": "CUDAExecutionProvider",
    "tensorrt": "TensorrtExecutionProvider",
    "openvino": "OpenVINOExecutionProvider",
    "directml": "DmlExecutionProvider",
}
ACCELERATORS = {
    "cpu": "the processor (LiteRT's interpreter with XNNPACK; of an .onnx, ONNX Runtime)",
    "gpu": "the GPU, or an error that says why not",
    "auto": "the GPU where it gives the same colours and is no slower, else the CPU",
    "onnx": "for an .onnx: as auto, of what the installed ONNX Runtime has",
} | {f"onnx:{name}": f"for an .onnx: {provider}" for name, provider in PROVIDERS.items()}
DEFAULT_ACCELERATOR = "cpu"

# What `Network.accelerator` says where a library of the user's runs the network.
DELEGATE = "delegate"

_NAMES = {
    "cpu": "the CPU",
    "gpu": "the GPU",
    DELEGATE: "a delegate",
    "onnx:cpu": "the CPU by ONNX Runtime",
    "onnx:cuda": "the GPU by ONNX Runtime and CUDA",
    "onnx:tensorrt": "the GPU by ONNX Runtime and TensorRT",
    "onnx:openvino": "OpenVINO by ONNX Runtime",
    "onnx:directml": "the GPU by ONNX Runtime and DirectML",
}


def check_accelerator(name: str, delegate: object = None) -> None:
    """See that an accelerator is one, and that no delegate is asked for beside another.

    Raises:
        ValueError: it is not, or both are.
    """
    if name not in ACCELERATORS:
        raise ArgumentError(f"the accelerator is one of {', '.join(ACCELERATORS)}, not '{name}'")
    if delegate is not None and name != "cpu":
        raise ArgumentError(f"a delegate runs beside the CPU, not with the accelerator '{name}'")


def takes(onnx: bool) -> list[str]:
    """The accelerators for an `.onnx`, or those for a `.tflite`."""
    return [name for name in ACCELERATORS if name.startswith("onnx") == onnx]


def runs_on(accelerator: str, note: str) -> str:
    """One line for a person: what runs the network, and why not what was asked for.

    Args:
        accelerator, note: `accelerator` and `accelerator_note` of a `Network` or a `Colorizer`.
    """
    return f"running on {_NAMES[accelerator]}" + (f": {note}" if note else "")

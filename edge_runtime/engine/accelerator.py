"""What a user may ask to run a network on."""

from dataclasses import dataclass

from edge_runtime.errors import ArgumentError


@dataclass(frozen=True)
class Provider:
    """An execution provider of ONNX Runtime: all that is known of it.

    Attributes:
        called: ONNX Runtime's name of it.
        spoken: what runs a network by it, in a sentence.
        package: which has it; each takes the place of plain onnxruntime.
        tried: whether `onnx` and `auto` try it, in the order of `PROVIDERS`.
    """

    called: str
    spoken: str
    package: str
    tried: bool = False


# By what comes after `onnx:`.
PROVIDERS = {
    "cpu": Provider("CPUExecutionProvider", "the CPU by ONNX Runtime", "onnxruntime"),
    "cuda": Provider(
        "CUDAExecutionProvider",
        "the GPU by ONNX Runtime and CUDA",
        "onnxruntime-gpu",
        tried=True,
    ),
    # It builds for minutes: it is for who names it.
    "tensorrt": Provider(
        "TensorrtExecutionProvider", "the GPU by ONNX Runtime and TensorRT", "onnxruntime-gpu"
    ),
    "directml": Provider(
        "DmlExecutionProvider",
        "the GPU by ONNX Runtime and DirectML",
        "onnxruntime-directml",
        tried=True,
    ),
    "openvino": Provider(
        "OpenVINOExecutionProvider",
        "OpenVINO by ONNX Runtime",
        "onnxruntime-openvino",
        tried=True,
    ),
}
ACCELERATORS = {
    "cpu": "the processor (LiteRT's interpreter with XNNPACK; of an .onnx, ONNX Runtime)",
    "gpu": "the GPU, or an error that says why not",
    "auto": "the GPU where it gives the same colours and is no slower, else the CPU",
    "onnx": "for an .onnx: as auto, of what the installed ONNX Runtime has",
} | {f"onnx:{name}": f"for an .onnx: {provider.called}" for name, provider in PROVIDERS.items()}
DEFAULT_ACCELERATOR = "cpu"

# What `Network.accelerator` says where a library of the user's runs the network.
DELEGATE = "delegate"

_NAMES = {
    "cpu": "the CPU",
    "gpu": "the GPU",
    DELEGATE: "a delegate",
} | {f"onnx:{name}": provider.spoken for name, provider in PROVIDERS.items()}


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

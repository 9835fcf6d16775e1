"""What a user may ask to run a network on."""

from edge_runtime.errors import ArgumentError

ACCELERATORS = {
    "cpu": "the processor (LiteRT's interpreter with XNNPACK)",
    "gpu": "the GPU, or an error that says why not",
    "auto": "the GPU where it gives the same colours and is no slower, else the CPU",
}
DEFAULT_ACCELERATOR = "cpu"

# What `Network.accelerator` says where a library of the user's runs the network.
DELEGATE = "delegate"


def check_accelerator(name: str, delegate: object = None) -> None:
    """See that an accelerator is one, and that no delegate is asked for beside the GPU.

    Raises:
        ValueError: it is not, or both are.
    """
    if name not in ACCELERATORS:
        raise ArgumentError(f"the accelerator is one of {', '.join(ACCELERATORS)}, not '{name}'")
    if delegate is not None and name != "cpu":
        raise ArgumentError(f"a delegate runs beside the CPU, not with the accelerator '{name}'")


def runs_on(accelerator: str, note: str) -> str:
    """One line for a person: what runs the network, and why not the GPU.

    Args:
        accelerator, note: `accelerator` and `accelerator_note` of a `Network` or a `Colorizer`.
    """
    name = {"cpu": "the CPU", "gpu": "the GPU", DELEGATE: "a delegate"}[accelerator]
    return f"running on {name}" + (f": {note}" if note else "")

"""What runs the network, and what else is worked out of a picture."""

from dataclasses import dataclass, field
from pathlib import Path

from edge_runtime.engine.accelerator import DEFAULT_ACCELERATOR, check_accelerator
from edge_runtime.engine.threads import check_threads, default_threads


@dataclass(frozen=True)
class Device:
    """What a model runs on.

    Attributes:
        threads: 1 to 64; by default the cores at hand, at most 4.
        accelerator: what runs the network: `cpu`; `gpu`, which fails where there is none; `auto`,
            the GPU where it gives the same colours and is no slower, else the CPU. Of an `.onnx`:
            `onnx`, which chooses as `auto` does, or `onnx:` and a provider, which must be there.
        delegate: the library of a LiteRT delegate, as `libedgetpu.so.1`, beside the CPU. Its code
            runs in this process.
    Raises:
        ArgumentError: threads or accelerator out of range, threads that are no whole number
            (ArgumentTypeError), or a delegate beside the GPU.
    """

    threads: int = field(default_factory=default_threads)
    accelerator: str = DEFAULT_ACCELERATOR
    delegate: str | Path | None = None

    def __post_init__(self) -> None:
        # NumPy's whole numbers become Python's, which LiteRT takes.
        object.__setattr__(self, "threads", check_threads(self.threads))
        check_accelerator(self.accelerator, self.delegate)

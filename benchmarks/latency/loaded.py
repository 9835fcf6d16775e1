"""A model that is ready to be timed."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from edge_runtime.model.tone import ToneView

# float32 [B, S, S, 1], the network's input -> float32 [B, S', S', 2] ab (a*, b* / 110), both in
# the memory of the processor
BatchNetwork = Callable[[np.ndarray], np.ndarray]


@dataclass(frozen=True)
class Loaded:
    """A model that is ready.

    Attributes:
        input_size: S, in pixels.
        view: how it is shown pictures (see `edge_runtime.model.contract.as_input`).
        run: what is timed for `NETWORK`, else None; a `.tflite` takes batches of 1 alone.
        colorize: what is timed for a whole picture, or None: uint8 [H, W] to [H, W, 3].
        delegated_share: the part of the operators that a delegate runs, 0 to 1; None where there
            are no delegates, or nothing tells.
    """

    input_size: int
    view: ToneView | None
    run: BatchNetwork | None
    colorize: Callable[[np.ndarray], np.ndarray] | None = None
    delegated_share: float | None = None

"""How large a run of one of the paper's networks is: `train/configs/` has a recipe for each."""

from typing import Any

from train.config import FitConfig
from train.networks.registry import NETWORKS

# As in the paper: 256 px, for pictures that were prepared with --short-side 256.
PAPER: dict[str, Any] = {"batch_size": 16, "crop_sizes": ((1.0, 256),), "val_size": 256}

# An hour of one GPU: the crops, the steps and the schedule of `standard`.
HOUR: dict[str, Any] = {
    "minutes": 60.0,
    "batch_size": 32,
    "crop_sizes": ((1.0, 128),),
    "round_steps": 1000,
}

# Minutes of one CPU core: how much of a network comes of what everybody has.
CPU: dict[str, Any] = {
    "batch_size": 16,
    "ema": 0.99,
    "val_size": 96,
    "val_pictures": 64,
    "sheet_rounds": 3,
}

# A few steps that prove the line works; the colours are worth nothing.
SMOKE: dict[str, Any] = {
    "steps": 20,
    "batch_size": 4,
    "crop_sizes": ((1.0, 64),),
    "warmup": 0.1,
    "ema": 0.9,
    "round_steps": 10,
    "val_size": 64,
    "val_pictures": 4,
    "sheet_rounds": 1,
}


def at_scale(network: str, scale: dict[str, Any], **values: Any) -> FitConfig:
    """The recipe of one of the paper's networks at a scale.

    Args:
        network: one of `train.networks.registry.NETWORKS`; the loss is that of its row.
        scale: one of the above.
        values: what the network needs besides, or otherwise.
    Raises:
        ConfigError: they do not make sense.
    """
    base = {"name": network, "network": network, "loss": NETWORKS[network].loss}
    return FitConfig(**base | scale | values)

"""The recipes of the paper's networks: how large a run is, whichever network it trains.

    python -m train fit NETWORK --scale paper --data data/photos256 --out runs/mine
    python -m train fit NETWORK --scale hour --data data/photos --out runs/mine
    KERAS_BACKEND=torch python -m train fit NETWORK --scale cpu --data data/photos --out runs/mine
    python -m train fit NETWORK --scale smoke --data data/mine --out runs/mine

`train/configs/` tells what `cpu` cost and gave; docs/measurements/networks.md has the table.
"""

from typing import Any

from train.config import FitConfig
from train.networks.registry import NETWORKS

# As in the paper: 256 px, for pictures that were prepared with --short-side 256. Not run to its end
# here: two cores would need weeks.
_PAPER = {"batch_size": 16, "crop_sizes": ((1.0, 256),), "val_size": 256}

# An hour of one GPU: the crops, the steps and the schedule of `standard`. Not run to its end here
# yet.
_HOUR = {"minutes": 60.0, "batch_size": 32, "crop_sizes": ((1.0, 128),), "round_steps": 1000}

# Minutes of one CPU core: how much of a network comes of what everybody has.
_CPU = {
    "batch_size": 16,
    "crop_sizes": ((0.6, 64), (1.0, 96)),
    "ema": 0.99,
    "val_size": 96,
    "val_pictures": 64,
    "sheet_rounds": 3,
}

# A few steps that prove the line works; the colours are worth nothing.
_SMOKE = {
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

_GAN = {
    "adversarial_loss": "smoothed_cross_entropy",
    "optimizer": "adam",
    "learning_rate": 0.0002,
    "momentum": 0.5,
}


def recipes(
    network: str, *, cpu: dict[str, Any], smoke: dict[str, Any] | None = None, **values: Any
) -> dict[str, FitConfig]:
    """The recipes of a network that regresses or classifies, by scale.

    Args:
        network: one of `train.networks.registry.NETWORKS`; the loss is that of its row.
        cpu, smoke: what it has otherwise at these scales.
        values: what it has at all of them.
    """
    return {
        # Ends after 20 passes without a better round.
        "paper": _recipe(network, _PAPER, {"epochs": 150.0, "patience": 20}, values),
        "hour": _recipe(network, _HOUR, values),
        "cpu": _recipe(network, _CPU, values, cpu),
        "smoke": _recipe(network, _SMOKE, {"name": f"smoke_{network}"}, values, smoke or {}),
    }


def gan_recipes(
    network: str, *, rate_alone: float, smoke: dict[str, Any] | None = None, **values: Any
) -> dict[str, FitConfig]:
    """The recipes of a generator, by scale.

    For half of `paper` and `hour` it learns by its loss on ab alone: the discriminator of an
    untaught one makes it colour at random. `cpu` goes on from `cpu_l1`, by `--start-from`.

    Args:
        network: as of `recipes`.
        rate_alone: the learning rate of `cpu_l1`, without a discriminator.
        smoke, values: as of `recipes`.
    """
    alone = {"minutes": 10.0, "learning_rate": rate_alone, "round_steps": 400}
    last = {"minutes": 8.0, "crop_sizes": ((1.0, 96),), "round_steps": 200}
    first_half = {"adversarial_from": 0.5}
    name = {"name": f"smoke_{network}", "learning_rate": 0.0004}
    return {
        "paper": _recipe(network, _PAPER, {"epochs": 100.0}, _GAN, first_half, values),
        "hour": _recipe(network, _HOUR, _GAN, first_half, values),
        "cpu_l1": _recipe(network, _CPU, alone, values),
        "cpu": _recipe(network, _CPU, _GAN, last, values),
        "smoke": _recipe(network, _SMOKE, _GAN, name, values, smoke or {}),
    }


def _recipe(network: str, *values: dict[str, Any]) -> FitConfig:
    """Of values, of which later ones count more than earlier ones."""
    merged: dict[str, Any] = {"name": network, "network": network, "loss": NETWORKS[network].loss}
    for each in values:
        merged |= each
    return FitConfig(**merged)

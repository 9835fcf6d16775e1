"""Whether the network waits for its data: pictures a second of each alone, and of both together."""

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import torch

from train.config import FitConfig
from train.data.batches import Batches, RoundBatches
from train.data.store import Store
from train.fit.engines import TrainingEngine, make_engine
from train.fit.seed import set_seed


@dataclass(frozen=True)
class Speed:
    """Pictures a second, of the recipe's last and largest crops.

    Attributes:
        device: what computed, for people.
        crop_size: side of the crops, pixels.
        batch_size: pictures in a batch.
        data: made with nothing else to do: crops, film, Lab.
        held: trained, on one batch that was made beforehand.
        training: trained, as `fit` does: data included.
    """

    device: str
    crop_size: int
    batch_size: int
    data: float
    held: float
    training: float

    @property
    def waiting(self) -> float:
        """The share of the time in which the network waits for its data, 0..1."""
        return max(0.0, 1 - self.training / self.held)


@dataclass(frozen=True)
class _OneBatch:
    """Stands for `Batches`: the same one over and over, so that nothing is waited for."""

    held: tuple[torch.Tensor, torch.Tensor]

    def batch(self, step: int, size: int) -> tuple[torch.Tensor, torch.Tensor]:
        return self.held


def measure_speed(
    config: FitConfig,
    data: Path,
    batches: int,
    *,
    device: str = "auto",
    on_stage: Callable[[str], None] = lambda stage: None,
) -> Speed:
    """Measure a recipe on this machine; its weights are random, and nothing is written.

    Args:
        config: the recipe.
        data: a store with the split `train`.
        batches: of each kind, at least 2.
        device: see `train.fit.engines.make_engine`.
        on_stage: called with a word for each stage.
    Raises:
        StoreError, ConfigError: unfit data, or a recipe that does not fit the devices.
    """
    store = Store(data, "train")
    on_stage("building the network")
    set_seed(config.seed)
    crop_size = config.crop_sizes[-1][1]
    engine = make_engine(config, crop_size, device=device)
    made = Batches(config, store, device=engine.data_device)
    crops = RoundBatches(made, 0, batches, crop_size)
    on_stage("data alone")
    own = _of_data(crops, engine.data_device) * config.batch_size
    one = RoundBatches(_OneBatch(crops[0]), 0, batches, crop_size)
    _of_training(engine, replace(one, steps=2))  # compiles
    on_stage("training on a batch made beforehand")
    held = _of_training(engine, one) * config.batch_size
    on_stage("training")
    training = _of_training(engine, crops) * config.batch_size
    return Speed(engine.device_name, crop_size, config.batch_size, own, held, training)


def _of_data(batches: RoundBatches, device: torch.device) -> float:
    """Batches a second."""

    def make_all() -> float:
        began = time.perf_counter()
        for index in range(len(batches)):
            batches[index]
        if device.type == "cuda":
            torch.cuda.synchronize(device)
        return time.perf_counter() - began

    make_all()  # a second pass of training finds its pictures in memory
    return len(batches) / make_all()


def _of_training(engine: TrainingEngine, batches: RoundBatches) -> float:
    """Batches a second. A round ends by reading its loss: nothing is still under way."""
    began = time.perf_counter()
    # A learning rate of 0 does the same work, and cannot diverge.
    engine.train(batches, lambda: 0.0, lambda loss: False)
    return len(batches) / (time.perf_counter() - began)

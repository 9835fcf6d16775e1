"""Whether the network waits for its data: pictures a second of each alone, and of both together."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import keras
import numpy as np

from train.config import FitConfig
from train.data import CropBatches
from train.engines import Engine, make_engine
from train.old_film import AS_IT_IS, OldFilm
from train.store import Store

WORN_FILM = OldFilm(fading=0.3, blur=1.5, grain=5.0)  # for recipes that do not age their pictures


@dataclass(frozen=True)
class Speed:
    """Pictures a second, of the recipe's last and largest crops.

    Attributes:
        crop_size: side of the crops, pixels.
        batch_size: pictures in a batch.
        data: made by one worker, with nothing else to do: crops, Lab, the recipe's ageing.
        aged_data: the same, with all that old film may do to lightness (`WORN_FILM` if the recipe
            leaves it as it is).
        held: trained, on one batch that was made beforehand.
        training: trained, as `fit` does: data included, prepared while the network works.
    """

    crop_size: int
    batch_size: int
    data: float
    aged_data: float
    held: float
    training: float


class _SameBatch(keras.utils.PyDataset):
    """One batch over and over, so that nothing is waited for."""

    def __init__(self, batch: tuple[np.ndarray, np.ndarray], steps: int) -> None:
        super().__init__()
        self._batch = batch
        self._steps = steps
        self.crop_size = batch[0].shape[1]

    def __len__(self) -> int:
        return self._steps

    def __getitem__(self, index: int) -> tuple[np.ndarray, np.ndarray]:
        return self._batch


def measure_speed(
    config: FitConfig,
    data: Path,
    batches: int,
    on_stage: Callable[[str], None] = lambda stage: None,
) -> Speed:
    """Measure a recipe on this machine; its weights are random, and nothing is written.

    Args:
        config: the recipe.
        data: a store with the split `train`.
        batches: of each kind, at least 2; of those of training the second half is timed.
        on_stage: called with a word for each stage.
    Raises:
        StoreError, ConfigError: unfit data, or a recipe that does not fit the devices.
    """
    store = Store(data, "train")
    crop_size = config.crop_sizes[-1][1]

    def crops(film: OldFilm) -> CropBatches:
        return CropBatches(
            store,
            batch_size=config.batch_size,
            crop_size=crop_size,
            first_step=0,
            steps=batches,
            seed=config.seed,
            film=film,
        )

    on_stage("data alone")
    own = _of_data(crops(config.film), config.batch_size)
    on_stage("data alone, aged")
    film = WORN_FILM if config.film == AS_IT_IS else config.film
    aged = _of_data(crops(film), config.batch_size)

    on_stage("building the network")
    keras.utils.set_random_seed(config.seed)
    engine = make_engine(config, crop_size)
    batch = crops(config.film)[0]
    engine.train(_SameBatch(batch, 2), lambda: 0.0, lambda loss: False)  # compiles
    on_stage("training on a batch made beforehand")
    held = _of_training(engine, _SameBatch(batch, batches), config.batch_size)
    on_stage("training")
    training = _of_training(engine, crops(config.film), config.batch_size)
    return Speed(crop_size, config.batch_size, own, aged, held, training)


def _of_data(batches: CropBatches, batch_size: int) -> float:
    for index in range(len(batches)):  # a second pass of training finds its pictures in memory
        batches[index]
    began = time.perf_counter()
    for index in range(1, len(batches)):
        batches[index]
    return (len(batches) - 1) * batch_size / (time.perf_counter() - began)


def _of_training(engine: Engine, batches: keras.utils.PyDataset, batch_size: int) -> float:
    """Of the second half: in the first one the queue that filled beforehand is used up."""
    ends: list[float] = []

    def after(loss: float) -> bool:
        ends.append(time.perf_counter())
        return False

    # A learning rate of 0 does the same work, and cannot diverge.
    engine.train(batches, lambda: 0.0, after)
    half = (len(ends) - 1) // 2
    return (len(ends) - 1 - half) * batch_size / (ends[-1] - ends[half])

"""What takes the training steps: the network's torch twin, or Keras itself."""

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Any, Protocol

import keras
import numpy as np
import torch

from train.config import FitConfig
from train.data.batches import RoundBatches
from train.data.keras_batches import KerasBatches
from train.errors import ConfigError
from train.fit.ema import decay_at
from train.fit.trainable import build_trainable

# Called before a step for the learning rate, and after it with the loss (on a GPU the last one that
# was read); True ends the round.
BeforeStep = Callable[[], float]
AfterStep = Callable[[float], bool]

DEVICES = ("auto", "cpu", "cuda")


class TrainingEngine(Protocol):
    """Holds the weights in training, their average and their optimizer.

    Attributes:
        device_name: what computes, for people.
        data_device: where batches are to be made.
    """

    device_name: str
    data_device: torch.device

    def train(
        self, batches: RoundBatches, before: BeforeStep, after: AfterStep
    ) -> dict[str, float]:
        """Take one step for each batch; returns the mean losses by name, `loss` among them."""

    def get_weights(self) -> list[np.ndarray]:
        """The network's weights, as its Keras model's `set_weights` takes them."""

    def set_weights(self, weights: list[np.ndarray]) -> None:
        """The opposite of `get_weights`; the average starts from them."""

    def get_average(self) -> list[np.ndarray]:
        """The average of the weights over the last steps (see `ema`), as `get_weights`."""

    def set_average(self, weights: list[np.ndarray], steps: int) -> None:
        """Go on with an average that has seen so many steps."""

    def save(self, folder: Path) -> None:
        """Write weights and optimizer into files of the folder."""

    def load(self, folder: Path) -> None:
        """Read what `save` wrote.

        Raises:
            OSError, EOFError, ValueError, KeyError, BadZipFile: the files are damaged.
        """


def make_engine(
    config: FitConfig,
    crop_size: int,
    bin_weights: np.ndarray | None = None,
    *,
    device: str = "auto",
    teacher: Any = None,
    vgg16: Path | None = None,
) -> TrainingEngine:
    """The fastest engine for Keras's backend, the recipe and the device.

    Args:
        config: the recipe.
        crop_size: of the first batches.
        bin_weights: float32 [313] for `rebalancing`.
        device: one of `DEVICES`; `auto` takes a GPU where there is one.
        teacher: a Keras network of ab to learn from as well; for the torch twin alone.
        vgg16: VGG16's weights for the recipe's `feature_weight`; for the torch twin alone.
    Raises:
        ConfigError: there is no such device, or this backend or recipe cannot choose it.
    """
    if device not in DEVICES:
        raise ConfigError(f"the device is one of {', '.join(DEVICES)}, not {device!r}")
    if keras.backend.backend() == "torch":
        from train.fit.torch_engine import TorchEngine, has_engine

        if has_engine(config):
            if device == "cuda" and not torch.cuda.is_available():
                raise ConfigError("torch finds no CUDA device here")
            cuda = device == "cuda" or (device == "auto" and torch.cuda.is_available())
            return TorchEngine(config, torch.device("cuda" if cuda else "cpu"), teacher, vgg16)
    looks = config.feature_weight or config.colourfulness_weight
    twins_alone = {
        "--device": device != "auto",
        "--teacher": teacher is not None,
        "a weight of how pictures look": bool(looks or vgg16),
    }
    for option, given in twins_alone.items():
        if given:
            raise ConfigError(
                f"{option} is for the networks with a torch twin, under KERAS_BACKEND=torch"
            )
    return KerasEngine(config, crop_size, bin_weights)


class _Steps(keras.callbacks.Callback):
    """Calls `before` and `after` from within `model.fit`."""

    def __init__(self, before: BeforeStep, after: AfterStep) -> None:
        super().__init__()
        self._before = before
        self._after = after

    def on_train_batch_begin(self, batch: int, logs: Any = None) -> None:
        self.model.optimizer.learning_rate = self._before()

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        model = self.model  # asking for it brings JAX's weights into the model
        if self._after(float((logs or {}).get("loss", float("nan")))):
            model.stop_training = True


def _data_parallel(batch_size: int) -> Callable[[], AbstractContextManager[Any]]:
    """What makes the scope in which networks are built on all devices and share each batch.

    Keras's own data parallelism, which is JAX's: losses, gradients and the statistics of batch
    normalization are those of the whole batch, so that one device and several train alike. With
    one device, and on other backends, the scope changes nothing.

    Raises:
        ConfigError: the devices cannot share a batch evenly.
    """
    devices = keras.distribution.list_devices() if keras.backend.backend() == "jax" else []
    if len(devices) < 2:
        return nullcontext
    if batch_size % len(devices):
        raise ConfigError(
            f"batch_size {batch_size} cannot be divided evenly over {len(devices)} devices"
        )
    return keras.distribution.DataParallel(devices=devices).scope


def _device_names() -> str:
    if keras.backend.backend() == "torch":  # Keras cannot list its devices
        return torch.cuda.get_device_name() if torch.cuda.is_available() else "CPU"
    names = keras.distribution.list_devices()
    return names[0] if len(names) == 1 else f"{len(names)} devices ({names[0]} …)"


class KerasEngine(TrainingEngine):
    """`model.fit` on whatever backend and devices Keras has."""

    data_device = torch.device("cpu")

    def __init__(
        self, config: FitConfig, crop_size: int, bin_weights: np.ndarray | None = None
    ) -> None:
        self._config = config
        self._bin_weights = bin_weights
        self._on_devices = _data_parallel(config.batch_size)
        keras.config.set_dtype_policy(config.dtype_policy)
        self._network, self._model = self._built(crop_size)
        self.set_average(self.get_weights(), 0)
        self.device_name = f"{_device_names()}, Keras on {keras.backend.backend()}"

    def _built(self, crop_size: int) -> tuple[Any, Any]:
        with self._on_devices():
            return build_trainable(self._config, crop_size, self._bin_weights)

    def train(
        self, batches: RoundBatches, before: BeforeStep, after: AfterStep
    ) -> dict[str, float]:
        if self._network.input_shape[1] != batches.crop_size:
            # A graph is made for one size.
            network, model = self._built(batches.crop_size)
            model.set_weights(self._model.get_weights())
            states = (each.optimizer.variables for each in (model, self._model))
            for new, old in zip(*states, strict=True):
                new.assign(old)
            self._network, self._model = network, model

        def after_step(loss: float) -> bool:
            self._move_average()
            return after(loss)

        with self._on_devices():
            history = self._model.fit(
                KerasBatches(batches),
                epochs=1,
                verbose=0,
                shuffle=False,
                callbacks=[_Steps(before, after_step)],
            )
        return {name: float(values[-1]) for name, values in history.history.items()}

    def _move_average(self) -> None:
        self._averaged_steps += 1
        kept = decay_at(self._averaged_steps, self._config.ema)
        if kept is not None:
            for average, weight in zip(self._average, self.get_weights(), strict=True):
                average += (1 - kept) * (weight - average)

    def get_weights(self) -> list[np.ndarray]:
        return self._network.get_weights()

    def set_weights(self, weights: list[np.ndarray]) -> None:
        self._network.set_weights(weights)
        self.set_average(weights, 0)

    def get_average(self) -> list[np.ndarray]:
        return self._average

    def set_average(self, weights: list[np.ndarray], steps: int) -> None:
        self._average = [np.array(weight) for weight in weights]
        self._averaged_steps = steps

    def save(self, folder: Path) -> None:
        # A compiled model's optimizer goes along.
        self._model.save_weights(folder / "model.weights.h5")

    def load(self, folder: Path) -> None:
        self._model.load_weights(folder / "model.weights.h5")

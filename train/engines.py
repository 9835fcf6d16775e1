"""What takes the training steps: Keras itself, or on a CPU under torch the network's twin."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

import keras
import numpy as np

from train.config import SOFT_CROSS_ENTROPY, FitConfig
from train.data import CropBatches
from train.devices import data_parallel
from train.trainable import Trainable, build_trainable

# Called before a step for the learning rate, and after it with the loss; True ends the round.
BeforeStep = Callable[[], float]
AfterStep = Callable[[float], bool]


class Engine(Protocol):
    """Holds the weights in training and their optimizer."""

    def train(self, batches: CropBatches, before: BeforeStep, after: AfterStep) -> dict[str, float]:
        """Take one step for each batch; returns the mean losses by name, `loss` among them."""

    def get_weights(self) -> list[np.ndarray]:
        """The network's weights, as its Keras model's `set_weights` takes them."""

    def set_weights(self, weights: list[np.ndarray]) -> None:
        """The opposite of `get_weights`."""

    def save(self, folder: Path) -> None:
        """Write weights and optimizer into files of the folder."""

    def load(self, folder: Path) -> None:
        """Read what `save` wrote.

        Raises:
            OSError, EOFError, ValueError, KeyError, BadZipFile: the files are damaged.
        """


def make_engine(config: FitConfig, crop_size: int, bin_weights: np.ndarray | None = None) -> Engine:
    """The fastest engine for Keras's backend and the recipe.

    Args:
        config: the recipe.
        crop_size: of the first batches.
        bin_weights: float32 [313] for `rebalancing`.
    """
    plain = config.loss != SOFT_CROSS_ENTROPY and config.optimizer in ("adamw", "adam")
    if keras.backend.backend() == "torch" and plain and config.dtype_policy == "float32":
        import torch

        from train.torch_twin import has_twin

        if not torch.cuda.is_available() and has_twin(config.network):
            from train.torch_engine import TorchEngine

            return TorchEngine(config)
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


class KerasEngine:
    """`model.fit` on whatever backend and devices Keras has (see `train.devices`)."""

    def __init__(
        self, config: FitConfig, crop_size: int, bin_weights: np.ndarray | None = None
    ) -> None:
        self._config = config
        self._bin_weights = bin_weights
        self._on_devices = data_parallel(config.batch_size)
        keras.config.set_dtype_policy(config.dtype_policy)
        self._trainable = self._built(crop_size)

    def _built(self, crop_size: int) -> Trainable:
        with self._on_devices():
            return build_trainable(self._config, crop_size, self._bin_weights)

    def train(self, batches: CropBatches, before: BeforeStep, after: AfterStep) -> dict[str, float]:
        """See `Engine`."""
        if self._trainable.network.input_shape[1] != batches.crop_size:
            # A graph is made for one size.
            resized = self._built(batches.crop_size)
            resized.model.set_weights(self._trainable.model.get_weights())
            states = (each.model.optimizer.variables for each in (resized, self._trainable))
            for new, old in zip(*states, strict=True):
                new.assign(old)
            self._trainable = resized
        with self._on_devices():
            history = self._trainable.model.fit(
                batches, epochs=1, verbose=0, shuffle=False, callbacks=[_Steps(before, after)]
            )
        return {name: float(values[-1]) for name, values in history.history.items()}

    def get_weights(self) -> list[np.ndarray]:
        """See `Engine`."""
        return self._trainable.network.get_weights()

    def set_weights(self, weights: list[np.ndarray]) -> None:
        """See `Engine`."""
        self._trainable.network.set_weights(weights)

    def save(self, folder: Path) -> None:
        """See `Engine`."""
        # A compiled model's optimizer goes along.
        self._trainable.model.save_weights(folder / "model.weights.h5")

    def load(self, folder: Path) -> None:
        """See `Engine`."""
        self._trainable.model.load_weights(folder / "model.weights.h5")

"""Open trained networks of any kind for measuring: run folders, weights, `.tflite` files."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from edge_runtime.model.tone import ToneView
from train.measure.evaluate import GREY, Network, OpenNetwork, run_all
from train.networks.load import load_generator, run_view


class _KerasNetwork:
    def __init__(self, model: Any) -> None:
        import keras

        self._model, self._to_numpy = model, keras.ops.convert_to_numpy

    def __call__(self, lightness: np.ndarray) -> np.ndarray:
        return self.batch(lightness[None])[0]

    def batch(self, lightness: np.ndarray) -> np.ndarray:
        ab = self._model.predict_on_batch(lightness[..., None])
        return self._to_numpy(ab).astype(np.float32)


def keras_network(model: Any) -> Network:
    """A Keras model as a function from lightness to ab, with batches (`evaluate.Network`)."""
    return _KerasNetwork(model)


def open_generator(model: Any, view: ToneView | None) -> OpenNetwork:
    """A Keras model, lightness to ab, that was trained with that view."""
    return OpenNetwork(keras_network(model), model.input_shape[1], view)


class _Scaled:
    def __init__(self, network: Network, saturation: float) -> None:
        self._network, self._saturation = network, np.float32(saturation)

    def __call__(self, lightness: np.ndarray) -> np.ndarray:
        return self._network(lightness) * self._saturation

    def batch(self, lightness: np.ndarray) -> np.ndarray:
        return np.stack(run_all(self._network, list(lightness))) * self._saturation


def open_networks(
    models: Sequence[str], input_sizes: Sequence[int] | None, saturations: Sequence[float]
) -> dict[str, OpenNetwork]:
    """Open every model, at every input size that it can take, at every saturation.

    Args:
        models: names of shipped models, model files, run folders or `.weights.h5` files.
        input_sizes: S for run folders and weights; a model file has its own.
        saturations: factors for ab.
    Returns:
        The networks by a name for the table.
    Raises:
        WeightsError, ModelError: a model cannot be opened.
    """
    opened: dict[str, OpenNetwork] = {}
    last_parts = [Path(model).name for model in models]
    for model in models:
        path = Path(model)
        # The last part of the path names it well enough, unless two models share it.
        name = path.name if last_parts.count(path.name) == 1 and path.name != GREY else model
        if path.is_dir() or path.name.endswith(".weights.h5"):
            for size in input_sizes or [None]:
                network = open_generator(load_generator(path, size), run_view(path))
                opened[f"{name} S={network.input_size}"] = network
        else:
            # Training needs no LiteRT.
            from edge_runtime.engine.interpreter import Network as LiteRTNetwork

            litert = LiteRTNetwork(model, threads=1)
            opened[name] = OpenNetwork(litert.run, litert.input_size, litert.contract.view)
    return {
        name if factor == 1 else f"{name} x{factor:g}": replace(
            network, run=_Scaled(network.run, factor)
        )
        for name, network in opened.items()
        for factor in saturations
    }

"""Open trained networks of any kind for measuring: run folders, weights, `.tflite` files."""

import json
import warnings
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from edge_runtime.tone import TONE_VIEW, ToneView
from train.errors import WeightsError
from train.evaluate import GREY, Network, OpenNetwork, run_all
from train.models.ab_classifier import with_annealed_mean
from train.models.registry import NETWORKS
from train.old_film import OldFilm

BEST_WEIGHTS = "best.weights.h5"


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
    """A Keras model as a function from lightness to ab, with batches (`train.evaluate.Network`)."""
    return _KerasNetwork(model)


def load_weights(model: Any, file: Path) -> None:
    """Fill a Keras model, all of it or not at all.

    Raises:
        WeightsError: the file is missing, damaged, or of another network.
    """
    try:
        with warnings.catch_warnings():
            # Keras only warns when layers are left with random weights.
            warnings.simplefilter("error", UserWarning)
            model.load_weights(file)
    except (OSError, ValueError, KeyError, UserWarning) as error:
        reason = str(error).splitlines()[0]
        raise WeightsError(f"{file} does not fit this network: {reason}") from None


def build_network(
    keras: Any, *, network: str, alpha: float | None, input_size: int
) -> tuple[Any, Any]:
    """Build one of the five networks.

    Args:
        keras: the Keras namespace to build with.
        network: one of `train.models.registry.NETWORKS`.
        alpha: for `pix2pix_mobilenetv2`, else None.
        input_size: S, in pixels.
    Returns:
        The network that is trained, whose weights a run keeps; and the model from lightness to ab
        that shares them, which for networks of ab is the same.
    Raises:
        ValueError: no such network, width or size.
    """
    if network not in NETWORKS:
        raise ValueError(f"there is no network {network!r}")
    options = {} if alpha is None else {"alpha": alpha}
    trained = NETWORKS[network].build(keras, input_size=input_size, **options)
    if NETWORKS[network].kind == "classification":
        return trained, with_annealed_mean(keras, trained)
    return trained, trained


def _run_config(source: Path) -> dict[str, Any]:
    folder = source if source.is_dir() else source.parent
    try:
        config = json.loads((folder / "config.json").read_text("utf-8"))
        # The first runs knew one network only.
        network = str(config.setdefault("network", "pix2pix_mobilenetv2"))
        config["alpha"] = None if config["alpha"] is None else float(config["alpha"])
        int(config["val_size"]), str(config["name"])
        # The first runs were trained without a view.
        if not isinstance(config.setdefault("tone_view", False), bool):
            raise ValueError
        # Nor did they know old film.
        config["film"] = OldFilm(**config.get("film", {}))
    except (AttributeError, OSError, KeyError, TypeError, ValueError):
        raise WeightsError(f"{source} has no readable config.json beside its weights") from None
    if network not in NETWORKS:
        raise WeightsError(f"{source} is of a network that is not known here: {network!r}")
    return config


def run_name(source: Path) -> str:
    """The name of the model that a run makes, from its folder or its weights.

    Raises:
        WeightsError: no such run.
    """
    return _run_config(source)["name"]


def run_network(source: Path) -> tuple[str, float | None]:
    """The network of a run and its alpha, as `build_network` takes them.

    Raises:
        WeightsError: no such run.
    """
    config = _run_config(source)
    return config["network"], config["alpha"]


def run_view(source: Path) -> ToneView | None:
    """The tone view that a run was trained with.

    Raises:
        WeightsError: no such run.
    """
    return TONE_VIEW if _run_config(source)["tone_view"] else None


def run_film(source: Path) -> OldFilm:
    """How the lightness was aged that a run was trained with.

    Raises:
        WeightsError: no such run.
    """
    return _run_config(source)["film"]


def load_generator(source: Path, input_size: int | None = None) -> Any:
    """Build the network of a run, filled with its best weights: a model from lightness to ab.

    Args:
        source: a run's folder, or a `.weights.h5` file with the run's `config.json` beside it.
        input_size: S; that at which the run measured itself if None.
    Raises:
        WeightsError: no such run, or weights of another network.
    """
    import keras

    file = source / BEST_WEIGHTS if source.is_dir() else source
    config = _run_config(source)
    size = input_size or int(config["val_size"])
    try:
        trained, model = build_network(
            keras, network=config["network"], alpha=config["alpha"], input_size=size
        )
    except ValueError as error:
        raise WeightsError(f"{source}: {error}") from None
    load_weights(trained, file)
    return model


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
        models: names of shipped models, `.tflite` files, run folders or `.weights.h5` files.
        input_sizes: S for run folders and weights; a `.tflite` has its own.
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
                generator = load_generator(path, size)
                side = generator.input_shape[1]
                run = keras_network(generator)
                opened[f"{name} S={side}"] = OpenNetwork(run, side, run_view(path))
        else:
            # Training needs no LiteRT.
            from edge_runtime.interpreter import Network as LiteRTNetwork

            network = LiteRTNetwork(model, threads=1)
            opened[name] = OpenNetwork(network.run, network.input_size, network.contract.view)
    return {
        name if factor == 1 else f"{name} x{factor:g}": replace(
            network, run=_Scaled(network.run, factor)
        )
        for name, network in opened.items()
        for factor in saturations
    }

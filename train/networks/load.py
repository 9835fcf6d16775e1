"""Build the network of a run and fill it with its weights."""

import json
import warnings
from pathlib import Path
from typing import Any

from edge_runtime.model.tone import TONE_VIEW, ToneView
from train.data.old_film import OldFilm
from train.errors import WeightsError
from train.networks.ab_classifier import with_annealed_mean
from train.networks.registry import NETWORKS

BEST_WEIGHTS = "best.weights.h5"


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
        network: one of `train.networks.registry.NETWORKS`.
        alpha: for `pix2pix_mobilenetv2`, else None.
        input_size: S, in pixels.
    Returns:
        The network that is trained, whose weights a run keeps; and the model from lightness to ab
        that shares them, which for networks of ab is the same.
    Raises:
        ValueError: no such width or size.
    """
    row = NETWORKS[network]
    if input_size < (row.least_size or 1) or input_size % row.multiple_of:
        sizes = f"positive multiple of {row.multiple_of}"
        if row.least_size:
            sizes = f"multiple of {row.multiple_of} and at least {row.least_size}"
        raise ValueError(f"input_size must be a {sizes}, not {input_size}")
    options = {} if alpha is None else {"alpha": alpha}
    trained = row.build(keras, input_size=input_size, **options)
    if row.kind == "classification":
        return trained, with_annealed_mean(keras, trained)
    return trained, trained


def run_config(source: Path) -> dict[str, Any]:
    """What a run's `config.json` says; `film` is an `OldFilm`.

    Args:
        source: the run's folder or its weights.
    Raises:
        WeightsError: no such run.
    """
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
    """The name of the model that a run makes; see `run_config`."""
    return run_config(source)["name"]


def run_view(source: Path) -> ToneView | None:
    """The tone view that a run was trained with; see `run_config`."""
    return TONE_VIEW if run_config(source)["tone_view"] else None


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
    config = run_config(source)
    size = input_size or int(config["val_size"])
    try:
        trained, model = build_network(
            keras, network=config["network"], alpha=config["alpha"], input_size=size
        )
    except ValueError as error:
        raise WeightsError(f"{source}: {error}") from None
    load_weights(trained, file)
    return model

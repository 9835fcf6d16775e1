"""Compare runs as the paper does in its Table 1: how good, how large, how long each took."""

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from train.errors import RunError
from train.measure.evaluate import GREY, OpenNetwork, Scores, evaluate
from train.measure.history import read_history
from train.measure.open_networks import open_generator
from train.networks.load import BEST_WEIGHTS, load_generator, run_view
from train.networks.work import multiply_accumulates


@dataclass(frozen=True)
class Training:
    """What training a run took, up to the last line of its history.

    Attributes:
        seconds: of training, measuring between rounds left out.
        pictures_seen: steps times pictures in a batch.
        images_per_second: the second over the first.
    """

    seconds: float
    pictures_seen: int
    images_per_second: float


@dataclass(frozen=True)
class ComparedRun:
    """One row of the table.

    Attributes:
        scores: of the run's best weights, see `train.measure.evaluate.Scores`.
        input_size: S, at which the run measured itself and is measured here.
        parameters: of the network, all weights; a discriminator is not counted.
        multiply_accumulates: of the network for one picture at S.
        training: what it took.
    All but the scores are None in the row of grey pictures.
    """

    scores: Scores
    input_size: int | None = None
    parameters: int | None = None
    multiply_accumulates: int | None = None
    training: Training | None = None


@dataclass(frozen=True)
class OpenRun:
    """A run, its best weights loaded.

    Attributes:
        generator: the Keras model, from lightness to ab.
        network: the same, as `evaluate` and `sheet` take it.
        training: what it took.
    """

    generator: Any
    network: OpenNetwork
    training: Training


def open_runs(runs: Sequence[Path]) -> dict[str, OpenRun]:
    """Open runs, finished or running (see `train.fit`).

    Args:
        runs: their folders; one that is there twice counts once.
    Returns:
        By the folder's name (its path as given where two share one).
    Raises:
        RunError: a folder is no run, has no best weights yet, or its history is empty or damaged.
        WeightsError: weights that are damaged or of another network.
    """
    named = _names(runs)
    # All of them before the first network is built, which takes seconds.
    trained = {name: read_training(run) for name, run in named.items()}
    opened = {}
    for name, run in named.items():
        generator = load_generator(run)
        network = open_generator(generator, run_view(run))
        opened[name] = OpenRun(generator, network, trained[name])
    return opened


def compare(
    runs: dict[str, OpenRun],
    pictures: Iterable[np.ndarray],
    on_picture: Callable[[], None] = lambda: None,
) -> dict[str, ComparedRun]:
    """Measure runs side by side, and say how large each network is and what it took.

    Args:
        runs: by name.
        pictures: true pictures, uint8 [H, W, 3] RGB of any size; compared at 256x256.
        on_picture: called after every picture.
    Returns:
        The rows by name, with that of grey pictures first.
    Raises:
        PictureSourceError: there are no pictures.
    """
    networks = {name: run.network for name, run in runs.items()}
    scores = evaluate(networks, pictures, on_picture)
    return {GREY: ComparedRun(scores[GREY])} | {
        name: ComparedRun(
            scores[name],
            run.network.input_size,
            run.generator.count_params(),
            multiply_accumulates(run.generator),
            run.training,
        )
        for name, run in runs.items()
    }


def read_training(run: Path) -> Training:
    """What training a run took, from its `config.json` and `history.csv`.

    Raises:
        RunError: see `open_runs`.
    """
    try:
        config = json.loads((run / "config.json").read_text("utf-8"))
    except (OSError, ValueError):
        raise RunError(f"{run} is no run's folder: it has no readable config.json") from None
    batch_size = config.get("batch_size") if isinstance(config, dict) else None
    if type(batch_size) is not int or batch_size < 1:
        raise RunError(f"{run / 'config.json'} is damaged: it does not say the batch size")
    if not (run / BEST_WEIGHTS).is_file():
        raise RunError(f"{run} has no {BEST_WEIGHTS} yet: compare it after its first round")
    history = read_history(run / "history.csv")
    seen = int(history["step"][-1]) * batch_size
    # The history keeps tenths of a second: a run of a few steps may show none.
    seconds = max(float(history["seconds"][-1]), 0.1)
    return Training(seconds, seen, seen / seconds)


def _names(runs: Sequence[Path]) -> dict[str, Path]:
    folders = list(dict.fromkeys(runs))
    last_parts = [run.resolve().name for run in folders]
    return {
        str(run) if last_parts.count(name) > 1 or name == GREY else name: run
        for name, run in zip(last_parts, folders, strict=True)
    }

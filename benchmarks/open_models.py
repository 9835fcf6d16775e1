"""Open models of any kind to measure them; one that cannot be opened does not stop the others."""

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

from edge_runtime.bench.model_facts import ModelFacts, model_facts
from edge_runtime.errors import TintLiteError
from edge_runtime.model.model_file import read_model
from train.errors import TrainError
from train.measure.evaluate import OpenNetwork
from train.measure.open_networks import open_networks
from train.networks.load import BEST_WEIGHTS, run_name

FLOAT = "fp32"


@dataclass(frozen=True)
class OpenedModel:
    """A model that is ready to run.

    Attributes:
        name: for tables.
        source: what it was opened from: a shipped name, a `.tflite`, a run's folder or its weights.
        network: from pictures to ab.
        made_as: the model's own name, which all its precisions share.
        recipe: how it is stored, as in `edge_runtime.model.contract.RECIPES`.
    """

    name: str
    source: str
    network: OpenNetwork
    made_as: str
    recipe: str


def is_keras(model: str) -> bool:
    """Whether a model is a run's folder or its weights."""
    return Path(model).is_dir() or model.endswith(".weights.h5")


def facts_of(model: str, input_size: int) -> ModelFacts:
    """What a result file says of a model of any kind: of weights, the `.weights.h5` file.

    Raises:
        ModelError, OSError: it cannot be read.
    """
    if not is_keras(model):
        return model_facts(model)
    file = Path(model) / BEST_WEIGHTS if Path(model).is_dir() else Path(model)
    data = file.read_bytes()
    return ModelFacts(file.name, hashlib.sha256(data).hexdigest(), len(data), FLOAT, input_size)


def open_models(
    models: Sequence[str], taken: Collection[str] = ()
) -> tuple[list[OpenedModel], dict[str, str]]:
    """Open every model that can be opened.

    Args:
        models: shipped names, `.tflite` files, run folders or `.weights.h5` files.
        taken: names that no model may have.
    Returns:
        those that are ready, in their order; and by name, in one sentence, why one could not be
        opened.
    """
    opened, failed = [], {}
    for model, name in short_names(models, taken).items():
        try:
            (network,) = open_networks([model], None, [1.0]).values()
            if is_keras(model):
                made_as, recipe = run_name(Path(model)), FLOAT
            else:
                contract = read_model(model).contract
                made_as, recipe = contract.name, contract.recipe
            opened.append(OpenedModel(name, model, network, made_as, recipe))
        except (TrainError, TintLiteError) as error:
            failed[name] = str(error).replace(model, Path(model).name)
    return opened, failed


def float_partners(models: Sequence[OpenedModel]) -> dict[str, str]:
    """For each quantized model, the name of its float one, if that is there too.

    The same model is one of the same own name and input size; a float `.tflite` goes before
    Keras weights.
    """

    def same(model: OpenedModel) -> tuple[str, int]:
        return model.made_as, model.network.input_size

    floats: dict[tuple[str, int], str] = {}
    for model in sorted(models, key=lambda model: is_keras(model.source)):
        if model.recipe == FLOAT:
            floats.setdefault(same(model), model.name)
    return {
        model.name: floats[same(model)]
        for model in models
        if model.recipe != FLOAT and same(model) in floats
    }


def short_names(models: Sequence[str], taken: Collection[str] = ()) -> dict[str, str]:
    """A name for each model: the last part of its path, and as many before it as tell it apart.

    Args:
        models: shipped names, `.tflite` files, run folders, `.weights.h5` files.
        taken: names that are not to be given.
    Returns:
        By model, in their order; one that is there twice counts once. What has no more parts to
        tell it apart by has a number.
    """
    parts = {model: _parts(model) for model in models}
    depth = dict.fromkeys(parts, 1)
    while True:
        names = {model: "/".join(reversed(parts[model][: depth[model]])) for model in parts}
        given = [*names.values(), *taken]
        unclear = [
            model
            for model, name in names.items()
            if given.count(name) > 1 and depth[model] < len(parts[model])
        ]
        if not unclear:
            break
        for model in unclear:
            depth[model] += 1
    used, clear = set(taken), {}
    for model, name in names.items():
        number, candidate = 1, name
        while candidate in used:
            number += 1
            candidate = f"{name} ({number})"
        used.add(candidate)
        clear[model] = candidate
    return clear


def _parts(model: str) -> list[str]:
    """The parts of a model's path that may name it, the last one first."""
    parts = list(Path(model).parts)
    if len(parts) > 1 and parts[-1] == BEST_WEIGHTS:
        parts.pop()  # the run's folder says more
    parts[-1] = parts[-1].removesuffix(".tflite").removesuffix(".weights.h5")
    return [part for part in reversed(parts) if part not in ("/", "..", ".")] or [model]

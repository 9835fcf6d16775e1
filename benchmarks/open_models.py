"""Open models of any kind to measure them; one that cannot be opened does not stop the others."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.model_names import short_names
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
        source: what it was opened from: a shipped name, a `.tflite`, or weights.
        network: from pictures to ab.
        made_as: the model's own name, which all its precisions share.
        recipe: how it is stored, as in `edge_runtime.model.contract.RECIPES`.
        keras: whether Keras runs it, and not LiteRT.
    """

    name: str
    source: str
    network: OpenNetwork
    made_as: str
    recipe: str
    keras: bool


@dataclass(frozen=True)
class OpenModels:
    """What came of some models.

    Attributes:
        opened: those that are ready, in their order.
        failed: by name, in one sentence, why one could not be opened.
    """

    opened: tuple[OpenedModel, ...]
    failed: dict[str, str]


def is_keras(model: str) -> bool:
    """Whether a model is a run's folder or its weights."""
    return Path(model).is_dir() or model.endswith(".weights.h5")


def _open(name: str, model: str) -> OpenedModel:
    (network,) = open_networks([model], None, [1.0]).values()
    if is_keras(model):
        path = Path(model)
        weights = path / BEST_WEIGHTS if path.is_dir() else path
        made_as = run_name(path)
        return OpenedModel(name, str(weights), network, made_as, FLOAT, keras=True)
    contract = read_model(model).contract
    return OpenedModel(name, model, network, contract.name, contract.recipe, keras=False)


def open_models(models: Sequence[str], taken: Sequence[str] = ()) -> OpenModels:
    """Open every model that can be opened.

    Args:
        models: shipped names, `.tflite` files, run folders or `.weights.h5` files.
        taken: names that no model may have.
    """
    opened, failed = [], {}
    for model, name in short_names(models, taken).items():
        try:
            opened.append(_open(name, model))
        except (TrainError, TintLiteError) as error:
            failed[name] = str(error).replace(model, Path(model).name)
    return OpenModels(tuple(opened), failed)


def float_partners(models: Sequence[OpenedModel]) -> dict[str, str]:
    """For each quantized model, the name of its float one, if that is there too.

    The same model is one of the same own name and input size; a float `.tflite` goes before
    Keras weights.
    """
    floats: dict[tuple[str, int], str] = {}
    for model in sorted(models, key=lambda model: model.keras):
        if model.recipe == FLOAT:
            floats.setdefault((model.made_as, model.network.input_size), model.name)
    pairs = {
        model.name: floats.get((model.made_as, model.network.input_size))
        for model in models
        if model.recipe != FLOAT
    }
    return {name: partner for name, partner in pairs.items() if partner}

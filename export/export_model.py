"""From a training run to checked `.tflite` files with the contract inside."""

import re
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from edge_runtime.contract import Contract
from edge_runtime.interpreter import Network as LiteRTNetwork
from edge_runtime.whole_file import write_whole
from export.compact import with_short_names
from export.contract_writer import with_contract
from export.convert import FloatModel
from export.errors import ExportError
from export.lightness_inputs import lightness_inputs
from export.parity import Parity, compare
from export.recipes import RECIPES
from train.evaluate import Scores, evaluate
from train.networks import keras_network, load_generator
from train.open_pictures import TruePictures


@dataclass(frozen=True)
class Label:
    """What the contract says beside sizes and figures.

    Attributes:
        name, version: of the model.
        training_set: what it was trained on.
        licence: of the weights, with its limits.
    """

    name: str
    version: str
    training_set: str
    licence: str


@dataclass(frozen=True)
class Exported:
    """One file that was written.

    Attributes:
        file: where.
        bytes: its size.
        parity: its distance from the Keras model.
        scores: by the name of each set that it was measured on.
    """

    file: Path
    bytes: int
    parity: Parity
    scores: dict[str, Scores]


def export_model(
    source: Path,
    recipes: Sequence[str],
    out: Path,
    label: Label,
    *,
    calibration: str,
    input_size: int | None = None,
    ab_gain: float = 1.0,
    sets: dict[str, str] | None = None,
    overwrite: bool = False,
    on_stage: Callable[[str], None] = lambda stage: None,
) -> list[Exported]:
    """Convert, check against Keras, measure, label and seal; each file appears only when whole.

    Args:
        source: a run's folder or its weights (see `train.networks.load_generator`).
        recipes: names in `export.recipes.RECIPES`.
        out: the folder to write `NAME.RECIPE.tflite` into.
        label: for the contract.
        calibration: a source of at least 200 pictures; some are kept for the parity check.
        input_size: S; that of the run if None.
        ab_gain: multiplied into the head, to make a network more or less colourful; before the
            tanh of a head that has one, which bends it for strong colours.
        sets: sources to measure on, by name; the figures go into the contract.
        overwrite: replace files that are there.
        on_stage: called with a word for each stage.
    Raises:
        ExportError: an unknown recipe, a file in the way, unfit pictures or target.
        TrainError: unfit weights or pictures.
    """
    unknown = sorted(set(recipes) - set(RECIPES))
    if unknown:
        raise ExportError(f"unknown recipe {', '.join(unknown)}: there are {', '.join(RECIPES)}")
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]*", label.name):
        raise ExportError(
            f"a model's name is letters, digits, '.', '_' and '-', not {label.name!r}"
        )
    files = {recipe: out / f"{label.name}.{recipe}.tflite" for recipe in recipes}
    for file in files.values():
        if file.exists() and not overwrite:
            raise ExportError(f"{file} exists already: --overwrite replaces it")
    measured_on = {name: TruePictures(pictures) for name, pictures in (sets or {}).items()}
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ExportError(f"{out} cannot be made: {error.strerror}") from None

    on_stage("loading the weights")
    keras_model = load_generator(source, input_size)
    head = keras_model.get_layer("ab")
    head.set_weights([weight * ab_gain for weight in head.get_weights()])
    model = FloatModel(keras_model)
    on_stage("reading pictures")
    inputs, unseen = lightness_inputs(calibration, model.input_size)

    exported = []
    for recipe, file in files.items():
        on_stage(f"{recipe}: converting")
        plain = with_short_names(RECIPES[recipe](model, inputs))
        contract = Contract(input_size=model.input_size, recipe=recipe, **vars(label))
        network = _opened(with_contract(plain, contract))
        on_stage(f"{recipe}: comparing with Keras")
        parity = compare(network.run, keras_network(keras_model), unseen)
        scores = {}
        for name, pictures in measured_on.items():
            on_stage(f"{recipe}: measuring on {name}")
            networks = {recipe: (network.run, network.input_size)}
            scores[name] = evaluate(networks, pictures)[recipe]
        final = with_contract(plain, replace(contract, result=_figures(scores, parity)))
        try:
            write_whole(file, final)
        except OSError as error:
            raise ExportError(f"{file} cannot be written: {error.strerror}") from None
        exported.append(Exported(file, len(final), parity, scores))
    return exported


def _opened(model: bytes) -> LiteRTNetwork:
    """A model's bytes as a network of the runtime, which reads files only."""
    with tempfile.TemporaryDirectory(prefix="tintlite-export-") as folder:
        file = Path(folder) / "model.tflite"
        file.write_bytes(model)
        return LiteRTNetwork(file, threads=1)


def _figures(scores: dict[str, Scores], parity: Parity) -> dict[str, float]:
    """The contract's `result`."""
    figures: dict[str, float] = {"rgb_psnr_to_keras_db": round(min(parity.rgb_psnr, 99.0), 2)}
    for name, row in scores.items():
        figures[f"{name}_pictures"] = row.pictures
        figures[f"{name}_rgb_psnr_db"] = round(row.rgb_psnr, 3)
        figures[f"{name}_gain_over_grey_db"] = round(row.gain, 3)
        figures[f"{name}_colourfulness_ratio"] = round(row.colourfulness_ratio, 3)
    return figures

"""From a training run to checked `.tflite` files with the contract inside."""

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import NamedTemporaryFile

from edge_runtime.contract import Contract
from edge_runtime.interpreter import Network as LiteRTNetwork
from export.calibration import Lightness
from export.compact import with_short_names
from export.contract_writer import with_contract
from export.convert import FloatModel
from export.errors import ExportError
from export.parity import Parity, compare
from export.recipes import RECIPES
from train.evaluate import Scores, evaluate
from train.networks import keras_network, load_generator
from train.open_pictures import TruePictures

# Pictures that parity is checked on.
PARITY_PICTURES = 64


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
        calibration: a source of at least 200 pictures, also used for the parity check.
        input_size: S; that of the run if None.
        ab_gain: multiplied into the linear head, to make a network more or less colourful.
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
    files = {recipe: out / f"{label.name}.{recipe}.tflite" for recipe in recipes}
    for file in files.values():
        if file.exists() and not overwrite:
            raise ExportError(f"{file} exists already: --overwrite replaces it")
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
    inputs = list(Lightness(calibration, model.input_size))

    exported = []
    for recipe, file in files.items():
        on_stage(f"{recipe}: converting")
        plain = with_short_names(RECIPES[recipe](model, inputs))
        contract = Contract(input_size=model.input_size, recipe=recipe, **vars(label))
        on_stage(f"{recipe}: comparing with Keras")
        step = max(1, len(inputs) // PARITY_PICTURES)
        with _Trial(with_contract(plain, contract), out) as network:
            parity = compare(network.run, keras_network(keras_model), inputs[::step])
            scores = {}
            for name, pictures in (sets or {}).items():
                on_stage(f"{recipe}: measuring on {name}")
                networks = {recipe: (network.run, network.input_size)}
                scores[name] = evaluate(networks, TruePictures(pictures))[recipe]
        result = _figures(scores, parity)
        final = with_contract(plain, Contract(**{**vars(contract), "result": result}))
        _write_whole(file, final)
        exported.append(Exported(file, len(final), parity, scores))
    return exported


class _Trial:
    """A model's bytes as a network of the runtime, from a file that vanishes afterwards."""

    def __init__(self, model: bytes, folder: Path) -> None:
        self._model, self._folder = model, folder

    def __enter__(self) -> LiteRTNetwork:
        with NamedTemporaryFile(dir=self._folder, suffix=".tflite") as file:
            file.write(self._model)
            file.flush()
            return LiteRTNetwork(Path(file.name), threads=os.cpu_count() or 1)

    def __exit__(self, *_: object) -> None:
        pass


def _figures(scores: dict[str, Scores], parity: Parity) -> dict[str, float]:
    """The contract's `result`."""
    figures: dict[str, float] = {"rgb_psnr_to_keras_db": round(min(parity.rgb_psnr, 99.0), 2)}
    for name, row in scores.items():
        figures[f"{name}_pictures"] = row.pictures
        figures[f"{name}_rgb_psnr_db"] = round(row.rgb_psnr, 3)
        figures[f"{name}_gain_over_grey_db"] = round(row.gain, 3)
        figures[f"{name}_colourfulness_ratio"] = round(row.colourfulness_ratio, 3)
    return figures


def _write_whole(file: Path, data: bytes) -> None:
    part = file.with_name(f".{file.name}.part")
    try:
        part.write_bytes(data)
        part.replace(file)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise ExportError(f"{file} cannot be written: {error.strerror}") from None

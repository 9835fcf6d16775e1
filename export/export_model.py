"""From a training run to checked model files with the contract inside."""

import re
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache, partial
from pathlib import Path
from typing import Any

import numpy as np

from edge_runtime.engine.interpreter import Network as RuntimeNetwork
from edge_runtime.model.contract import Contract
from edge_runtime.model.model_file import read_model
from edge_runtime.model.onnx_file import is_onnx
from edge_runtime.model.tone import ToneView
from edge_runtime.whole_file import write_whole
from export.check.agreement import LEAST_PSNR
from export.check.extreme_inputs import extreme_inputs
from export.check.gates import gates
from export.check.half_precision import check_half_precision
from export.check.result import Result
from export.check.speed import network_times
from export.compact import with_short_names
from export.contract_writer import with_contract
from export.convert import FloatModel
from export.converter_errors import as_one_sentence
from export.errors import ExportError
from export.lightness_inputs import lightness_inputs
from export.parity import Parity, compare
from export.qat.options import QatOptions
from export.recipes import RECIPES, file_name
from export.tensor_ranges import ab_range, with_ranges
from train.data.open_pictures import TruePictures
from train.data.store import Store
from train.measure.evaluate import OpenNetwork, Scores, evaluate, run_all
from train.measure.open_networks import keras_network
from train.networks.load import load_generator, run_view


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
        gates: what `export.check.gates` found of it.
        median_ms: of one run on one thread of this machine.
        parity: its distance from the Keras model.
        scores: by the name of each set that it was measured on.
    """

    file: Path
    bytes: int
    gates: tuple[Result, ...]
    median_ms: float
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
    write_anyway: bool = False,
    qat: QatOptions | None = None,
    rounded: Path | None = None,
    on_stage: Callable[[str], None] = lambda stage: None,
    on_progress: Callable[[str], None] = lambda text: None,
) -> list[Exported]:
    """Convert, check against Keras, measure, label and seal; each file appears only when whole.

    Args:
        source: a run's folder or its weights (see `train.networks.load_generator`).
        recipes: names in `export.recipes.RECIPES`.
        out: the folder to write into (see `export.recipes.file_name`).
        label: for the contract.
        calibration: a source of at least 200 pictures; some are kept for the parity check.
        input_size: S; that of the run if None.
        ab_gain: multiplied into the head, to make a network more or less colourful; before the
            tanh of a head that has one, which bends it for strong colours.
        sets: sources to measure on, by name; the figures go into the contract.
        overwrite: replace files that are there.
        write_anyway: also write a file that breaks a rule of `export.check.gates`.
        qat: how the recipe `int8_qat` fine-tunes; the others do without.
        rounded: an int8 `.tflite` of the same network, whose integers `onnx_int8` takes over; None
            to round anew.
        on_stage: called with a word for each stage.
        on_progress: called with a line for the screen while fine-tuning goes on.
    Raises:
        ExportError: an unknown recipe, a file in the way, unfit pictures or target, a converter
            that fails, a file that breaks a rule.
        TrainError: unfit weights or pictures.
    """
    unknown = sorted(set(recipes) - set(RECIPES))
    if unknown:
        raise ExportError(f"unknown recipe {', '.join(unknown)}: there are {', '.join(RECIPES)}")
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]*", label.name):
        raise ExportError(
            f"a model's name is letters, digits, '.', '_' and '-', not {label.name!r}"
        )
    files = {recipe: out / file_name(label.name, recipe) for recipe in recipes}
    for file in files.values():
        if file.exists() and not overwrite:
            raise ExportError(f"{file} exists already: --overwrite replaces it")
    if "int8_qat" in recipes:
        if qat is None:
            raise ExportError("int8_qat fine-tunes: give prepared pictures with --data")
        Store(qat.data, "train")  # a mistake is found out before the work
    measured_on = {name: TruePictures(pictures) for name, pictures in (sets or {}).items()}
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ExportError(f"{out} cannot be made: {error.strerror}") from None

    on_stage("loading the weights")
    keras_model, view = load_generator(source, input_size), run_view(source)
    head = keras_model.get_layer("ab")
    head.set_weights([weight * ab_gain for weight in head.get_weights()])
    integers = None if rounded is None else _integers(rounded, keras_model, view)
    model = FloatModel(keras_model, rounded=integers)
    on_stage("reading pictures")
    inputs, unseen = lightness_inputs(calibration, model.input_size, view)
    _see_that_it_stayed(calibration)
    if "int8_qat" in recipes:
        # Here, as its libraries take half a minute to load.
        from export.qat.fine_tune import quantization_aware

        tuned = quantization_aware(
            keras_model,
            source,
            inputs=inputs,
            options=qat,
            on_stage=on_stage,
            on_progress=on_progress,
        )
        model = FloatModel(keras_model, tuned, integers)

    @cache
    def half_precision(fine_tuned: bool) -> Result:
        seen = model.fine_tuned.network(keras_model) if fine_tuned else keras_model
        return check_half_precision(seen, extreme_inputs(model.input_size))

    @cache
    def said() -> Sequence[np.ndarray]:
        return run_all(keras_network(keras_model), unseen)

    exported = []
    for recipe, file in files.items():
        on_stage(f"{recipe}: converting")
        with as_one_sentence(recipe):
            plain = RECIPES[recipe](model, inputs)
            if not is_onnx(plain):
                plain = with_short_names(plain)
        contract = Contract(input_size=model.input_size, recipe=recipe, view=view, **vars(label))
        labelled = with_contract(plain, contract)
        on_stage(f"{recipe}: checking operators, delegates and half precision")
        found = gates(labelled, recipe, partial(half_precision, recipe == "int8_qat"))
        if not write_anyway:
            _refuse(recipe, found)
        network = _opened(labelled)
        on_stage(f"{recipe}: comparing with Keras")
        parity = compare(network.run, said(), unseen)
        if recipe == "onnx_int8" and not parity.rgb_psnr >= LEAST_PSNR[recipe]:
            raise ExportError(
                f"{recipe}: {parity.rgb_psnr:.1f} dB from the float network, which is less than"
                f" {LEAST_PSNR[recipe]:g} dB: {rounded or 'rounding'} does not fit it"
            )
        scores = {}
        for name, pictures in measured_on.items():
            on_stage(f"{recipe}: measuring on {name}")
            networks = {recipe: OpenNetwork(network.run, network.input_size, view)}
            scores[name] = evaluate(networks, pictures)[recipe]
            _see_that_it_stayed(sets[name], len(pictures))
        if not is_onnx(plain):
            plain = with_ranges(plain, ab_range(network.run, [*inputs, *unseen]))
        final = with_contract(plain, replace(contract, result=_figures(scores, parity)))
        times = network_times(network, unseen[0])
        try:
            write_whole(file, final)
        except OSError as error:
            raise ExportError(f"{file} cannot be written: {error.strerror}") from None
        exported.append(Exported(file, len(final), tuple(found), times.median, parity, scores))
    return exported


def _integers(file: Path, keras_model: Any, view: ToneView | None) -> bytes:
    """The bytes of an int8 `.tflite` that is to be of this network.

    Raises:
        ModelError: it is no whole and unedited model.
        ExportError: it is not in int8 with float32 ends, or sees pictures otherwise.
    """
    model = read_model(file)
    if model.contract.recipe not in ("int8_ptq", "int8_qat"):
        raise ExportError(f"{file} is in {model.contract.recipe}, not int8_ptq or int8_qat")
    size = int(keras_model.input_shape[1])
    if (model.contract.input_size, model.contract.view) != (size, view):
        raise ExportError(f"{file} sees pictures at another size or through another tone view")
    return model.data


def _see_that_it_stayed(pictures: str, count: int | None = None) -> None:
    """Of a folder that vanishes while it is read, the rest would count as broken pictures.

    Args:
        pictures: a source that was read.
        count: how many pictures it had.
    Raises:
        PictureSourceError: it is gone.
        ExportError: it has another number of pictures now.
    """
    now = len(TruePictures(pictures))
    if count is not None and now != count:
        raise ExportError(f"{pictures} changed while it was read: {count} pictures, now {now}")


def _refuse(recipe: str, found: list[Result]) -> None:
    """Stop at the first rule that is broken.

    Raises:
        ExportError: with the layer that breaks it.
    """
    for result in found:
        if result.status == "fail":
            raise ExportError(
                f"{recipe}: {result.check}: {result.detail}"
                " (--write-anyway writes the file all the same)"
            )


def _opened(model: bytes) -> RuntimeNetwork:
    """A model's bytes as a network of the runtime, which reads files only."""
    with tempfile.TemporaryDirectory(prefix="tintlite-export-") as folder:
        file = Path(folder) / "model.tflite"
        file.write_bytes(model)
        return RuntimeNetwork(file, threads=1)


def _figures(scores: dict[str, Scores], parity: Parity) -> dict[str, float]:
    """The contract's `result`."""
    figures: dict[str, float] = {"rgb_psnr_to_keras_db": round(min(parity.rgb_psnr, 99.0), 2)}
    for name, row in scores.items():
        figures[f"{name}_pictures"] = row.pictures
        figures[f"{name}_rgb_psnr_db"] = round(row.rgb_psnr, 3)
        figures[f"{name}_gain_over_grey_db"] = round(row.gain, 3)
        figures[f"{name}_colourfulness_ratio"] = round(row.colourfulness_ratio, 3)
    return figures

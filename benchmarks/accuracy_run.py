"""One run of `python -m benchmarks accuracy`: from models and pictures to a result."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from benchmarks.ab_alone import measure_ab_alone
from benchmarks.accuracy import ROWS_OF_OUR_OWN, FeatureNetworks, Measured, measure
from benchmarks.accuracy_rows import accuracy_rows
from benchmarks.facts_of import facts_of
from benchmarks.feature_distance import FeatureDistance
from benchmarks.frechet import FrechetFeatures
from benchmarks.open_models import OpenModels, float_partners, open_models
from benchmarks.opencv_route import OpenCVNetwork
from edge_runtime.benchmark.machine import machine_facts
from edge_runtime.benchmark.result_file import BenchmarkResult, now
from edge_runtime.benchmark.versions import WORKSHOP_PACKAGES, package_versions
from edge_runtime.errors import ModelError
from train.evaluate import JUDGED_SIZE
from train.open_pictures import TruePictures

# Ends the name of a model that OpenCV runs.
IN_OPENCV = " in OpenCV"

# Values of single pictures are kept to so many significant digits: 0.001 dB.
_DIGITS = 5

# What follows from other values of the same picture is left out: files are large enough.
_DERIVED = ("rgb_mse", "lab_psnr")


def open_all(models: Sequence[str], *, opencv: bool) -> OpenModels:
    """Open models, and each `.tflite` in OpenCV as well if wanted.

    Args:
        models: as for `open_models`.
        opencv: see `benchmarks.opencv_route`; what it cannot run is `unsupported`.
    """
    found = open_models(models, ROWS_OF_OUR_OWN)
    if not opencv:
        return found
    opened, unsupported = list(found.opened), {}
    for model in found.opened:
        if model.keras:
            continue
        name = model.name + IN_OPENCV
        try:
            network = OpenCVNetwork(model.source)
        except ModelError as error:
            unsupported[name] = str(error).removeprefix(f"{model.source}: ")
        else:
            opened.append(replace(model, name=name, network=network.run))
    return OpenModels(tuple(opened), found.failed, unsupported)


def load_features(squeezenet: Path | None, mobilenetv2: str | None) -> FeatureNetworks:
    """The networks that measure; one without weights is left out.

    Raises:
        WeightsError: weights that are missing, damaged or of another network.
    """
    return FeatureNetworks(
        None if squeezenet is None else FeatureDistance(squeezenet, JUDGED_SIZE),
        None if mobilenetv2 is None else FrechetFeatures(mobilenetv2),
    )


def source_name(source: str) -> str:
    """What a source of pictures is called: the last part of its path, with its split."""
    return Path(source).name or source


def run_accuracy(
    models: OpenModels,
    pictures: TruePictures,
    source: str,
    features: FeatureNetworks,
    command: str,
    on_picture: Callable[[], None],
    *,
    plates: TruePictures | None = None,
    film: bool = False,
) -> BenchmarkResult:
    """Measure and put the result together.

    Args:
        models: what to measure, and what could not be opened.
        pictures: to measure on.
        source: what they are called.
        features: networks that measure.
        command: what was typed, for the result.
        on_picture: called after every picture, twice for each, and once more for each aged one.
        plates: to measure on as well.
        film: whether to measure on the pictures aged as well.
    Raises:
        SourceError: there are no pictures.
    """
    measured = measure(models.opened, pictures, features, on_picture)
    good = [model for model in models.opened if model.name not in measured.failed]
    alone = measure_ab_alone(good, pictures if film else None, plates, on_picture)
    partners = float_partners(models.opened)
    rows = [
        row | alone.figures.get(str(row["model"]), {})
        for row in accuracy_rows(measured, source_name(source), partners)
        if row["model"] not in alone.failed
    ]
    rows += [
        {"model": name, "error": reason}
        for name, reason in (alone.failed | models.failed | models.unsupported).items()
    ]
    return BenchmarkResult(
        kind="accuracy",
        made=now(),
        command=command,
        machine=machine_facts(),
        versions=package_versions(WORKSHOP_PACKAGES),
        models={model.name: facts_of(model) for model in models.opened},
        rows=rows,
        notes=_notes(measured, features, pictures.passed_over),
        pictures=measured.pictures,
        per_picture={
            row: {
                key: [_rounded(value) for value in values]
                for key, values in figures.items()
                if key not in _DERIVED
            }
            for row, figures in measured.per_picture.items()
        },
    )


def _rounded(value: float) -> float:
    return float(f"{value:.{_DIGITS}g}")


def _notes(measured: Measured, features: FeatureNetworks, passed_over: int) -> list[str]:
    a, b = measured.mean_ab
    notes = [f"Mean colour of these pictures: a* = {a:.1f}, b* = {b:.1f}."]
    if passed_over:
        notes.append(f"{passed_over} broken, grey or tiny pictures were passed over.")
    if features.distance is None:
        notes.append("SqueezeNet feature distance: not measured, for want of its weights.")
    if features.frechet is None:
        notes.append("MobileNetV2 Fréchet distance: not measured, for want of its weights.")
    return notes


def failures(result: BenchmarkResult) -> dict[str, str]:
    """By model, why it could not be measured."""
    return {str(row["model"]): str(row["error"]) for row in result.rows if row.get("error")}

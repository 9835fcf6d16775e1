"""One run of `python -m benchmarks accuracy`: from models and pictures to a result."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from benchmarks.ab_alone import measure_ab_alone
from benchmarks.accuracy import Measured, measure
from benchmarks.accuracy_rows import accuracy_rows
from benchmarks.facts_of import facts_of
from benchmarks.frechet import FrechetFeatures
from benchmarks.open_models import OpenModels, float_partners
from edge_runtime.bench.machine import machine_facts
from edge_runtime.bench.result_file import BenchmarkResult, now
from edge_runtime.bench.versions import WORKSHOP_PACKAGES, package_versions
from train.data.open_pictures import TruePictures

# Values of single pictures are kept to so many significant digits: 0.001 dB.
_DIGITS = 5

# What `compare` pairs by picture; what more there is would make files large.
_PAIRED = ("rgb_psnr", "ciede2000", "colourfulness")


def run_accuracy(
    models: OpenModels,
    pictures: TruePictures,
    source: str,
    features: FrechetFeatures | None,
    command: str,
    on_picture: Callable[[], None],
    *,
    plates: TruePictures | None = None,
    film: bool = False,
) -> BenchmarkResult:
    """Measure and put the result together, with the figures of every picture.

    Args:
        models: what to measure, and what could not be opened.
        pictures: to measure on.
        source: what they are called.
        features: the network of the Fréchet distance.
        command: what was typed, for the result.
        on_picture: called after every picture, twice for each, and once more for each aged one.
        plates: to measure on as well.
        film: whether to measure on the pictures aged as well.
    Raises:
        PictureSourceError: there are no pictures.
    """
    measured = measure(models.opened, pictures, features, on_picture)
    good = [model for model in models.opened if model.name not in measured.failed]
    alone = measure_ab_alone(good, pictures if film else None, plates, on_picture)
    partners = float_partners(models.opened)
    rows = [
        row | alone.figures.get(str(row["model"]), {})
        for row in accuracy_rows(measured, Path(source).name or source, partners)
        if row["model"] not in alone.failed
    ]
    failed = alone.failed | models.failed
    return BenchmarkResult(
        kind="accuracy",
        made=now(),
        command=command,
        machine=machine_facts(),
        versions=package_versions(WORKSHOP_PACKAGES),
        models={model.name: facts_of(model) for model in models.opened},
        rows=[*rows, *({"model": name, "error": reason} for name, reason in failed.items())],
        notes=_notes(measured, features, pictures.passed_over),
        pictures=measured.pictures,
        per_picture={
            row: {
                key: [float(f"{value:.{_DIGITS}g}") for value in values]
                for key, values in figures.items()
                if key in _PAIRED
            }
            for row, figures in measured.per_picture.items()
        },
    )


def without_pictures(result: BenchmarkResult) -> BenchmarkResult:
    """A result's rows and facts, without the figures of every picture."""
    return replace(result, pictures=[], per_picture={})


def _notes(measured: Measured, features: FrechetFeatures | None, passed_over: int) -> list[str]:
    a, b = measured.mean_ab
    notes = [f"Mean colour of these pictures: a* = {a:.1f}, b* = {b:.1f}."]
    if passed_over:
        notes.append(f"{passed_over} broken, grey or tiny pictures were passed over.")
    if features is None:
        notes.append("MobileNetV2 Fréchet distance: not measured, for want of its weights.")
    return notes


def failures(result: BenchmarkResult) -> dict[str, str]:
    """By model, why it could not be measured."""
    return {str(row["model"]): str(row["error"]) for row in result.rows if row.get("error")}

"""Figures of a*, b* alone for the rows of a result: plates, aged photos, and what stays grey."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from benchmarks.accuracy_columns import FADED_LOSS, MOST_DB, NEUTRAL
from benchmarks.bootstrap import interval, resampled_means
from benchmarks.open_models import OpenedModel
from edge_runtime.errors import TintLiteError
from train.data.open_pictures import TruePictures
from train.measure.evaluate import GREY, run_all
from train.measure.film import FADED, ORIGINAL, film_sums
from train.measure.metrics import AbSums, ab_gain, chroma_ratio, rho
from train.measure.neutral import measure_neutral
from train.measure.plates import plate_sums


@dataclass(frozen=True)
class AbAlone:
    """What was measured beside photos as they are.

    Attributes:
        figures: by row, by the key of a result, means and their 95 % intervals.
        failed: by model, why it gave up on some picture; it has no figures then.
    """

    figures: dict[str, dict[str, float]]
    failed: dict[str, str]


class _Watched:
    """A network that says nothing more once it has failed: the others are measured to the end."""

    def __init__(self, model: OpenedModel) -> None:
        self._model = model
        self.failure: str | None = None

    def __call__(self, seen: np.ndarray) -> np.ndarray:
        return self.batch(seen[None])[0]

    def batch(self, seen: np.ndarray) -> np.ndarray:
        if self.failure is None:
            try:
                ab = np.stack(run_all(self._model.network.run, list(seen)))
                if np.isfinite(ab).all():
                    return ab
                self.failure = f"{self._model.name}: the network's output is not finite"
            except TintLiteError as error:
                self.failure = str(error)
        return np.zeros((len(seen), 1, 1, 2), np.float32)


def measure_ab_alone(
    models: Sequence[OpenedModel],
    photos: TruePictures | None = None,
    plates: TruePictures | None = None,
    on_picture: Callable[[], None] = lambda: None,
) -> AbAlone:
    """Measure models on aged photos, on plates and on greys; the last always.

    Args:
        models: what to measure, beside the row `grey`.
        photos: to age by the fixed recipes of `train.measure.film`.
        plates: glass plates whose colours are known.
        on_picture: called after every photo and every plate.
    Raises:
        PictureSourceError: there are no pictures.
    """
    watched = {model.name: _Watched(model) for model in models}
    networks = {model.name: replace(model.network, run=watched[model.name]) for model in models}
    figures: dict[str, dict[str, float]] = {name: {} for name in (GREY, *networks)}
    if photos is not None:
        for name, found in film_sums(networks, photos, on_picture).items():
            figures[name] |= _with_intervals("film", found)
    if plates is not None:
        for name, found in plate_sums(networks, plates, on_picture).items():
            figures[name] |= _with_intervals("plates", found)
    for name, network in networks.items():
        figures[name][NEUTRAL] = measure_neutral(network).chroma
    failed = {name: one.failure for name, one in watched.items() if one.failure is not None}
    return AbAlone({name: row for name, row in figures.items() if name not in failed}, failed)


def _with_intervals(what: str, found: dict[str, list[AbSums]]) -> dict[str, float]:
    """Every figure of a row on one kind of pictures, with its interval."""
    table = np.hstack([[(one.both, one.ours, one.true) for one in sums] for sums in found.values()])
    means, drawn = table.mean(axis=0), resampled_means(table)
    figures = _figures(what, found, means)
    row: dict[str, float] = {}
    for key, values in _figures(what, found, drawn).items():
        middle = interval(values)
        row |= {key: float(figures[key]), f"{key}_low": middle.low, f"{key}_high": middle.high}
    return row


def _figures(what: str, kinds: Iterable[str], means: np.ndarray) -> dict[str, np.ndarray]:
    """Out of means of sums, float64 [..., 3 x kinds]."""
    figures = {}
    for place, kind in enumerate(kinds):
        both, ours, true = np.moveaxis(means[..., 3 * place : 3 * place + 3], -1, 0)
        figures[f"{what}_{kind}_rho"] = rho(both, ours, true)
        figures[f"{what}_{kind}_chroma_ratio"] = chroma_ratio(ours, true)
        figures[f"{what}_{kind}_gain"] = np.minimum(ab_gain(both, ours, true), MOST_DB)
    if what == "film":
        loss = figures[f"film_{ORIGINAL}_gain"] - figures[f"film_{FADED}_gain"]
        figures[FADED_LOSS] = loss
    return figures

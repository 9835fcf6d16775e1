"""Measure models side by side on the same pictures, picture by picture, by every figure we know.

Definitions stand in docs/measurements/accuracy.md; those of PSNR and colourfulness are
`train.measure.evaluate`'s, so that training and benchmarks agree.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from functools import partial

import numpy as np
from skimage.color import deltaE_ciede2000

from benchmarks.accuracy_columns import FADED_LOSS, FRECHET, MOST_DB, NEUTRAL
from benchmarks.bootstrap import resampled_means, with_intervals
from benchmarks.frechet import FrechetFeatures, frechet_distance
from benchmarks.open_models import OpenedModel, float_partners
from edge_runtime.colour.cielab import rgb_to_lab
from edge_runtime.errors import TintLiteError
from edge_runtime.model.contract import AB_SCALE
from train.data.open_pictures import TruePictures
from train.errors import PictureSourceError
from train.measure.evaluate import (
    AT_A_TIME,
    GREY,
    NO_COLOUR,
    OpenNetwork,
    figures,
    in_groups,
    judged,
    painted,
    run_all,
    upsampled,
)
from train.measure.film import FADED, ORIGINAL, film_sums
from train.measure.metrics import AbSums, ab_gain, chroma_ratio, colourfulness, psnr, rgb_mse, rho
from train.measure.neutral import measure_neutral
from train.measure.plates import plate_sums

MEAN_COLOUR = "mean colour"
TRUE = "true"
ROWS_OF_OUR_OWN = (GREY, MEAN_COLOUR, TRUE)

# Smaller pictures are passed over: enlarged tenfold, they would say nothing of photos.
MIN_SIDE = 16

# A row's plain means, in the order of the columns.
_PLAIN = ("rgb_psnr", "lab_mse", "lab_psnr", "ab_psnr", "ciede2000")

Row = dict[str, str | float | int | None]


@dataclass(frozen=True)
class Measured:
    """Every figure of every picture.

    Attributes:
        pictures: their names inside the source.
        per_picture: by row (`true`, `grey`, `mean colour`, models), then by figure, a value a
            picture.
        frechet: by row, over all pictures; empty where it was not measured.
        failed: by model, why it gave up on some picture; it has no figures then.
        mean_ab: a* and b* of the row `mean colour`.
    """

    pictures: list[str]
    per_picture: dict[str, dict[str, list[float]]]
    frechet: dict[str, float]
    failed: dict[str, str]
    mean_ab: tuple[float, float]


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


def _watched(models: Sequence[OpenedModel]) -> dict[str, OpenNetwork]:
    return {model.name: replace(model.network, run=_Watched(model)) for model in models}


def _failed(networks: dict[str, OpenNetwork]) -> dict[str, str]:
    failures = {name: network.run.failure for name, network in networks.items()}
    return {name: failure for name, failure in failures.items() if failure is not None}


def measure(
    models: Sequence[OpenedModel],
    pictures: TruePictures,
    features: FrechetFeatures | None = None,
    on_picture: Callable[[], None] = lambda: None,
) -> Measured:
    """Colour every picture with every model and measure it; the pictures are gone through twice.

    Args:
        models: what to measure, beside the rows `grey` and `mean colour`.
        pictures: to measure on; compared at 256 x 256.
        features: the network of the Fréchet distance, which is left out without it.
        on_picture: called after every picture, twice for each.
    Raises:
        PictureSourceError: there are no pictures, or other ones the second time.
    """
    middle = _mean_ab(pictures, on_picture)
    networks, partners = _watched(models), float_partners(models)
    constant = {GREY: NO_COLOUR, MEAN_COLOUR: middle.reshape(1, 1, 2) / np.float32(AB_SCALE)}
    names: list[str] = []
    rows: dict[str, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    described: dict[str, list[np.ndarray]] = defaultdict(list)
    judged_pictures = ((name, judged(picture)) for name, picture in pictures.named())
    for group in in_groups(judged_pictures, AT_A_TIME):
        trues = [true for _, true in group]
        found = {name: network.ab_of(trues) for name, network in networks.items()}
        for place, (name, true) in enumerate(group):
            colours = constant | {model: ab[place] for model, ab in found.items()}
            ours = {row: painted(true, ab) for row, ab in colours.items()}
            for row, values in _figures(true, colours, ours, partners).items():
                for key, value in values.items():
                    rows[row][key].append(value)
            if features:
                for row, one in zip((TRUE, *ours), features([true, *ours.values()]), strict=True):
                    described[row].append(one)
            names.append(name)
            on_picture()
    if not names:
        raise PictureSourceError("the pictures were gone when they were to be measured")
    failed = _failed(networks)
    true = np.array(described.pop(TRUE, []))
    return Measured(
        names,
        {row: values for row, values in rows.items() if row not in failed},
        {
            row: frechet_distance(true, np.array(ours))
            for row, ours in described.items()
            if row not in failed and len(true) > 1
        },
        failed,
        (float(middle[0]), float(middle[1])),
    )


def _mean_ab(pictures: TruePictures, on_picture: Callable[[], None]) -> np.ndarray:
    """The mean a* and b* of all pixels of all pictures, as they are compared: float32 [2]."""
    total, count = np.zeros(2), 0
    for picture in pictures:
        total += rgb_to_lab(judged(picture))[..., 1:].mean(axis=(0, 1), dtype=np.float64)
        count += 1
        on_picture()
    if not count:
        raise PictureSourceError(
            f"there are no colour pictures of at least {MIN_SIDE}x{MIN_SIDE} pixels to measure on"
        )
    return (total / count).astype(np.float32)


def _figures(
    true: np.ndarray,
    colours: dict[str, np.ndarray],
    ours: dict[str, np.ndarray],
    partners: dict[str, str],
) -> dict[str, dict[str, float]]:
    """The figures of each row for one picture.

    Args:
        true: uint8 [256, 256, 3].
        colours: by row, the network's ab [S', S', 2] (a*, b* / 110).
        ours: by row, the picture that was made of it.
        partners: by quantized model, its float model.
    """
    true_lab = rgb_to_lab(true)
    true_ab = true_lab[..., 1:]
    energy = AbSums.of(true_ab, true_ab).true
    rows = {TRUE: {"colourfulness": colourfulness(true), "ab_true": energy}}
    for name, picture in ours.items():
        lab = rgb_to_lab(picture)
        sums = AbSums.of(upsampled(colours[name], *true.shape[:2]), true_ab)
        rows[name] = asdict(figures(true, true_lab, picture, lab)) | {
            "ciede2000": float(deltaE_ciede2000(true_lab, lab).mean(dtype=np.float64)),
            "ab_both": sums.both,
            "ab_ours": sums.ours,
        }
        partner = ours.get(partners.get(name, ""))
        if partner is not None:
            rows[name]["psnr_to_float"] = psnr(rgb_mse(partner, picture))
        for key in rows[name]:
            if "psnr" in key:
                rows[name][key] = min(rows[name][key], MOST_DB)
    return rows


def accuracy_rows(measured: Measured, source: str, partners: dict[str, str]) -> list[Row]:
    """The rows of a result file, `grey` first; each figure with the 95 % interval of its mean.

    Args:
        measured: the figures.
        source: what the pictures are called.
        partners: by quantized model, its float model, as `float_partners` gives them.
    """
    per_picture = measured.per_picture
    pairs = [(row, key) for row, values in per_picture.items() for key in values]
    places = {pair: place for place, pair in enumerate(pairs)}
    table = np.array([per_picture[row][key] for row, key in pairs], np.float64).transpose()
    means, drawn = table.mean(axis=0), resampled_means(table)

    def row_figures(row: str, partner: str | None, means: np.ndarray) -> dict[str, np.ndarray]:
        def mean(of: str, key: str) -> np.ndarray:
            return means[..., places[of, key]]

        found = {key: mean(row, key) for key in _PLAIN}
        if partner:
            found["psnr_to_float"] = mean(row, "psnr_to_float")
        found["gain"] = mean(row, "rgb_psnr") - mean(GREY, "rgb_psnr")
        with np.errstate(divide="ignore"):
            whole = -10 * np.log10(mean(row, "rgb_mse") / 255**2)
        found["rgb_psnr_of_mean_mse"] = np.minimum(whole, MOST_DB)
        ours, true = mean(row, "colourfulness"), mean(TRUE, "colourfulness")
        found["colourfulness_ratio"] = ours / true
        found["colourfulness_difference"] = ours - true
        energies = mean(row, "ab_ours"), mean(TRUE, "ab_true")
        found["rho"] = rho(mean(row, "ab_both"), *energies)
        found["chroma_ratio"] = chroma_ratio(*energies)
        if partner:
            found["gain_to_float"] = mean(row, "rgb_psnr") - mean(partner, "rgb_psnr")
        return found

    rows: list[Row] = []
    for name in per_picture:
        if name == TRUE:
            continue
        partner = partners.get(name)
        if partner not in per_picture:
            partner = None
        row: Row = {"model": name, "pictures": len(measured.pictures), "set": source}
        row |= with_intervals(means, drawn, partial(row_figures, name, partner))
        if name in measured.frechet:
            row[FRECHET] = measured.frechet[name]
        if partner:
            row["float_model"] = partner
        rows.append(row)
    return rows + [{"model": name, "error": reason} for name, reason in measured.failed.items()]


def measure_ab_alone(
    models: Sequence[OpenedModel],
    photos: TruePictures | None = None,
    plates: TruePictures | None = None,
    on_picture: Callable[[], None] = lambda: None,
) -> tuple[dict[str, dict[str, float]], dict[str, str]]:
    """Measure a*, b* alone on aged photos, on plates and on greys; the last always.

    Args:
        models: what to measure, beside the row `grey`.
        photos: to age by the fixed recipes of `train.measure.film`.
        plates: glass plates whose colours are known.
        on_picture: called after every photo and every plate.
    Returns:
        by row, by the key of a result, means and their 95 % intervals; and by model why it gave up
        on some picture, which has no figures then.
    Raises:
        PictureSourceError: there are no pictures.
    """
    networks = _watched(models)
    rows: dict[str, dict[str, float]] = {name: {} for name in (GREY, *networks)}
    for what, sums_of, pictures in (("film", film_sums, photos), ("plates", plate_sums, plates)):
        if pictures is None:
            continue
        for name, found in sums_of(networks, pictures, on_picture).items():
            sums = [[(one.both, one.ours, one.true) for one in each] for each in found.values()]
            table = np.hstack(sums)
            row = with_intervals(
                table.mean(axis=0), resampled_means(table), partial(_ab_figures, what, found)
            )
            rows[name] |= row
    for name, network in networks.items():
        rows[name][NEUTRAL] = measure_neutral(network).chroma
    failed = _failed(networks)
    return {name: row for name, row in rows.items() if name not in failed}, failed


def _ab_figures(what: str, kinds: Iterable[str], means: np.ndarray) -> dict[str, np.ndarray]:
    """Out of means of sums, float64 [..., 3 x kinds]."""
    found = {}
    for place, kind in enumerate(kinds):
        both, ours, true = np.moveaxis(means[..., 3 * place : 3 * place + 3], -1, 0)
        found[f"{what}_{kind}_rho"] = rho(both, ours, true)
        found[f"{what}_{kind}_chroma_ratio"] = chroma_ratio(ours, true)
        found[f"{what}_{kind}_gain"] = np.minimum(ab_gain(both, ours, true), MOST_DB)
    if what == "film":
        found[FADED_LOSS] = found[f"film_{ORIGINAL}_gain"] - found[f"film_{FADED}_gain"]
    return found

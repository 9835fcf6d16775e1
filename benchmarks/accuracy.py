"""Measure models side by side on the same pictures, picture by picture, by every figure we know.

Definitions stand in docs/measurements/accuracy.md; those of PSNR and colourfulness are
`train.measure.evaluate`'s, so that training and benchmarks agree.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from skimage.color import deltaE_ciede2000

from benchmarks.accuracy_columns import MOST_DB
from benchmarks.frechet import FeatureMoments, FrechetFeatures, TrueSet
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
    figures,
    in_groups,
    judged,
    painted,
    upsampled,
)
from train.measure.metrics import AbSums, colourfulness, psnr, rgb_mse

MEAN_COLOUR = "mean colour"
TRUE = "true"
ROWS_OF_OUR_OWN = (GREY, MEAN_COLOUR, TRUE)

# Smaller pictures are passed over: enlarged tenfold, they would say nothing of photos.
MIN_SIDE = 16


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


def mean_ab(pictures: TruePictures, on_picture: Callable[[], None] = lambda: None) -> np.ndarray:
    """The mean a* and b* of all pixels of all pictures, as they are compared: float32 [2].

    Raises:
        PictureSourceError: there are no pictures.
    """
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


class _Sheet:
    """The figures that have come in so far."""

    def __init__(self, features: FrechetFeatures | None, partners: dict[str, str]) -> None:
        self._features, self._partners = features, partners
        self.rows: dict[str, dict[str, list[float]]] = {}
        self.moments: dict[str, FeatureMoments] = {}

    def add(self, true: np.ndarray, colours: dict[str, np.ndarray]) -> None:
        """One picture, uint8 [256, 256, 3], and each row's ab [S', S', 2] (a*, b* / 110)."""
        true_lab = rgb_to_lab(true)
        true_ab = true_lab[..., 1:]
        itself = AbSums.of(true_ab, true_ab)
        self._put(TRUE, {"colourfulness": colourfulness(true), "ab_true": itself.true})
        ours: dict[str, np.ndarray] = {}
        for name, raw in colours.items():
            ab = upsampled(raw, *true.shape[:2])
            picture = ours[name] = painted(true, raw)
            sums = AbSums.of(ab, true_ab)
            values = _values(true, true_lab, picture)
            self._put(name, values | {"ab_both": sums.both, "ab_ours": sums.ours})
        for name, picture in ours.items():
            partner = ours.get(self._partners.get(name, ""))
            if partner is not None:
                self._put(name, {"psnr_to_float": _capped(psnr(rgb_mse(partner, picture)))})
        if self._features:
            found = self._features([true, *ours.values()])
            for name, features in zip((TRUE, *ours), found, strict=True):
                self.moments.setdefault(name, FeatureMoments(len(features))).add(features)

    def drop(self, name: str) -> None:
        """Forget a row, and what others have by comparison with it."""
        self.rows.pop(name, None)
        self.moments.pop(name, None)
        for other, partner in self._partners.items():
            if partner == name and other in self.rows:
                self.rows[other].pop("psnr_to_float", None)

    def _put(self, name: str, values: dict[str, float]) -> None:
        row = self.rows.setdefault(name, {})
        for key, value in values.items():
            row.setdefault(key, []).append(value)


def _capped(decibels: float) -> float:
    return min(decibels, MOST_DB)


def _values(true: np.ndarray, true_lab: np.ndarray, ours: np.ndarray) -> dict[str, float]:
    lab = rgb_to_lab(ours)
    found = figures(true, true_lab, ours, lab)
    return {
        "rgb_psnr": _capped(found.rgb_psnr),
        "rgb_mse": found.rgb_mse,
        "lab_mse": found.lab_mse,
        "lab_psnr": _capped(found.lab_psnr),
        "ab_psnr": _capped(found.ab_psnr),
        "colourfulness": found.colourfulness,
        "ciede2000": float(deltaE_ciede2000(true_lab, lab).mean(dtype=np.float64)),
    }


def measure(
    models: Sequence[OpenedModel],
    pictures: TruePictures,
    features: FrechetFeatures | None = None,
    on_picture: Callable[[], None] = lambda: None,
) -> Measured:
    """Colour every picture with every model and measure it; the pictures are gone through twice.

    Args:
        models: what to measure, beside the rows `grey` and `mean colour`. One that fails on some
            picture is left out from there on.
        pictures: to measure on; compared at 256 x 256.
        features: the network of the Fréchet distance, which is left out without it.
        on_picture: called after every picture, twice for each.
    Raises:
        PictureSourceError: there are no pictures, or other ones the second time.
    """
    middle = mean_ab(pictures, on_picture)
    sheet = _Sheet(features, float_partners(models))
    names: list[str] = []
    failed: dict[str, str] = {}
    constant = {
        GREY: NO_COLOUR,
        MEAN_COLOUR: middle.reshape(1, 1, 2) / np.float32(AB_SCALE),
    }
    judged_pictures = ((name, judged(picture)) for name, picture in pictures.named())
    for group in in_groups(judged_pictures, AT_A_TIME):
        found: dict[str, Sequence[np.ndarray]] = {}
        for model in models:
            if model.name in failed:
                continue
            try:
                found[model.name] = _run(model, [true for _, true in group])
            except TintLiteError as error:
                failed[model.name] = str(error)
                sheet.drop(model.name)
        for place, (name, true) in enumerate(group):
            sheet.add(true, constant | {model: colours[place] for model, colours in found.items()})
            names.append(name)
            on_picture()
    if not names:
        raise PictureSourceError("the pictures were gone when they were to be measured")
    return Measured(
        names, sheet.rows, _frechet(sheet.moments), failed, (float(middle[0]), float(middle[1]))
    )


def _run(model: OpenedModel, pictures: Sequence[np.ndarray]) -> Sequence[np.ndarray]:
    colours = model.network.ab_of(pictures)
    if not all(np.isfinite(ab).all() for ab in colours):
        raise TintLiteError(f"{model.name}: the network's output is not finite")
    return colours


def _frechet(moments: dict[str, FeatureMoments]) -> dict[str, float]:
    if TRUE not in moments or moments[TRUE].count < 2:
        return {}
    true = TrueSet(moments[TRUE])
    return {name: true.distance(ours) for name, ours in moments.items() if name != TRUE}

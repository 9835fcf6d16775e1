"""What several suggestions are worth: the best of them against the truth, and how they differ."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from benchmarks.bootstrap import interval, resampled_means
from edge_runtime import Colorizer, HintSession, Look
from edge_runtime.colour.compose import compose
from edge_runtime.hints.suggestions import suggested_hints
from train.errors import PictureSourceError
from train.measure.evaluate import NO_COLOUR, judged
from train.measure.metrics import psnr, rgb_mse

# The trivial ways to four pictures: how far three tints go from the automatic colours, in units of
# ab (those between them lie 10 apart, as the suggestions do on average), and three saturations.
_TINT = 7.0
_SATURATIONS = (0.5, 1.3, 1.6)


@dataclass(frozen=True)
class SuggestScore:
    """One way to make four pictures of one.

    Attributes:
        way: in words.
        best: mean RGB PSNR of the best of the four over the first, dB.
        low, high: its 95 % interval.
        others: mean RGB PSNR of the three others over the first, dB.
        apart: mean distance of ab between two of the four.
    """

    way: str
    best: float
    low: float
    high: float
    others: float
    apart: float


@dataclass(frozen=True)
class SuggestScores:
    """All ways on the same pictures.

    Attributes:
        pictures: how many.
        first: mean RGB PSNR of the automatic colours, dB.
        grey: that of no colour over it, dB.
        ways: the suggestions first.
    """

    pictures: int
    first: float
    grey: float
    ways: list[SuggestScore]


def _suggested(session: HintSession) -> list[np.ndarray]:
    hints = suggested_hints(session.view, session.prints_ab)
    return [session.ab(said) for said in hints[1:]]


def _tinted(session: HintSession) -> list[np.ndarray]:
    angles = np.pi / 2 + np.arange(3) * 2 * np.pi / 3  # yellow, and evenly around from there
    return [session.ab() + _TINT * np.float32([np.cos(one), np.sin(one)]) for one in angles]


def _saturated(session: HintSession) -> list[np.ndarray]:
    return [session.ab() * np.float32(one) for one in _SATURATIONS]


_WAYS: dict[str, Callable[[HintSession], list[np.ndarray]]] = {
    "suggestions": _suggested,
    f"three tints, {_TINT:g} away": _tinted,
    "saturations " + ", ".join(f"{one:g}" for one in _SATURATIONS): _saturated,
}


def measure_suggestions(model: str, pictures: Iterable[np.ndarray]) -> SuggestScores:
    """Make four colourings of every picture, in each way.

    Args:
        model: a shipped name or a `.tflite`.
        pictures: true pictures, uint8 [H, W, 3]; compared at 256 x 256, as by `train evaluate`.
    Raises:
        PictureSourceError: there are no pictures.
    """
    colorizer, look = Colorizer(model), Look(whole=True)
    first, grey = [], []
    gains: list[list[list[float]]] = []
    apart: list[list[float]] = []
    for picture in pictures:
        true = judged(picture)
        session = HintSession(colorizer, true, look)
        own = session.ab()
        first.append(_psnr(true, own))
        grey.append(_psnr(true, NO_COLOUR) - first[-1])
        made = [way(session) for way in _WAYS.values()]
        gains.append([[_psnr(true, ab) - first[-1] for ab in three] for three in made])
        apart.append([_apart([own, *three]) for three in made])
    if not first:
        raise PictureSourceError("there are no colour pictures to measure on")
    of_three = np.array(gains)
    best = np.maximum(of_three.max(axis=2), 0)
    drawn = resampled_means(best)
    ways = []
    for number, way in enumerate(_WAYS):
        middle = interval(drawn[:, number])
        others = float(of_three[:, number].mean())
        mean, distance = float(best[:, number].mean()), float(np.mean(apart, axis=0)[number])
        ways.append(SuggestScore(way, mean, middle.low, middle.high, others, distance))
    return SuggestScores(len(first), float(np.mean(first)), float(np.mean(grey)), ways)


def _psnr(true: np.ndarray, ab: np.ndarray) -> float:
    return psnr(rgb_mse(true, compose(true, ab)))


def _apart(four: list[np.ndarray]) -> float:
    """The mean distance of ab between any two of them."""
    pairs = combinations(four, 2)
    return float(
        np.mean([np.hypot(*np.moveaxis(one - other, 2, 0)).mean() for one, other in pairs])
    )

"""What hints gain, taken from the truth at random places; and what a wrong one does."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from benchmarks.bootstrap import interval, resampled_means
from benchmarks.levin import levin
from edge_runtime import Colorizer, Look
from edge_runtime.colour.cielab import rgb_to_lab
from edge_runtime.colour.compose import compose
from edge_runtime.colour.shrink import shrink
from edge_runtime.colour.spread import Spot, guide, spread
from edge_runtime.model.contract import as_input
from edge_runtime.model.tone import TONE_VIEW
from train.errors import PictureSourceError
from train.measure.evaluate import judged
from train.measure.metrics import psnr, rgb_mse

COUNTS = (1, 5, 10, 30)

SPREADING, LEVIN = "spreading", "Levin 2004 on the same automatic colours"

# What is an edge: so much change of lightness from cell to cell, in hundredths of the tone view.
_EDGE = 4.0

# The hinted object: its part of the picture, and the least true C* of the hint.
_OBJECT = (0.01, 0.6)
_COLOURED = 12.0


@dataclass(frozen=True)
class HintScore:
    """One way of using hints, with so many of them.

    Attributes:
        way: in words.
        hints: how many.
        pictures: how many.
        gain: mean of the pictures' RGB PSNR over that without hints, dB.
        low, high: its 95 % interval.
    """

    way: str
    hints: int
    pictures: int
    gain: float
    low: float
    high: float


@dataclass(frozen=True)
class WrongScore:
    """One hint a picture whose hue is turned by 120 degrees.

    Attributes:
        pictures: how many have a place for it.
        moved: median over pictures of the median change in the hint's own object, as part of
            the change at the hint.
        beyond: median over pictures of the median change beyond lightness edges, units of ab.
        beyond_90: the same at nine of ten pictures.
    """

    pictures: int
    moved: float
    beyond: float
    beyond_90: float


@dataclass(frozen=True)
class _Seen:
    """A picture, and what the network makes of it: all at the size of ab but the first."""

    true: np.ndarray  # uint8 [256, 256, 3]
    lightness: np.ndarray  # float32 [S, S]
    own: np.ndarray  # float32 [S', S', 2]
    said: np.ndarray  # float32 [S', S', 2], the truth in means of 3 x 3 cells

    def spread(self, cells: np.ndarray, said: np.ndarray) -> np.ndarray:
        """The colours with hints in the middles of cells, int [n, 2]."""
        height, width = self.own.shape[:2]
        spots = [
            Spot(row + 0.5, column + 0.5, 0, 0, ab)
            for (row, column), ab in zip(cells, said, strict=True)
        ]
        return spread(guide(self.lightness, height, width), self.own, spots, height)

    def levin(self, cells: np.ndarray, said: np.ndarray) -> np.ndarray:
        """The same by the classic."""
        return levin(self.stretched(), self.own, cells, said)

    def stretched(self) -> np.ndarray:
        """Lightness through the tone view, 0..100, float32 [S', S']."""
        height, width = self.own.shape[:2]
        seen = (as_input(self.lightness, TONE_VIEW) + 1) * 50
        return cv2.resize(seen, (width, height), interpolation=cv2.INTER_AREA)


def measure_hints(
    model: str, pictures: Iterable[np.ndarray], counts: Sequence[int] = COUNTS, seed: int = 0
) -> tuple[list[HintScore], WrongScore]:
    """Give every picture hints from its own truth, and one wrong one.

    Args:
        model: a shipped name or a `.tflite`.
        pictures: true pictures, uint8 [H, W, 3]; compared at 256 x 256, as by `train evaluate`.
        counts: of hints.
        seed: of their places, which are the same for every way and model of one S'.
    Raises:
        PictureSourceError: there are no pictures.
    """
    colorizer, look = Colorizer(model), Look(whole=True)
    gains: dict[tuple[str, int], list[float]] = {}
    wrong = []
    for number, picture in enumerate(pictures):
        seen = _see(colorizer, judged(picture), look)
        rng = np.random.default_rng([seed, number])
        cells = rng.integers(0, seen.own.shape[0], (max(counts), 2))
        before = _psnr(seen, seen.own)
        for count in counts:
            said = seen.said[tuple(cells[:count].T)]
            for way, work in ((SPREADING, seen.spread), (LEVIN, seen.levin)):
                gain = _psnr(seen, work(cells[:count], said)) - before
                gains.setdefault((way, count), []).append(gain)
        wrong += _wrong(seen, rng)
    if not gains:
        raise PictureSourceError("there are no colour pictures to measure on")
    columns = np.array(list(gains.values())).T
    drawn = resampled_means(columns)
    scores = []
    for place, ((way, count), values) in enumerate(gains.items()):
        middle = interval(drawn[:, place])
        mean = float(np.mean(values))
        scores.append(HintScore(way, count, len(values), mean, middle.low, middle.high))
    moved, beyond = np.array(wrong).T if wrong else np.full((2, 1), np.nan)
    return scores, WrongScore(
        len(wrong), *map(float, (np.median(moved), np.median(beyond), np.percentile(beyond, 90)))
    )


def _see(colorizer: Colorizer, true: np.ndarray, look: Look) -> _Seen:
    view = colorizer.see(true, look)
    own = colorizer.predict(view)
    ab = rgb_to_lab(shrink(true, *own.shape[:2]))[..., 1:]
    return _Seen(true, view.lightness, own, cv2.blur(ab, (3, 3)))


def _psnr(seen: _Seen, ab: np.ndarray) -> float:
    return psnr(rgb_mse(seen.true, compose(seen.true, ab)))


def objects(lightness: np.ndarray) -> np.ndarray:
    """Places between which no lightness edge lies: int [h, w], from 1 on; 0 on edges.

    Args:
        lightness: float32 [h, w], 0..100.
    """
    smooth = cv2.GaussianBlur(lightness, (0, 0), 0.7)
    flat = np.hypot(*np.gradient(smooth)) <= _EDGE
    return cv2.connectedComponents(flat.astype(np.uint8), connectivity=4)[1]


def _wrong(seen: _Seen, rng: np.random.Generator) -> list[tuple[float, float]]:
    """How far one wrong hint moves its object, and what lies beyond; nothing without a place."""
    found = objects(seen.stretched())
    sizes = np.bincount(found.ravel())[found] / found.size
    fit = (found > 0) & (sizes >= _OBJECT[0]) & (sizes <= _OBJECT[1])
    places = np.argwhere(fit & (np.hypot(*np.moveaxis(seen.said, 2, 0)) >= _COLOURED))
    if not len(places):
        return []
    cell = tuple(places[rng.integers(len(places))])
    a, b = seen.said[cell]
    turned = (a + 1j * b) * np.exp(2j * np.pi / 3)
    said = np.float32([turned.real, turned.imag])
    change = seen.spread(np.array([cell]), said[None]) - seen.own
    moved = np.hypot(*np.moveaxis(change, 2, 0))
    whole = float(np.hypot(*(said - seen.own[cell])))
    beyond = (found > 0) & (found != found[cell])
    if whole == 0 or not beyond.any():
        return []
    inside = found == found[cell]
    return [(float(np.median(moved[inside])) / whole, float(np.median(moved[beyond])))]

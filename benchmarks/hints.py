"""What hints gain that are taken from the truth at random places."""

from collections.abc import Iterable
from dataclasses import dataclass

import cv2
import numpy as np

from benchmarks.bootstrap import interval, resampled_means
from edge_runtime import Colorizer, Look
from edge_runtime.colour.cielab import rgb_to_lab
from edge_runtime.colour.compose import compose
from edge_runtime.colour.shrink import shrink
from edge_runtime.colour.spread import Spot, guide, spread
from train.errors import PictureSourceError
from train.measure.evaluate import judged
from train.measure.metrics import psnr, rgb_mse

COUNTS = (1, 5, 10, 30)


@dataclass(frozen=True)
class HintScore:
    """What so many hints gain.

    Attributes:
        hints: how many.
        pictures: how many.
        gain: mean of the pictures' RGB PSNR over that without hints, dB.
        low, high: its 95 % interval.
    """

    hints: int
    pictures: int
    gain: float
    low: float
    high: float


def measure_hints(model: str, pictures: Iterable[np.ndarray], seed: int) -> list[HintScore]:
    """Give every picture hints from its own truth: means of 3 x 3 cells.

    Args:
        model: a shipped name or a `.tflite`.
        pictures: true pictures, uint8 [H, W, 3]; compared at 256 x 256, as by `train evaluate`.
        seed: of their places, which are the same for every model of one S'.
    Raises:
        PictureSourceError: there are no pictures.
    """
    colorizer, look = Colorizer(model), Look(whole=True)
    gains = []
    for number, picture in enumerate(pictures):
        true = judged(picture)
        view = colorizer.see(true, look)
        own = colorizer.predict(view)
        side = own.shape[0]
        truth = cv2.blur(rgb_to_lab(shrink(true, side, side))[..., 1:], (3, 3))
        lightness = guide(view.lightness, side, side)
        rng = np.random.default_rng([seed, number])
        spots = [
            Spot(row + 0.5, column + 0.5, 0, 0, truth[row, column])
            for row, column in rng.integers(0, side, (max(COUNTS), 2))
        ]
        before, *after = (
            psnr(rgb_mse(true, compose(true, ab)))
            for ab in (own, *(spread(lightness, own, spots[:count], side) for count in COUNTS))
        )
        gains.append([one - before for one in after])
    if not gains:
        raise PictureSourceError("there are no colour pictures to measure on")
    table = np.array(gains)
    drawn = resampled_means(table)
    return [
        HintScore(count, len(table), float(table[:, place].mean()), *interval(drawn[:, place]))
        for place, count in enumerate(COUNTS)
    ]

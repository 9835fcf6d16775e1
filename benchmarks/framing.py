"""Which way of showing a long picture to a square network gives the best colour?

Panoramas and portraits are cut out of colour pictures around their centre, colorized with each
framing of the runtime, and compared with the truth.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from time import perf_counter

import numpy as np

from edge_runtime import Colorizer, Look
from edge_runtime.framing import FRAMINGS
from train.errors import SourceError
from train.evaluate import NO_COLOUR, painted
from train.metrics import colourfulness, psnr, rgb_mse

# Width over height of what is cut out.
ASPECTS = (1.0, 3 / 2, 2 / 3, 2.0, 1 / 2, 3.0, 1 / 3)


@dataclass(frozen=True)
class FramingScore:
    """One framing on pictures of one aspect.

    Attributes:
        aspect: width over height.
        framing: name.
        pictures: how many.
        gain: mean RGB PSNR less that of the grey pictures, dB.
        colourfulness_ratio: mean colourfulness over that of the true pictures.
        ms: median time of a picture, milliseconds.
    """

    aspect: float
    framing: str
    pictures: int
    gain: float
    colourfulness_ratio: float
    ms: float


def cut(picture: np.ndarray, aspect: float) -> np.ndarray:
    """The largest rectangle of that width over height around the centre of [H, W, 3]."""
    height, width = picture.shape[:2]
    rows, columns = min(height, round(width / aspect)), min(width, round(height * aspect))
    top, left = (height - rows) // 2, (width - columns) // 2
    return np.ascontiguousarray(picture[top : top + rows, left : left + columns])


def compare_framings(
    model: str,
    pictures: Iterable[np.ndarray],
    aspects: Iterable[float] = ASPECTS,
) -> list[FramingScore]:
    """Colorize every picture at every aspect with every framing.

    Args:
        model: a shipped name or a `.tflite`.
        pictures: true pictures, uint8 [H, W, 3].
        aspects: of the cuts.
    Raises:
        SourceError: there are no pictures.
    """
    colorizer = Colorizer(model)
    # Every cut is taken whole: it is the framing that is measured.
    looks = {name: Look(framing=name, whole=True) for name in FRAMINGS}
    rows: dict[tuple[float, str], list[tuple[float, float, float, float]]] = {}
    for picture in pictures:
        for aspect in aspects:
            true = cut(picture, aspect)
            grey = painted(true, NO_COLOUR)
            grey_psnr, colour = psnr(rgb_mse(true, grey)), colourfulness(true)
            for name, look in looks.items():
                start = perf_counter()
                ours = colorizer.colorize(true, look)
                ms = (perf_counter() - start) * 1000
                gain = psnr(rgb_mse(true, ours)) - grey_psnr
                rows.setdefault((aspect, name), []).append((gain, colourfulness(ours), colour, ms))
    if not rows:
        raise SourceError("there are no colour pictures to measure on")
    scores = []
    for (aspect, name), values in rows.items():
        gains, ours, true, ms = np.array(values).T
        ratio = float(ours.mean() / true.mean())
        row = FramingScore(
            aspect, name, len(values), float(gains.mean()), ratio, float(np.median(ms))
        )
        scores.append(row)
    return scores

"""What the colours of another picture are worth: one half of a photo colours the other."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from edge_runtime import Colorizer, HintSession, Look
from edge_runtime.hints.reference import reference_hints
from train.errors import PictureSourceError
from train.measure.evaluate import judged
from train.measure.metrics import psnr, rgb_mse


@dataclass(frozen=True)
class ReferenceScore:
    """Halves that took their colours from the other half of their photo.

    Attributes:
        halves: how many; each photo of 256 x 256 has two.
        hints: mean number of hints.
        gain: mean RGB PSNR over that without hints, dB.
        better: the part of the halves that gained.
        worst_tenth: what nine of ten halves gained at least, dB.
    """

    halves: int
    hints: float
    gain: float
    better: float
    worst_tenth: float


def measure_reference(model: str, pictures: Iterable[np.ndarray]) -> ReferenceScore:
    """Colour the halves of every picture.

    Args:
        model: a shipped name or a `.tflite`.
        pictures: true pictures, uint8 [H, W, 3].
    Raises:
        PictureSourceError: there are no pictures.
    """
    colorizer, look = Colorizer(model), Look(whole=True)
    gains, counts = [], []
    for picture in pictures:
        halves = [np.ascontiguousarray(half) for half in np.split(judged(picture), 2, axis=1)]
        left, right = (HintSession(colorizer, half, look) for half in halves)
        for session, reference in ((left, right), (right, left)):
            hints = reference_hints(session, reference)
            before, after = (
                psnr(rgb_mse(session.picture, session.colorize(said))) for said in ((), hints)
            )
            gains.append(after - before)
            counts.append(len(hints))
    if not gains:
        raise PictureSourceError("there are no colour pictures to measure on")
    return ReferenceScore(
        len(gains),
        float(np.mean(counts)),
        float(np.mean(gains)),
        float(np.mean(np.array(gains) > 0)),
        float(np.percentile(gains, 10)),
    )

"""How far a picture's L* is from its own once it is coloured and rounded to 8 bits."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from edge_runtime import Colorizer
from edge_runtime.colour import lightness, rgb_to_lab
from edge_runtime.look import Look
from train.errors import SourceError

# What is counted as off, in L*: about what is seen where two fields touch.
OFF = 1.0


@dataclass(frozen=True)
class LightnessScore:
    """One saturation on all pictures.

    Attributes:
        saturation: factor on a* and b*.
        pictures: how many.
        off: the part of the pixels whose L* is off by more than `OFF`, mean over pictures.
        worst: by how much L* is off at most.
    """

    saturation: float
    pictures: int
    off: float
    worst: float


def measure_lightness(
    model: str, pictures: Iterable[np.ndarray], saturations: Sequence[float]
) -> list[LightnessScore]:
    """Colour every picture at every saturation.

    Args:
        model: a shipped name or a `.tflite`.
        pictures: uint8 [H, W, 3] or [H, W].
        saturations: 0 to 3 each.
    Raises:
        SourceError: there are no pictures.
    """
    colorizer = Colorizer(model)
    looks = [Look(saturation=saturation) for saturation in saturations]
    rows = []
    for picture in pictures:
        own = lightness(picture)
        differences = (
            np.abs(rgb_to_lab(colorizer.colorize(picture, look))[..., 0] - own) for look in looks
        )
        rows.append([(float((each > OFF).mean()), float(each.max())) for each in differences])
    if not rows:
        raise SourceError("there are no colour pictures to measure on")
    values = np.array(rows)
    return [
        LightnessScore(saturation, len(rows), float(off.mean()), float(worst.max()))
        for saturation, (off, worst) in zip(saturations, values.transpose(1, 2, 0), strict=True)
    ]

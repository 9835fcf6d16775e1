"""Small changes of lightness such as old film has: fading, blur, grain. Colour stays the truth."""

from dataclasses import dataclass

import cv2
import numpy as np

from edge_runtime.contract import LIGHTNESS_SCALE


@dataclass(frozen=True)
class OldFilm:
    """How strongly pictures are aged at most; each picture gets a random share of each.

    Attributes:
        fading: of the contrast, 0..1: black becomes grey, white becomes dull.
        blur: standard deviation of a Gaussian, pixels of the crop.
        grain: standard deviation of noise, in L*; it is up to three pixels wide.
    """

    fading: float = 0.0
    blur: float = 0.0
    grain: float = 0.0


# No ageing at all.
AS_IT_IS = OldFilm()


def age(lightness: np.ndarray, film: OldFilm, rng: np.random.Generator) -> np.ndarray:
    """Age every picture of a batch by its own chance.

    Args:
        lightness: float32 [N, S, S, 1] by the model contract (L* / 50 - 1); not changed.
        film: the most that is done; zeros do nothing.
        rng: where chance comes from.
    Returns:
        float32 of the same shape, within -1..1.
    """
    aged = lightness.copy()
    side = lightness.shape[1]
    for picture in aged:
        plane = picture[..., 0]
        if film.blur:
            sigma = rng.uniform(0, film.blur)
            if sigma > 0.2:  # less than that changes nothing
                plane = cv2.GaussianBlur(plane, (0, 0), sigma)
        if film.grain:
            noise = rng.standard_normal((side, side), np.float32)
            noise = cv2.GaussianBlur(noise, (0, 0), rng.uniform(0.3, 1.2))
            noise *= rng.uniform(0, film.grain) / LIGHTNESS_SCALE / max(float(noise.std()), 1e-6)
            plane = plane + noise
        if film.fading:
            kept = 1 - rng.uniform(0, film.fading)
            # Towards a tone between black and white, which differs from film to film.
            tone = rng.uniform(-1, 1)
            plane = tone + kept * (plane - tone)
        picture[..., 0] = plane
    return np.clip(aged, -1, 1)

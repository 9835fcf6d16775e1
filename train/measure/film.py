"""Two fixed recipes of ageing, for measuring only: what a network loses on faded and old pictures.

They never change, so that figures of different days can be compared: no chance but what follows
from the picture itself. Training ages by `train/data/ageing.py`, which may change.
"""

import zlib
from collections.abc import Callable, Iterable, Mapping

import cv2
import numpy as np

from edge_runtime.colour.cielab import LUMINANCE, integer_to_linear, linear_to_srgb
from train.measure.ab import ab_sums
from train.measure.evaluate import OpenNetwork, judged
from train.measure.metrics import AbSums

ORIGINAL, FADED, FILM = "original", "faded", "film"

# Black and white of a faded print, as sRGB levels: what lay between 0 and 255 lies between these.
FADED_LEVELS = (95, 205)

# The recipe `film`, in its order; lengths are in pixels of the 256 x 256 picture.
FILM_SHARES = (0.0, 0.3, 0.7)  # of red, green and blue linear light: film that sees no red
FILM_BLUR = 0.7  # standard deviation of the lens's Gaussian
FILM_GAMMA = 1.2  # exponent of the encoded levels: copies of copies are harder
FILM_LEVELS = (30, 220)  # black and white of the print
FILM_GRAIN = 6.0  # standard deviation of the noise, in levels
FILM_GRAIN_WIDTH = 0.6  # standard deviation of the Gaussian that makes grains of single pixels


def film_greys(picture: np.ndarray) -> dict[str, np.ndarray]:
    """What is shown of a photo.

    Args:
        picture: uint8 [H, W, 3] RGB, at the size at which photos are judged.
    Returns:
        `original`: the picture itself, whose lightness is what the network sees; `faded` and
        `film`: uint8 [H, W].
    """
    return {ORIGINAL: picture, FADED: faded(picture), FILM: film(picture)}


def faded(picture: np.ndarray) -> np.ndarray:
    """The black-and-white print of a picture, its levels squeezed into `FADED_LEVELS`.

    uint8 [H, W, 3] RGB to uint8 [H, W]. Nothing else is done to it.
    """
    grey = np.rint(linear_to_srgb(integer_to_linear(picture) @ LUMINANCE) * 255)
    return _levels(_squeezed(grey / 255, FADED_LEVELS))


def film(picture: np.ndarray) -> np.ndarray:
    """A picture as old film shows it: blind to red, soft, hard, faded and grainy.

    uint8 [H, W, 3] RGB to uint8 [H, W]. The grain is drawn by the picture's own pixels.
    """
    light = integer_to_linear(picture) @ np.float32(FILM_SHARES)
    light = cv2.GaussianBlur(light, (0, 0), FILM_BLUR)
    print_ = _squeezed(linear_to_srgb(light) ** np.float32(FILM_GAMMA), FILM_LEVELS)
    return _levels(print_ + _grain(picture))


def _grain(picture: np.ndarray) -> np.ndarray:
    # The old generator: NumPy promises that its numbers stay the same from version to version.
    chance = np.random.RandomState(zlib.crc32(picture.tobytes()))
    noise = chance.standard_normal(picture.shape[:2]).astype(np.float32)
    noise = cv2.GaussianBlur(noise, (0, 0), FILM_GRAIN_WIDTH)
    return noise * np.float32(FILM_GRAIN / noise.std())


def _squeezed(shares: np.ndarray, levels: tuple[int, int]) -> np.ndarray:
    black, white = levels
    return black + shares * np.float32(white - black)


def _levels(values: np.ndarray) -> np.ndarray:
    return np.clip(np.rint(values), 0, 255).astype(np.uint8)


def film_sums(
    networks: Mapping[str, OpenNetwork],
    pictures: Iterable[np.ndarray],
    on_picture: Callable[[], None] = lambda: None,
) -> dict[str, dict[str, list[AbSums]]]:
    """`train.measure.ab.ab_sums` of photos: uint8 [H, W, 3] RGB of any size, by recipe."""
    return ab_sums(networks, map(judged, pictures), film_greys, on_picture)

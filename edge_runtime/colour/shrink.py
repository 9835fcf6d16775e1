"""Scale an integer picture to the size at which the network looks at it."""

import math
from collections.abc import Callable, Iterator

import cv2
import numpy as np

_PIXELS_AT_ONCE = 1 << 17


def shrink(picture: np.ndarray, height: int, width: int) -> np.ndarray:
    """Scale a picture: by area averages where it shrinks, linearly where it grows.

    The same order as in training: encoded sRGB levels are averaged, lightness comes after.

    Args:
        picture: uint8 or uint16, [H, W] or [H, W, 3].
        height, width: the size to reach, in pixels.
    Returns:
        the same dtype, [height, width] or [height, width, 3].
    """
    return _resize(picture, height, width, cv2.resize)


def shrink_exactly(picture: np.ndarray, height: int, width: int) -> np.ndarray:
    """As `shrink`, to the same levels on every processor and in every language.

    OpenCV rounds values that lie between two levels differently on ARM and on x86 and from one
    version to the next, and an int8 network makes visible differences of that. Here they are
    rounded up, at a quarter more of time. The formulas stand in tests/golden/README.md.
    """
    return _resize(picture, height, width, _exact)


def _resize(picture: np.ndarray, height: int, width: int, resize: Callable) -> np.ndarray:
    rows, columns = picture.shape[:2]
    # INTER_AREA turns into something else when only one side shrinks: one kind at a time.
    smaller = (min(columns, width), min(rows, height))
    if smaller != (columns, rows):
        picture = resize(picture, smaller, interpolation=cv2.INTER_AREA)
    if smaller != (width, height):
        # Small pictures only: exactness costs next to nothing, and frames grow as pictures do.
        picture = _exact(picture, (width, height), interpolation=cv2.INTER_LINEAR)
    return picture


def _exact(picture: np.ndarray, size: tuple[int, int], *, interpolation: int) -> np.ndarray:
    if picture.ndim == 3:  # one float plane at a time: three of 12 megapixels have 144 MB
        planes = cv2.split(picture)
        return cv2.merge([_exact(plane, size, interpolation=interpolation) for plane in planes])
    scaled = np.empty(size[::-1], np.float32)
    for rows, made in _bands(picture.shape, size[1], interpolation):
        band = picture[rows].astype(np.float32)
        cv2.resize(
            band, (size[0], made.stop - made.start), scaled[made], interpolation=interpolation
        )
    # Slightly more than a half: what is a tie but for float32's rounding goes up as well.
    scaled += np.float32(0.501)
    return np.floor(scaled, out=scaled).astype(picture.dtype)


def _bands(
    shape: tuple[int, ...], height: int, interpolation: int
) -> Iterator[tuple[slice, slice]]:
    """Rows of a picture and those made of them alone: few at once, whose floats the cache holds.

    Where the two heights have no common divisor, and where pictures grow, there is one band.
    """
    rows, columns = shape
    units = math.gcd(rows, height) if interpolation == cv2.INTER_AREA else 1
    old, new = rows // units, height // units
    step = max(1, _PIXELS_AT_ONCE // (old * columns))
    for first in range(0, units, step):
        last = min(first + step, units)
        yield slice(first * old, last * old), slice(first * new, last * new)

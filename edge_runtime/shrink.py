"""Scale an integer picture to the size at which the network looks at it."""

import cv2
import numpy as np


def shrink(picture: np.ndarray, height: int, width: int) -> np.ndarray:
    """Scale a picture: by area averages where it shrinks, linearly where it grows.

    The same order as in training: encoded sRGB levels are averaged, lightness comes after.

    Args:
        picture: uint8 or uint16, [H, W] or [H, W, 3].
        height, width: the size to reach, in pixels.
    Returns:
        the same dtype, [height, width] or [height, width, 3].
    """
    return _resize(picture, height, width, _area)


def shrink_exactly(picture: np.ndarray, height: int, width: int) -> np.ndarray:
    """As `shrink`, to the same levels on every processor.

    OpenCV rounds averages that lie between two levels differently on ARM and on x86, and an int8
    network makes visible differences of that. Here they are rounded up, at a quarter more of time.
    """
    return _resize(picture, height, width, _exact_area)


def _resize(picture: np.ndarray, height: int, width: int, area) -> np.ndarray:
    rows, columns = picture.shape[:2]
    # INTER_AREA turns into something else when only one side shrinks: one kind at a time.
    smaller = (min(columns, width), min(rows, height))
    if smaller != (columns, rows):
        picture = area(picture, smaller)
    if smaller != (width, height):
        picture = cv2.resize(picture, (width, height), interpolation=cv2.INTER_LINEAR)
    return picture


def _area(picture: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    return cv2.resize(picture, size, interpolation=cv2.INTER_AREA)


def _exact_area(picture: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    if picture.ndim == 3:  # one float plane at a time: three of 12 megapixels have 144 MB
        return cv2.merge([_exact_area(channel, size) for channel in cv2.split(picture)])
    average = _area(picture.astype(np.float32), size)
    # Slightly more than a half: what is a tie but for float32's rounding goes up as well.
    return np.floor(average + np.float32(0.501)).astype(picture.dtype)

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
    rows, columns = picture.shape[:2]
    # INTER_AREA turns into something else when only one side shrinks: one kind at a time.
    smaller = (min(columns, width), min(rows, height))
    if smaller != (columns, rows):
        picture = cv2.resize(picture, smaller, interpolation=cv2.INTER_AREA)
    if smaller != (width, height):
        picture = cv2.resize(picture, (width, height), interpolation=cv2.INTER_LINEAR)
    return picture

"""Turn a picture upright by its EXIF orientation (EXIF 2.32, tag 0x0112)."""

import numpy as np


def turn_upright(plane: np.ndarray, orientation: int) -> np.ndarray:
    """The picture as it is meant to be seen.

    Args:
        plane: [H, W] or [H, W, C], as stored.
        orientation: 1 to 8; any other value counts as 1.
    Returns:
        a view of the same pixels, turned or mirrored.
    """
    if orientation in (5, 6, 7, 8):
        plane = plane.swapaxes(0, 1)
    if orientation in (3, 4, 7, 8):
        plane = plane[::-1]
    if orientation in (2, 3, 6, 7):
        plane = plane[:, ::-1]
    return plane

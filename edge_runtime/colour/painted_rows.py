"""Colour a picture whose result is too large to hold: rows at a time, when they are asked for."""

from collections.abc import Callable

import cv2
import numpy as np

# (picture, its ab) -> sRGB, as `Colorizer.paint` and `compose` do.
Paint = Callable[[np.ndarray, np.ndarray], np.ndarray]


class PaintedRows:
    """The coloured picture, as an array of which only slices of rows can be had.

    Attributes:
        shape: (H, W, 3).
        dtype: of the picture.
    """

    ndim = 3

    def __init__(self, picture: np.ndarray, ab: np.ndarray, paint: Paint):
        """Paint nothing yet.

        Args:
            picture: uint8 or uint16, [H, W] grey or [H, W, 3] sRGB.
            ab: float32 [h, w, 2], a* and b* of the whole picture.
            paint: what makes sRGB of some rows of both.
        """
        self.shape = (*picture.shape[:2], 3)
        self.dtype = picture.dtype
        self._picture = picture
        # As many rows as the picture has, so that the ab of its rows are rows, too.
        self._ab = cv2.resize(
            np.ascontiguousarray(ab), (ab.shape[1], len(picture)), interpolation=cv2.INTER_LINEAR
        )
        self._paint = paint

    def __getitem__(self, rows: slice) -> np.ndarray:
        """sRGB [n, W, 3]."""
        return self._paint(np.ascontiguousarray(self._picture[rows]), self._ab[rows])

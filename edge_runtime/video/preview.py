"""A still of a film, to see what it will look like."""

from pathlib import Path

import av
import cv2
import numpy as np

from edge_runtime.pictures import Picture, format_of_name, write_picture


class Preview:
    """Writes the first coloured frame, and replaces it by one near the middle of the film.

    Attributes:
        written: how many of the two were written.
    """

    def __init__(self, path: Path, middle: float | None, turns: int, aspect: float):
        """Prepare.

        Args:
            path: the picture file; its ending chooses the format.
            middle: seconds of the film at which the better frame lies, or None if unknown.
            turns: quarter turns, against the clock, that put a frame upright.
            aspect: width of a pixel over its height.
        Raises:
            PictureError: an unknown ending.
        """
        format_of_name(path)
        self._path = path
        self._middle = middle
        self._turns = turns
        self._aspect = aspect
        self.written = 0

    def see(self, frame: av.VideoFrame, seconds: float) -> None:
        """Write a coloured frame, if it is one of the two.

        Args:
            frame: planar 4:2:0.
            seconds: its time in the film.
        Raises:
            PictureError: the file cannot be written.
        """
        middle = self._middle is not None and seconds >= self._middle
        if self.written == 0 or (self.written == 1 and middle):
            self.written = 2 if middle else 1
            write_picture(Picture(self._upright(frame)), self._path)

    def _upright(self, frame: av.VideoFrame) -> np.ndarray:
        pixels = frame.to_ndarray(format="rgb24")
        height, width = pixels.shape[:2]
        size = round(width * max(self._aspect, 1)), round(height / min(self._aspect, 1))
        pixels = cv2.resize(pixels, size, interpolation=cv2.INTER_LINEAR)
        return np.ascontiguousarray(np.rot90(pixels, self._turns))

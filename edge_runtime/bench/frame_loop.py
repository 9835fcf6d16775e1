"""Frames from grey to colour by the steps of the live view, without a camera."""

from collections.abc import Callable, Sequence
from time import perf_counter

import cv2
import numpy as np

from edge_runtime.colorizer import Colorizer
from edge_runtime.look import Look
from edge_runtime.steady.shot import ShotWatch
from edge_runtime.steady.temporal import ChromaSmoother

# By name: width and height, in pixels.
SIZES = {"480p": (854, 480), "720p": (1280, 720), "1080p": (1920, 1080)}

_FRAMES = 4  # different ones, so that the smoothing has motion to follow
_PAN_PIXELS = 6  # between one and the next

_LOOK = Look(whole=True)  # as a live view takes its frames


def grey_frames(width: int, height: int) -> list[np.ndarray]:
    """Frames of a slow pan over made-up shapes with grain: uint8 [H, W] each, always the same."""
    rng = np.random.default_rng(0)
    wide = width + _FRAMES * _PAN_PIXELS
    shapes = rng.uniform(0, 255, (9, 16)).astype(np.float32)
    scene = cv2.resize(shapes, (wide, height), interpolation=cv2.INTER_CUBIC)
    frames = []
    for number in range(_FRAMES):
        left = number * _PAN_PIXELS
        grain = 3 * rng.standard_normal((height, width), np.float32)
        frames.append(np.clip(scene[:, left : left + width] + grain, 0, 255).astype(np.uint8))
    return frames


class FrameLoop:
    """Colours frames as `tintlite camera` does, and times the network's part.

    Attributes:
        network_ms: of each frame so far.
    """

    def __init__(
        self,
        colorizer: Colorizer,
        frames: Sequence[np.ndarray],
        clock: Callable[[], float] = perf_counter,
    ):
        """Prepare.

        Args:
            colorizer: the network.
            frames: uint8 [H, W]; taken in turn, there and back.
            clock: gives seconds.
        """
        self._colorizer = colorizer
        self._frames = [*frames, *frames[-2:0:-1]]
        self._clock = clock
        self._shots = ShotWatch(colorizer.contract.view)
        self._smoother = ChromaSmoother()
        self._number = 0
        self.network_ms: list[float] = []

    def colour_next(self) -> np.ndarray:
        """Colour the next frame: uint8 [H, W, 3] sRGB."""
        grey = self._frames[self._number % len(self._frames)]
        self._number += 1
        colorizer = self._colorizer
        frame = self._shots.see(colorizer.see(grey, _LOOK))
        start = self._clock()
        ab = colorizer.predict(frame.view)
        self.network_ms.append((self._clock() - start) * 1000)
        return colorizer.paint(grey, self._smoother.smooth(frame, ab), _LOOK)

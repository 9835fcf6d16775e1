"""The gate between capture and colouring: the latest frame wins, so that delay never builds up."""

import threading
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Captured:
    """A frame on its way to be coloured.

    Attributes:
        grey: uint8 [H, W].
        at: when it was read, in seconds of the monotonic clock.
        opening: which opening of the source it comes from, counted from 1.
    """

    grey: np.ndarray
    at: float
    opening: int


class LatestFrame:
    """Holds one frame at most: a newer one takes the place of one that nobody took."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._frame: Captured | None = None
        self._closed = False
        self._dropped = 0

    @property
    def dropped(self) -> int:
        """How many frames gave way to newer ones."""
        with self._changed:
            return self._dropped

    def put(self, frame: Captured) -> None:
        """Offer a frame; never waits. After `close`, it is thrown away."""
        with self._changed:
            if self._closed:
                return
            if self._frame is not None:
                self._dropped += 1
            self._frame = frame
            self._changed.notify()

    def take(self) -> Captured | None:
        """The newest frame, waited for if there is none; None when closed and empty."""
        with self._changed:
            self._changed.wait_for(lambda: self._frame is not None or self._closed)
            frame, self._frame = self._frame, None
            return frame

    def close(self) -> None:
        """No frame comes any more; one that waits can still be taken."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()

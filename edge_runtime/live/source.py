"""Where live frames come from: one small interface for cameras, addresses and files."""

import threading
from abc import ABC, abstractmethod
from typing import Protocol

import numpy as np

from edge_runtime.errors import TintLiteError
from edge_runtime.live.address import without_passwords

# 8192 x 4320: no frame is larger; a header that claims more is refused before it is decoded.
MAX_FRAME_PIXELS = 8192 * 4320

# How long a camera may take for a frame, unless the user is more patient; in seconds.
READ_TIMEOUT = 5.0


class SourceError(TintLiteError):
    """A source that cannot be opened, was lost, or gives no pictures; told without passwords."""

    def __init__(self, message: str):
        super().__init__(without_passwords(message))


def reason(error: Exception) -> str:
    """An error in a few words, to stand in a sentence."""
    text = getattr(error, "strerror", None) or str(error) or type(error).__name__
    return text[:1].lower() + text[1:]


class Source(Protocol):
    """What gives one grey frame after the other.

    One thread reads. Any thread may close, also while another one reads: then `read` ends as soon
    as the library below lets it, and the source's device is given back when it has ended.

    Attributes:
        description: what a person calls it, without passwords.
        live: whether its end is a loss (a camera), and not just the end (a film).
    """

    description: str
    live: bool

    def read(self) -> np.ndarray | None:
        """The next frame: uint8 [H, W] grey, sRGB-encoded, 0..255; None at the end.

        Raises:
            SourceError: the source is lost.
        """

    def close(self) -> None:
        """Give the device back. Calling it twice does no harm."""


class GuardedSource(ABC):
    """A source whose library must not be closed while it reads: closing waits for the read.

    Children give `description`, `live`, `_read` and `_release`, and may look at `_closing`.
    """

    description: str
    live: bool

    def __init__(self) -> None:
        self._closing = threading.Event()
        self._in_use = threading.Lock()
        self._released = False

    def read(self) -> np.ndarray | None:
        try:
            with self._in_use:
                if self._closing.is_set():
                    raise SourceError(f"{self.description}: closed")
                return self._read()
        finally:
            if self._closing.is_set():
                self.close()

    def close(self) -> None:
        self._closing.set()
        # Where a read goes on, it is the reading thread that closes, as soon as it can.
        if self._in_use.acquire(blocking=False):
            try:
                if not self._released:
                    self._released = True
                    self._release()
            finally:
                self._in_use.release()

    @abstractmethod
    def _read(self) -> np.ndarray | None:
        """As `Source.read`; never called by two threads at once, nor beside `_release`."""

    @abstractmethod
    def _release(self) -> None:
        """Give the device back; called once."""

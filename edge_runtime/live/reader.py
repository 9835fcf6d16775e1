"""A thread that opens a source and reads it until it ends, fails or is abandoned."""

import threading
import time
from collections.abc import Callable

from edge_runtime.live.latest_frame import Captured, LatestFrame
from edge_runtime.live.source import Source, SourceError


class Reader:
    """Reads one opening of a source into a gate.

    Opening and reading may hang in a driver: they have a thread of their own, which can be
    abandoned. It then throws away what it still gets, closes the source and ends.

    Attributes:
        frames: how many frames came.
        last: when the last frame came, or the reader began; seconds of the monotonic clock.
        source: the source, once it is open.
        failure: why it ended, or None for a clean end; of meaning once `finished`.
    """

    def __init__(
        self,
        open_source: Callable[[], Source],
        gate: LatestFrame,
        opening: int,
        bell: threading.Event,
    ):
        """Begin to open and to read.

        Args:
            open_source: opens the source.
            gate: takes the frames.
            opening: the number of this opening.
            bell: is set at the first frame and at the end.
        """
        self.frames = 0
        self.last = time.monotonic()
        self.source: Source | None = None
        self.failure: SourceError | None = None
        self._open_source = open_source
        self._gate = gate
        self._opening = opening
        self._bell = bell
        self._abandoned = threading.Event()
        self._finished = threading.Event()
        # A daemon: a driver that never comes back must not keep the process alive.
        self._thread = threading.Thread(target=self._run, name="tintlite-reader", daemon=True)
        self._thread.start()

    @property
    def finished(self) -> bool:
        """Whether the source is closed again and nothing more will come."""
        return self._finished.is_set()

    def abandon(self) -> None:
        """Take no more frames, and close the source, now or as soon as it comes back."""
        self._abandoned.set()
        if self.source is not None:
            self.source.close()

    def join(self, timeout: float) -> None:
        """Wait for the thread to end, for some seconds."""
        self._thread.join(timeout)

    def _run(self) -> None:
        try:
            self._read()
        except SourceError as error:
            self.failure = error
        except Exception as error:  # a library's own: to the watchdog it is a loss like any other
            self.failure = SourceError(f"{type(error).__name__}: {error}")
        finally:
            self._finished.set()
            self._bell.set()

    def _read(self) -> None:
        source = self._open_source()
        try:
            self.source = source
            while not self._abandoned.is_set():
                grey = source.read()
                if grey is None:
                    if source.live:
                        raise SourceError(f"{source.description}: gives no more pictures")
                    return
                if self._abandoned.is_set():
                    return
                self.last = time.monotonic()
                self._gate.put(Captured(grey, self.last, self._opening))
                self.frames += 1
                if self.frames == 1:
                    self._bell.set()
        finally:
            source.close()

"""Keep a source going: lost cameras are closed and opened again, for as long as it takes."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from edge_runtime.live.latest_frame import LatestFrame
from edge_runtime.live.reader import Reader
from edge_runtime.live.source import READ_TIMEOUT, Source, SourceError

# Readers that hang in a driver and cannot be ended; with so many, no further one is begun.
MAX_STUCK = 4

# A driver that hangs is not waited for any longer when all is to end.
_STOP_SECONDS = 1.0


@dataclass(frozen=True)
class WatchTimes:
    """How patient the watchdog is, in seconds.

    Attributes:
        silence: without a frame for so long, a camera is lost.
        opening: so long an opening may take until the first frame.
        first_wait: before a lost camera is opened again; doubled at each failure in a row.
        longest_wait: the doubling ends here.
    """

    silence: float = READ_TIMEOUT
    opening: float = 15.0
    first_wait: float = 0.5
    longest_wait: float = 10.0


class CameraListener(Protocol):
    """Who is told what becomes of the source. Called from the watchdog's thread."""

    def source_runs(self, description: str, again: bool) -> None:
        """A first frame came; `again` after a loss."""

    def source_lost(self, reason: str) -> None:
        """The source is lost, and will be opened again."""

    def source_ended(self, failure: str) -> None:
        """Nothing more will come: an empty text for a clean end, otherwise why."""


class Watchdog:
    """Reads a source into a gate, and opens it again whenever it is lost."""

    def __init__(
        self,
        open_source: Callable[[], Source],
        gate: LatestFrame,
        listener: CameraListener,
        *,
        retries: int | None,
        must_open: bool,
        times: WatchTimes,
    ):
        """Prepare; `start` begins.

        Args:
            open_source: opens the source; called in a thread of its own each time.
            gate: takes the frames.
            listener: is told of every change.
            retries: how many openings in a row may fail after a loss; None for any number.
            must_open: whether a first opening that fails is the end.
            times: how patient to be.
        """
        self._open_source = open_source
        self._gate = gate
        self._listener = listener
        self._retries = retries
        self._must_open = must_open
        self._times = times
        self._stopping = threading.Event()
        self._bell = threading.Event()
        self._openings = 0
        self._ever = False
        self._stuck: list[Reader] = []
        self._thread = threading.Thread(target=self._run, name="tintlite-watchdog", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Close the source and end; a driver that hangs is left behind after some seconds."""
        self._stopping.set()
        self._bell.set()
        if self._thread.ident is not None:
            self._thread.join(min(self._times.silence, _STOP_SECONDS))

    def _run(self) -> None:
        failures = 0
        while not self._stopping.is_set():
            reader = self._begin()
            failure: SourceError | None
            if reader is None:
                failure = SourceError("the camera's driver hangs, and does not let go of it")
            else:
                failure = self._watch(reader)
                reader.abandon()
                # A reader that is well ends at once; one that hangs is left to itself.
                reader.join(self._times.silence / 5)
                if not reader.finished:
                    self._stuck.append(reader)
                if reader.frames:
                    failures = 0
            if self._stopping.is_set():
                return
            failures += 1
            end = self._end(reader, failure, failures)
            if end is not None:
                self._listener.source_ended(end)
                return
            self._listener.source_lost(str(failure))
            longer = self._times.first_wait * 2.0 ** min(failures - 1, 30)
            self._stopping.wait(min(longer, self._times.longest_wait))

    def _begin(self) -> Reader | None:
        """A new reader; None while too many old ones hang."""
        self._stuck = [reader for reader in self._stuck if not reader.finished]
        if len(self._stuck) >= MAX_STUCK:
            return None
        self._bell.clear()
        self._openings += 1
        return Reader(self._open_source, self._gate, self._openings, self._bell)

    def _watch(self, reader: Reader) -> SourceError | None:
        """Stand by a reader until it ends (None if cleanly), falls silent, or we are stopped."""
        told = False
        while not self._stopping.is_set():
            if reader.source is not None and reader.frames and not told:
                told = True
                self._listener.source_runs(reader.source.description, again=self._ever)
                self._ever = True
            if reader.finished:
                return reader.failure
            allowed = self._times.silence if told else self._times.opening
            left = reader.last + allowed - time.monotonic()
            # A film may show one picture for a minute: only what is live falls silent.
            film = reader.source is not None and not reader.source.live
            if left <= 0 and not film:
                name = "the source" if reader.source is None else reader.source.description
                return SourceError(f"{name}: no picture for {allowed:g} s")
            self._bell.wait(allowed if film else left)
            self._bell.clear()
        return None

    def _end(self, reader: Reader | None, failure: SourceError | None, failures: int) -> str | None:
        """Why it is to be the end, an empty text for a clean one; None if it goes on."""
        if failure is None:
            return ""
        film = reader is not None and reader.source is not None and not reader.source.live
        if film or (self._must_open and not self._ever):
            return str(failure)
        if self._retries is not None and failures > self._retries:
            return f"{failure} (given up after {self._retries} retries)"
        return None

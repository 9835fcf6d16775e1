"""Tell how a live view is doing: lines for a person, and what systemd wants to hear."""

import threading
import time
from collections.abc import Callable

from edge_runtime.live.live_view import LiveStatus, LiveView
from edge_runtime.live.systemd import notify, watchdog_seconds

# A frame that takes longer than this to colour hangs: systemd is told nothing more, and restarts.
_LONGEST_FRAME = 20.0

# Who does not read what is told is not waited for.
_STOP_SECONDS = 0.5

_EVERY = 5.0  # seconds between two lines on rate and delay

_TICK = 1.0  # seconds between two looks at the view; less where systemd is more impatient


class Herald:
    """Looks at a view once a second, in a thread of its own."""

    def __init__(
        self,
        view: LiveView,
        *,
        say: Callable[[str], None] | None,
        complain: Callable[[str], None],
    ):
        """Prepare; `start` begins.

        Args:
            view: what is told of.
            say: takes a line on rate and delay now and then, or None for no such lines.
            complain: takes a line for each loss and return of the source.
        """
        self._view = view
        self._say = say
        self._complain = complain
        self._told = ""
        self._reconnects = 0
        self._ready = False
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="tintlite-herald", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Say goodbye to systemd, and end."""
        self._stopping.set()
        if self._thread.ident is not None:
            self._thread.join(_STOP_SECONDS)
        notify("STOPPING=1")

    def _run(self) -> None:
        due = time.monotonic()
        tick = min(_TICK, (watchdog_seconds() or 2 * _TICK) / 2)
        while not self._stopping.is_set():
            self._look()
            if time.monotonic() >= due:
                due = time.monotonic() + _EVERY
                self._report()
            self._stopping.wait(tick)

    def _look(self) -> None:
        """What is to be known at once: readiness, life, losses."""
        status = self._view.status()
        if status.frame_number and not self._ready:
            self._ready = True
            notify("READY=1")
        if self._view.busy_seconds() < _LONGEST_FRAME:
            notify("WATCHDOG=1")
        trouble = status.message if status.state in ("running", "reopening") else ""
        if trouble and trouble != self._told:
            lost = " (trying again)" if status.state == "reopening" else ""
            self._complain(f"{trouble}{lost}")
        # Also where it was lost and came back between two looks.
        elif status.reconnects > self._reconnects or (self._told and status.state == "running"):
            self._complain(f"{status.source}: is back")
        self._told = trouble
        self._reconnects = status.reconnects

    def _report(self) -> None:
        status = self._view.status()
        text = describe(status)
        notify(f"STATUS={text}")
        if self._say is not None and status.state == "running":
            self._say(text)


def describe(status: LiveStatus) -> str:
    """One line on how a view is doing."""
    if status.state != "running":
        return f"{status.state}: {status.message}" if status.message else status.state
    if status.idle:
        return f"{status.source}: nobody watches"
    return (
        f"{status.source}: {status.width} x {status.height}, {status.fps:.1f} fps,"
        f" {status.delay_ms:.0f} ms behind, {status.dropped} dropped,"
        f" {status.reconnects} reconnects"
    )

"""A live source in colour: capture and colouring side by side, the newest frame for all to see."""

import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from edge_runtime.colorizer import Colorizer
from edge_runtime.engine.threads import check_threads
from edge_runtime.errors import TintLiteError
from edge_runtime.live.latest_frame import Captured, LatestFrame
from edge_runtime.live.source import Source, SourceError
from edge_runtime.live.watchdog import Watchdog, WatchTimes
from edge_runtime.look import Look
from edge_runtime.steady.shot import ShotWatch
from edge_runtime.steady.temporal import ChromaSmoother

# Neither a driver nor a network that hangs is waited for any longer: all is to end within three
# seconds.
_STOP_SECONDS = 1.5

# How long to wait for a frame before looking whether the source has ended.
_WAIT_SECONDS = 0.5

# For so long after somebody asked for a frame, further ones are coloured.
_WANTED_SECONDS = 2.0

# Rate and delay are those of the last seconds.
_RECENT_SECONDS = 2.0


@dataclass(frozen=True)
class LiveFrame:
    """A frame, coloured.

    Attributes:
        number: counts the coloured frames from 1.
        grey: uint8 [H, W], as it came; not to be written to.
        colour: uint8 [H, W, 3] sRGB of the same lightness; not to be written to.
        captured: when it was read, in seconds of the monotonic clock.
        done: when it was coloured.
    """

    number: int
    grey: np.ndarray
    colour: np.ndarray
    captured: float
    done: float


@dataclass(frozen=True)
class LiveStatus:
    """How a live view is doing.

    Attributes:
        state: waiting (for the first picture), running, reopening (the camera is lost), stopped
            (by `stop`), or ended: the source is at its end, or failed if there is a message.
        source: what is watched, without passwords.
        frame_number: that of the newest coloured frame, 0 before the first.
        width, height: its size in pixels, 0 before the first.
        fps: coloured frames a second.
        delay_ms: from reading a frame to its being coloured, in the mean.
        dropped: frames that gave way to newer ones.
        reconnects: how often the source came back after a loss.
        message: what is wrong just now, in one sentence, or empty.
        idle: whether nothing is coloured, because nobody looks.
        model, threads, saturation: as configured.
        accelerator: what the network runs on.
    """

    state: str
    source: str
    frame_number: int
    width: int
    height: int
    fps: float
    delay_ms: float
    dropped: int
    reconnects: int
    message: str
    idle: bool
    model: str
    threads: int
    saturation: float
    accelerator: str


@dataclass(frozen=True)
class _Setup:
    """What one frame is coloured with."""

    colorizer: Colorizer
    model: str
    look: Look


class LiveView:
    """Watches a source and colours its newest frame, again and again, until it is stopped.

    Three threads: one reads (and is replaced when it hangs), one watches it, one colours. Whoever
    wants the frames asks with `wait_frame`, any number at once, each at its own pace. Where nobody
    asks, frames are read and thrown away, and none is coloured.

    Example:
        with LiveView(lambda: open_source("0"), colorizer=Colorizer("nano")) as view:
            for frame in view:
                show(frame.colour)

    Attributes:
        patience: without a frame for so many seconds, a camera is lost.
    """

    def __init__(
        self,
        open_source: Callable[[], Source],
        *,
        colorizer: Colorizer,
        smoother: ChromaSmoother | None = None,
        name: str = "camera",
        model: str | Path | None = None,
        look: Look | None = None,
        retries: int | None = None,
        must_open: bool = False,
        times: WatchTimes | None = None,
    ):
        """Prepare; `start` begins.

        Args:
            open_source: opens the source; called again, in other threads, after each loss.
            colorizer: the network to begin with; others that `configure` asks for get its device.
            smoother: steadies the colours over time, or None.
            name: of the source, until it is open.
            model: the name under which `colorizer` was loaded; by default that of its contract.
            look: how frames are coloured; they are always taken whole.
            retries: how many openings in a row may fail after a loss; None for any number.
            must_open: whether a first opening that fails is the end; otherwise it is a loss.
            times: how patient the watchdog is.
        """
        model = colorizer.contract.name if model is None else str(model)
        self._smoother = smoother
        self._shots = ShotWatch(colorizer.contract.view)
        self._setup = _Setup(colorizer, model, replace(look or Look(), whole=True))
        self._configuring = threading.Lock()
        self._gate = LatestFrame()
        times = times or WatchTimes()
        self.patience = times.silence
        self._watchdog = Watchdog(
            open_source,
            self._gate,
            self,
            retries=retries,
            must_open=must_open,
            times=times,
        )
        self._thread = threading.Thread(target=self._run, name="tintlite-colour", daemon=True)
        self._changed = threading.Condition()  # guards all below
        self._name = name
        self._state = "waiting"
        self._message = ""
        self._frame_message = ""
        self._failure = ""
        self._reconnects = 0
        self._frame: LiveFrame | None = None
        self._waiting = 0
        self._wanted_until = 0.0
        self._old = 0  # the last frame that was coloured before a rest
        self._idle = False
        self._ending = False
        self._busy_since: float | None = None
        self._recent: deque[tuple[float, float]] = deque()  # (done, delay), in seconds

    @property
    def colorizer(self) -> Colorizer:
        """What frames are coloured with just now."""
        return self._setup.colorizer

    def start(self) -> None:
        """Begin to watch; returns at once. To be called once."""
        self._wanted_until = time.monotonic() + _WANTED_SECONDS
        self._thread.start()
        self._watchdog.start()

    def stop(self) -> None:
        """Close the source and end the threads; what hangs is left behind."""
        with self._changed:
            if self._state != "ended":
                self._state = "stopped"
            self._changed.notify_all()
        end = time.monotonic() + _STOP_SECONDS
        self._gate.close()
        self._watchdog.stop()
        if self._thread.ident is not None:
            self._thread.join(max(0.0, end - time.monotonic()))

    def __enter__(self) -> "LiveView":
        self.start()
        return self

    def __exit__(self, *error: object) -> None:
        self.stop()

    def __iter__(self) -> Iterator[LiveFrame]:
        """Frame after frame until the source ends; who is slow misses frames, and gets the newest.

        Raises:
            SourceError: the source cannot be opened, or is lost for good.
        """
        number, over = 0, False
        while not over:
            over = self._over()  # asked before, so that the last frame is not missed
            while (frame := self.wait_frame(number, _WAIT_SECONDS)) is not None:
                number = frame.number
                yield frame
        if self._failure:
            raise SourceError(self._failure)

    def status(self) -> LiveStatus:
        """How it is doing just now."""
        with self._changed:
            setup, frame = self._setup, self._frame
            fps, delay = self._recent_rate(time.monotonic())
            height, width = (0, 0) if frame is None else frame.grey.shape
            return LiveStatus(
                state=self._state,
                source=self._name,
                frame_number=0 if frame is None else frame.number,
                width=width,
                height=height,
                fps=fps,
                delay_ms=1000 * delay,
                dropped=self._gate.dropped,
                reconnects=self._reconnects,
                message=self._message or self._frame_message,
                idle=self._idle,
                model=setup.model,
                threads=setup.colorizer.device.threads,
                saturation=float(setup.look.saturation),
                accelerator=setup.colorizer.accelerator,
            )

    def busy_seconds(self) -> float:
        """For how long the frame of just now is being coloured; 0 where none is."""
        since = self._busy_since
        return 0.0 if since is None else time.monotonic() - since

    def wait_frame(self, after: int, timeout: float) -> LiveFrame | None:
        """The newest coloured frame, waited for until there is one that the caller lacks.

        Args:
            after: the number of the frame that the caller has, 0 for none.
            timeout: how long to wait, in seconds.
        Returns:
            the frame; None if none came in time, or none will ever come.
        """
        with self._changed:
            self._waiting += 1
            if self._idle:
                self._changed.notify_all()
            self._changed.wait_for(lambda: self._newer(after) or self._over(), timeout)
            self._waiting -= 1
            self._wanted_until = time.monotonic() + _WANTED_SECONDS
            return self._frame if self._newer(after) else None

    def configure(
        self,
        model: str | Path | None = None,
        threads: int | None = None,
        saturation: float | None = None,
    ) -> None:
        """Change how frames are coloured, from the next one on; None leaves a thing as it is.

        Raises:
            ModelError, TintLiteError, ArgumentError: as `Look`, `Device` and `Colorizer` do; then
                nothing is changed.
        """
        # The network is loaded here, beside the colouring, which goes on with the old one.
        with self._configuring:
            setup = self._setup
            if saturation is not None:
                setup = replace(setup, look=replace(setup.look, saturation=saturation))
            now = setup.model, setup.colorizer.device.threads
            asked = (
                now[0] if model is None else str(model),
                now[1] if threads is None else check_threads(threads),
            )
            if asked != now:
                device = replace(setup.colorizer.device, threads=asked[1])
                setup = replace(setup, model=asked[0], colorizer=Colorizer(asked[0], device))
            with self._changed:
                self._setup = setup

    # What the watchdog tells.

    def source_runs(self, description: str, again: bool) -> None:
        """A first frame came (see `CameraListener`)."""
        with self._changed:
            self._name = description
            self._message = ""
            self._reconnects += again
            self._go("running")

    def source_lost(self, reason: str) -> None:
        """The source is lost (see `CameraListener`)."""
        with self._changed:
            self._message = reason
            self._go("reopening")

    def source_ended(self, failure: str) -> None:
        """Nothing more will come (see `CameraListener`)."""
        with self._changed:
            self._failure = failure
            self._ending = True
            self._changed.notify_all()
        self._gate.close()  # what still waits there is coloured, then `_run` ends

    # The colour thread.

    def _run(self) -> None:
        failure = ""
        try:
            self._colour_all()
        except Exception as error:  # lack of memory, say: never a view that stands still silently
            failure = f"colouring failed: {type(error).__name__}: {error}"
            self._watchdog.stop()
        with self._changed:
            self._failure = self._failure or failure
            if self._state != "stopped":
                self._message = self._failure
                self._state = "ended"
            self._changed.notify_all()

    def _colour_all(self) -> None:
        opening, setup = 0, self._setup
        while True:
            rested = self._rest()
            captured = self._gate.take()
            if captured is None or self._state == "stopped":
                return
            other = captured.opening != opening or setup.colorizer is not self._setup.colorizer
            fresh = rested or other
            opening, setup = captured.opening, self._setup
            if fresh and self._smoother is not None:
                self._smoother.reset()
                self._shots = ShotWatch(setup.colorizer.contract.view)
            self._busy_since = time.monotonic()
            try:
                coloured = self._colour(captured.grey, setup)
            except TintLiteError as error:
                with self._changed:
                    self._frame_message = str(error)
            else:
                self._publish(captured, coloured)
            self._busy_since = None

    def _colour(self, grey: np.ndarray, setup: _Setup) -> np.ndarray:
        """Colour one frame: uint8 [H, W] in, [H, W, 3] out."""
        colorizer, look = setup.colorizer, setup.look
        view = colorizer.see(grey, look)
        if self._smoother is None:
            return colorizer.paint(grey, colorizer.predict(view), look)
        frame = self._shots.see(view)
        ab = self._smoother.smooth(frame, colorizer.predict(frame.view))
        return colorizer.paint(grey, ab, look)

    def _publish(self, captured: Captured, coloured: np.ndarray) -> None:
        for picture in (captured.grey, coloured):
            picture.setflags(write=False)  # many look at it
        done = time.monotonic()
        with self._changed:
            number = 1 if self._frame is None else self._frame.number + 1
            self._frame = LiveFrame(number, captured.grey, coloured, captured.at, done)
            self._frame_message = ""
            self._recent.append((done, done - captured.at))
            self._recent_rate(done)  # forgets what is old, asked for or not
            self._changed.notify_all()

    def _rest(self) -> bool:
        """Wait until somebody looks, or the source ends; whether that took a while."""
        with self._changed:
            if self._busy():
                return False
            self._old = 0 if self._frame is None else self._frame.number
            self._idle = True
            self._changed.wait_for(self._busy)
            self._idle = False
            return True

    # With `_changed` held.

    def _busy(self) -> bool:
        wanted = self._waiting > 0 or time.monotonic() < self._wanted_until
        return wanted or self._over() or self._ending

    def _go(self, state: str) -> None:
        if not self._over():
            self._state = state
            self._changed.notify_all()

    def _over(self) -> bool:
        return self._state in ("ended", "stopped")

    def _newer(self, after: int) -> bool:
        # From before a rest only where none comes after it: of a camera that is lost.
        least = max(after, self._old) if self._state == "running" else after
        return self._frame is not None and self._frame.number > least

    def _recent_rate(self, now: float) -> tuple[float, float]:
        """(frames a second, mean delay in seconds) of the last seconds."""
        recent = self._recent
        while recent and recent[0][0] < now - _RECENT_SECONDS:
            recent.popleft()
        if len(recent) < 2:
            return 0.0, recent[0][1] if recent else 0.0
        seconds = recent[-1][0] - recent[0][0]
        fps = (len(recent) - 1) / seconds if seconds > 0 else 0.0
        return fps, sum(delay for _, delay in recent) / len(recent)

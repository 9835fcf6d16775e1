"""Serve the page: until ctrl-C or SIGTERM."""

import contextlib
import math
import os
import threading
import time
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

import uvicorn

from edge_runtime.device import Device
from edge_runtime.engine.threads import usable_cores
from edge_runtime.look import Look
from edge_runtime.model.model_file import DEFAULT_MODEL
from edge_runtime.serve.app import make_app
from edge_runtime.serve.connection import Connection
from edge_runtime.serve.desk import Desk
from edge_runtime.serve.films import Films
from edge_runtime.serve.limits import Limits
from edge_runtime.serve.listener import Listener
from edge_runtime.serve.settings import Models, Settings
from edge_runtime.serve.workshop import Workshop

if TYPE_CHECKING:
    from edge_runtime.live.live_view import LiveView

# What ends by itself gets so long before it is cut off.
_ENDING_SECONDS = 1

# So long after a signal the process ends, whatever one of its threads still does that nothing can
# break off. The workers were ended before.
_LAST_SECONDS = 2.0

# Photos that are worked on at the same time, where there are cores: one that takes long does not
# keep the others waiting.
_PLACES = 2


class PageServer(uvicorn.Server):
    """The server of one live view, or of none: then it colours photos alone.

    Attributes:
        desk: what the routes work with.
        accelerator: what runs the network of photos, and why not the GPU; None with a live view.
    """

    def __init__(
        self,
        listener: Listener,
        view: "LiveView | None" = None,
        *,
        model: str | Path = DEFAULT_MODEL,
        look: Look | None = None,
        device: Device | None = None,
        limits: Limits | None = None,
        on_ready: Callable[[], None] = lambda: None,
        idle_seconds: float | None = None,
        recording: bool = False,
    ):
        """Prepare; `serve` begins.

        Args:
            listener: the open address; closed at the end.
            view: the live view, started and stopped by the caller, coloured as the next two say.
            model: the name of a shipped model, or the path of a `.tflite`.
            look: how strong the colours are to begin with.
            device: what the network runs on, for photos.
            limits: what others may ask of this machine.
            on_ready: called when the page can be opened.
            idle_seconds: without a request for so long, it ends; None for never.
            recording: whether the caller finishes a film at the end, however long the disk takes.
        Raises:
            ModelError, TintLiteError: as for `Colorizer`.
        """
        look, device = look or Look(), device or Device()
        models = Models(model)
        settings = Settings(models.first, device.threads, float(look.saturation))
        limits = limits or Limits()
        places = min(_PLACES, usable_cores())
        workshop = Workshop(models, device, places, limits.photo_seconds)
        films = Films(models, device, limits)
        self.desk = Desk(view, models, settings, limits, workshop, films, bool(listener.hosts))
        self.accelerator: tuple[str, str] | None = None
        if view is None:  # a model that cannot be used is told now, not at the first photo
            try:
                self.accelerator = workshop.load(settings)
            except BaseException:
                workshop.close()
                raise
        self._listener = listener
        self._on_ready = on_ready
        self._idle_seconds = math.inf if idle_seconds is None else idle_seconds
        self._recording = recording
        self._asked = (0, time.monotonic())  # how many requests there were, and since when
        app = make_app(self.desk, listener)
        super().__init__(
            uvicorn.Config(
                app,
                http=Connection,
                loop="asyncio",
                ws="none",
                lifespan="off",
                log_config=None,
                log_level="critical",
                access_log=False,
                server_header=False,
                proxy_headers=False,
                timeout_graceful_shutdown=_ENDING_SECONDS,
            )
        )

    def serve_page(self) -> None:
        """Serve until ctrl-C, SIGTERM or `stop`; to end so is no failure."""
        try:
            # Uvicorn raises again the signal that ended it, once all is closed.
            with contextlib.suppress(KeyboardInterrupt, SystemExit):
                self.run(sockets=[self._listener.socket])
        finally:
            self._listener.socket.close()
            self.desk.close()

    def stop(self) -> None:
        """Let `serve_page` end; from any thread."""
        self.should_exit = True

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        if not self._recording:
            last = threading.Timer(_LAST_SECONDS, os._exit, (0,))
            last.daemon = True
            last.start()
        super().handle_exit(sig, frame)

    async def on_tick(self, counter: int) -> bool:
        requests, since = self.server_state.total_requests, self._asked[1]
        if requests != self._asked[0] or self.server_state.tasks:
            since = time.monotonic()
        self._asked = requests, since
        return await super().on_tick(counter) or time.monotonic() - since > self._idle_seconds

    async def startup(self, sockets=None) -> None:
        await super().startup(sockets)
        self._on_ready()

    async def shutdown(self, sockets=None) -> None:
        self.desk.stopping.set()
        self.desk.workshop.close()
        self.desk.films.close()
        await super().shutdown(sockets)

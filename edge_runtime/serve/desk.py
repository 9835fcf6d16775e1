"""What the routes of the server work with: the live view, the workshop, the controls."""

import asyncio
import threading
from collections import Counter
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, TypeVar

from fastapi import HTTPException, Request

from edge_runtime import __version__
from edge_runtime.engine.threads import usable_cores
from edge_runtime.look import MAX_SATURATION
from edge_runtime.pictures.header import MAX_PIXELS
from edge_runtime.serve.client import client_of
from edge_runtime.serve.errors import busy
from edge_runtime.serve.films import Films
from edge_runtime.serve.frame_feed import FrameFeed
from edge_runtime.serve.limits import MAX_RECEIVING, SHELF_UPLOADS, Limits
from edge_runtime.serve.settings import Models, Settings, change
from edge_runtime.serve.shelf import Shelf
from edge_runtime.serve.status import ServeStatus, ShownLimits
from edge_runtime.serve.workshop import Job, Workshop

if TYPE_CHECKING:
    from edge_runtime.live.live_view import LiveView

# Changes of the controls that may wait: a slider that is drawn sends some a second.
_WAITING_CHANGES = 8

# How often to look whether somebody still waits for a photo.
_LOOK_SECONDS = 0.5

_Done = TypeVar("_Done")


class Desk:
    """The server's state. All but `worker` and `stopping` belongs to the event loop's thread.

    Attributes:
        view: the live view, or None.
        feed: its frames for the viewers, or None.
        workshop: colours photos, in `threads`.
        films: colours films.
        models: those at hand.
        settings: how photos are coloured that give no options; as the server was started.
        shelf: the photos that visitors have open.
        limits: what the server takes.
        behind_proxy: whether another server of this machine passes requests on.
        threads: wait for the workshop.
        spreading: spreads hints, which waits for no photo.
        stopping: set when the streams shall end.
    """

    def __init__(
        self,
        view: "LiveView | None",
        models: Models,
        settings: Settings,
        limits: Limits,
        workshop: Workshop,
        films: Films,
        behind_proxy: bool = False,
    ):
        self.view = view
        self.feed = FrameFeed(view, limits.viewers) if view is not None else None
        self.workshop = workshop
        self.films = films
        self.behind_proxy = behind_proxy
        self.models = models
        self.settings = settings
        self.limits = limits
        self.shelf = Shelf(SHELF_UPLOADS * limits.upload_bytes)
        self.threads = ThreadPoolExecutor(workshop.places, "tintlite-photo")
        self.spreading = ThreadPoolExecutor(1, "tintlite-hints")
        self.stopping = threading.Event()
        self._live_model = models.first
        self._in_hand_of: Counter[str] = Counter()
        self._changes = 0
        self._receiving_of: dict[str, asyncio.Semaphore] = {}
        self._receiving = asyncio.Semaphore(MAX_RECEIVING)
        self._working = asyncio.Semaphore(workshop.places)
        self._changing = asyncio.Lock()

    @asynccontextmanager
    async def job(self, request: Request) -> AsyncIterator[None]:
        """A place among the bounded number of photos and stills that are in hand.

        Who asks alone gets no more than three in four places.

        Raises:
            HTTPException: 429, the queue is full.
        """
        client = client_of(request, self.behind_proxy)
        share = max(1, self.limits.waiting * 3 // 4)
        in_hand = self._in_hand_of.total()
        if in_hand >= self.limits.waiting or self._in_hand_of[client] >= share:
            raise busy(429, "too many photos are waiting: try again in a moment", 3)
        self._in_hand_of[client] += 1
        try:
            yield
        finally:
            self._in_hand_of[client] -= 1
            if not self._in_hand_of[client]:
                del self._in_hand_of[client]
                self._receiving_of.pop(client, None)

    @asynccontextmanager
    async def received(self, request: Request) -> AsyncIterator[None]:
        """Inside a job: a place on the disk. Who waits for one has not been read from yet.

        A client alone gets half of the places, however slowly it sends.
        """
        client = client_of(request, self.behind_proxy)
        own = self._receiving_of.setdefault(client, asyncio.Semaphore(MAX_RECEIVING // 2))
        async with own, self._receiving:
            yield

    async def at_work(
        self, request: Request, work: Callable[..., _Done], *arguments: object
    ) -> _Done:
        """Inside a job: do some work in the workshop, in its turn, while somebody waits for it.

        Args:
            request: whose sender waits.
            work: is called with a `Job` and the arguments.
            arguments: further ones.
        Raises:
            HTTPException: 400, nobody does.
        """
        async with self._working:
            job = Job()
            loop = asyncio.get_running_loop()
            done = loop.run_in_executor(self.threads, work, job, *arguments)
            done.add_done_callback(lambda ended: ended.cancelled() or ended.exception())
            try:
                while not (await asyncio.wait((done,), timeout=_LOOK_SECONDS))[0]:
                    if await request.is_disconnected():
                        job.call_off()
                        await asyncio.wait((done,))
                        raise HTTPException(400, "the sender has gone")
                return done.result()
            except asyncio.CancelledError:
                job.call_off()
                raise

    async def configure(
        self,
        view: "LiveView",
        model: str | None,
        threads: int | None,
        saturation: float | None,
    ) -> Settings:
        """Change how the live view is coloured.

        Returns:
            how it is coloured then.
        Raises:
            ModelError, TintLiteError, ArgumentError: as for `change` and `LiveView.configure`.
            HTTPException: 429, too many changes wait.
        """
        if self._changes >= _WAITING_CHANGES:
            raise busy(429, "too many changes at once: try again in a moment", 1)
        self._changes += 1
        try:
            async with self._changing:
                changed = change(
                    self._live_settings(view),
                    self.models,
                    model=model,
                    threads=threads,
                    saturation=saturation,
                )
                file = None if model is None else self.models.file(model)
                await asyncio.to_thread(view.configure, file, threads, saturation)
                self._live_model = changed.model
        finally:
            self._changes -= 1
        return changed

    def _live_settings(self, view: "LiveView") -> Settings:
        now = view.status()
        return Settings(self._live_model, now.threads, now.saturation)

    def status(self) -> ServeStatus:
        """The state of all."""
        return ServeStatus(
            version=__version__,
            live=self.view.status() if self.view is not None else None,
            viewers=self.feed.viewers if self.feed is not None else 0,
            photos=self._in_hand_of.total(),
            settings=self.settings,
            live_settings=None if self.view is None else self._live_settings(self.view),
            models=self.models.names,
            limits=ShownLimits(
                upload_bytes=self.limits.upload_bytes,
                pixels=MAX_PIXELS,
                viewers=self.limits.viewers,
                film_bytes=self.limits.film_bytes,
                film_seconds=self.limits.film_seconds,
                saturation=MAX_SATURATION,
                cores=usable_cores(),
            ),
        )

    def close(self) -> None:
        """Let the threads end."""
        self.stopping.set()
        self.workshop.close()
        self.threads.shutdown(wait=False, cancel_futures=True)
        self.spreading.shutdown(wait=False, cancel_futures=True)
        self.shelf.close()
        self.films.close()
        if self.feed is not None:
            self.feed.close()

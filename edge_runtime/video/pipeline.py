"""Run stages one after the other over a stream of items: each in a thread of its own, or serially.

Every stage sees every item, in order, and one at a time, so that both ways give the same results.
"""

import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from time import perf_counter
from typing import Any

# Items that wait between two stages. A frame of 1080p has 3 MB: all that wait together have 50 MB.
SLOTS = 3

# How often the waiting thread looks up, in seconds.
POLL = 0.1

_END = object()


@dataclass
class Stage:
    """One step.

    Attributes:
        name: for the table of times.
        work: changes an item in place.
        end: called after the last item, or None.
        seconds: the wall time that it worked.
    """

    name: str
    work: Callable[[Any], None]
    end: Callable[[], None] | None = None
    seconds: float = field(default=0.0)

    def do(self, item: Any) -> None:
        """Work on one item."""
        start = perf_counter()
        self.work(item)
        self.seconds += perf_counter() - start

    def finish(self) -> None:
        """After the last item."""
        if self.end is not None:
            start = perf_counter()
            self.end()
            self.seconds += perf_counter() - start


class BrokenOffError(Exception):
    """The channel was broken off: there is nothing more to do."""


class Channel:
    """Holds a few items; who puts waits for room, who takes waits for an item."""

    def __init__(self, slots: int):
        """Make an empty channel.

        Args:
            slots: how many items it holds.
        """
        self._slots = slots
        self._items: deque[Any] = deque()
        self._changed = threading.Condition()
        self._broken = False

    def put(self, item: Any) -> None:
        """Add an item, when there is room.

        Raises:
            BrokenOffError: the channel was broken off.
        """
        with self._changed:
            self._changed.wait_for(lambda: self._broken or len(self._items) < self._slots)
            if self._broken:
                raise BrokenOffError
            self._items.append(item)
            self._changed.notify_all()

    def get(self) -> Any:
        """Take the oldest item, when there is one.

        Raises:
            BrokenOffError: the channel was broken off.
        """
        with self._changed:
            self._changed.wait_for(lambda: self._broken or self._items)
            if self._broken:
                raise BrokenOffError
            item = self._items.popleft()
            self._changed.notify_all()
            return item

    def break_off(self) -> None:
        """Let all who wait, and all who come, find the channel broken."""
        with self._changed:
            self._broken = True
            self._items.clear()
            self._changed.notify_all()


class Pipeline:
    """Takes items from a source through stages. The work is done in threads of its own."""

    def __init__(self, source: Iterator[Any], source_name: str, stages: Sequence[Stage]):
        """Prepare; nothing runs yet.

        Args:
            source: gives the items; asked from one thread only.
            source_name: for the table of times.
            stages: what is done with each item, in order.
        """
        self._source = source
        self._stages = stages
        self._source_seconds = 0.0
        self._source_name = source_name
        self._channels = [Channel(SLOTS) for _ in stages]
        self._errors: list[BaseException] = []
        self._broken = False

    def run(
        self, *, serial: bool, poll: Callable[[], None], stop: Callable[[], None]
    ) -> BaseException | None:
        """Do all the work, and wait for it.

        Args:
            serial: in one thread, instead of one a stage.
            poll: called now and then from the calling thread.
            stop: called when ctrl-C or a signal comes (KeyboardInterrupt or SystemExit): it lets
                the source end early; what is under way is finished.
        Returns:
            the KeyboardInterrupt or SystemExit that came, or None.
        Raises:
            the error of a stage, of the source or of `poll`; and a second KeyboardInterrupt or
            SystemExit. No thread is left running.
        """
        works = [self._serially] if serial else self._workers()
        stopped: BaseException | None = None
        with ThreadPoolExecutor(len(works)) as threads:
            try:
                under_way = [threads.submit(self._guard, work) for work in works]
                while True:
                    try:
                        if not wait(under_way, POLL).not_done:
                            break
                        poll()
                    except (KeyboardInterrupt, SystemExit) as error:
                        if stopped is not None:
                            raise
                        stopped = error
                        stop()
            except BaseException:
                self._break_off()
                raise
        if self._errors:
            raise self._errors[0]
        return stopped

    @property
    def shares(self) -> dict[str, float]:
        """The part of each stage in the time that all worked."""
        times = {self._source_name: self._source_seconds}
        times |= {stage.name: stage.seconds for stage in self._stages}
        total = sum(times.values()) or 1.0
        return {name: seconds / total for name, seconds in times.items()}

    def _guard(self, work: Callable[[], None]) -> None:
        try:
            work()
        except BrokenOffError:
            pass
        except BaseException as error:  # handed to the calling thread
            self._errors.append(error)
            self._break_off()

    def _break_off(self) -> None:
        self._broken = True
        for channel in self._channels:
            channel.break_off()

    def _items(self) -> Iterator[Any]:
        while True:
            start = perf_counter()
            item = next(self._source, _END)
            self._source_seconds += perf_counter() - start
            if item is _END or self._broken:
                return
            yield item

    def _serially(self) -> None:
        for item in self._items():
            for stage in self._stages:
                stage.do(item)
        if not self._broken:
            for stage in self._stages:
                stage.finish()

    def _workers(self) -> list[Callable[[], None]]:
        return [self._feed, *(self._worker(place) for place in range(len(self._stages)))]

    def _feed(self) -> None:
        for item in self._items():
            self._channels[0].put(item)
        self._channels[0].put(_END)

    def _worker(self, place: int) -> Callable[[], None]:
        stage, source = self._stages[place], self._channels[place]
        target = self._channels[place + 1] if place + 1 < len(self._channels) else None

        def work() -> None:
            while (item := source.get()) is not _END:
                stage.do(item)
                if target is not None:
                    target.put(item)
                # Else a frame would be held while this waits for the next one.
                del item
            stage.finish()
            if target is not None:
                target.put(_END)

        return work

"""A bounded queue between two threads that can be broken off from either side."""

import threading
from collections import deque
from typing import Any


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

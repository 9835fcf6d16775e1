"""The newest frame for every viewer, each encoded once however many watch."""

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from edge_runtime.serve.frame_jpeg import LAYOUTS, EncodedFrame, encoded

if TYPE_CHECKING:
    from edge_runtime.live.live_view import LiveView

# A viewer's thread comes back this often, to see whether viewer and server are still there.
TICK_SECONDS = 0.25


class FrameFeed:
    """Gives each viewer the newest frame when it asks; what it was too slow for is left out."""

    def __init__(self, view: "LiveView", viewers: int):
        """Start nothing yet.

        Args:
            view: where frames come from.
            viewers: how many may watch at the same time.
        """
        self.view = view
        self._places = viewers
        self._taken = 0
        self._threads = ThreadPoolExecutor(viewers, "tintlite-viewer")
        self._newest: dict[str, EncodedFrame] = {}
        self._locks = {layout: threading.Lock() for layout in LAYOUTS}

    @property
    def viewers(self) -> int:
        """How many watch at this moment."""
        return self._taken

    def enter(self) -> bool:
        """Take a viewer's place, to be given back by `leave`; False where all are taken."""
        if self._taken >= self._places:
            return False
        self._taken += 1
        return True

    def leave(self) -> None:
        """Give a viewer's place back."""
        self._taken -= 1

    async def next_frame(self, after: int, layout: str) -> EncodedFrame | None:
        """The newest frame whose number is above `after`, or None where none comes in a tick."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._threads, self._next_frame, after, layout)

    def _next_frame(self, after: int, layout: str) -> EncodedFrame | None:
        frame = self.view.wait_frame(after, TICK_SECONDS)
        if frame is None:
            return None
        with self._locks[layout]:
            newest = self._newest.get(layout)
            # Another viewer of the same layout may have been served this frame, or a newer one.
            if newest is None or newest.number < frame.number:
                newest = self._newest[layout] = encoded(frame, layout)
            return newest

    def close(self) -> None:
        """Let the threads end; they do within a tick."""
        self._threads.shutdown(wait=False)

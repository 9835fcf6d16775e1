"""The live stream: one JPEG after the other in a response that has no end."""

import asyncio
import contextlib
import threading
import time

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from edge_runtime.serve.frame_feed import FrameFeed
from edge_runtime.serve.frame_jpeg import EncodedFrame

_BOUNDARY = "tintlite-frame"
MEDIA_TYPE = f"multipart/x-mixed-replace; boundary={_BOUNDARY}"

# Where no frame comes, the last one is sent again: a peer that is gone is found out by sending.
_REPEAT_SECONDS = 4.0


class MjpegStream(Response):
    """Streams a feed to one viewer, whose place has been taken and is given back at the end.

    Every part says which frame it is: `X-Frame` is its number, `X-Frame-Size` width x height.
    """

    media_type = MEDIA_TYPE

    def __init__(self, feed: FrameFeed, layout: str, stopping: threading.Event):
        """Stream frames of one layout until the viewer goes, the source ends, or `stopping`."""
        self._feed = feed
        self._layout = layout
        self._stopping = stopping
        self.status_code = 200
        self.background = None
        self.body = b""
        self.init_headers()
        del self.headers["content-length"]
        self.headers["X-Accel-Buffering"] = "no"  # nginx would keep frames back until it has many

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        gone = asyncio.create_task(_until_gone(receive))
        try:
            await send({"type": "http.response.start", "status": 200, "headers": self.raw_headers})
            await self._send_frames(send, gone)
            # To a viewer who is gone this goes nowhere.
            await send({"type": "http.response.body", "body": b""})
        finally:
            self._feed.leave()
            gone.cancel()

    async def _send_frames(self, send: Send, gone: asyncio.Task) -> None:
        async def write(data: bytes) -> None:
            await send({"type": "http.response.body", "body": data, "more_body": True})

        await write(f"--{_BOUNDARY}\r\n".encode())
        last: EncodedFrame | None = None
        sent = time.monotonic()
        while not (gone.done() or self._stopping.is_set()):
            # Sending waits for room, even with nothing to send: the newest frame is asked for when
            # there is room for it, not before.
            await write(b"")
            frame = await self._feed.next_frame(last.number if last else -1, self._layout)
            if frame is None:
                if self._feed.view.status().state in ("ended", "stopped"):
                    return
                if last is None or time.monotonic() - sent < _REPEAT_SECONDS:
                    continue
                frame = last
            last = frame
            sent = time.monotonic()
            # The boundary after the picture, not before the next: browsers show it on seeing that.
            await write(_head(last) + last.jpeg + f"\r\n--{_BOUNDARY}\r\n".encode())


def _head(frame: EncodedFrame) -> bytes:
    lines = (
        "Content-Type: image/jpeg",
        f"Content-Length: {len(frame.jpeg)}",
        f"X-Frame: {frame.number}",
        f"X-Frame-Size: {frame.width}x{frame.height}",
    )
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


async def _until_gone(receive: Receive) -> None:
    # What is sent along with the request, or fails to come, ends the same way.
    with contextlib.suppress(Exception):
        while (await receive())["type"] != "http.disconnect":
            pass

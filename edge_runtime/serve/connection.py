"""A connection that slow or silent peers cannot hold for ever."""

import asyncio
from typing import Any

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

from edge_runtime.serve.limits import MAX_CONNECTIONS, PATIENCE_SECONDS
from edge_runtime.serve.security_headers import SECURITY_HEADERS


class Connection(H11Protocol):
    """Uvicorn's HTTP/1.1, with deadlines.

    Uvicorn waits for ever for the rest of a request's head, and for a reader that does not read.
    Here both get `PATIENCE_SECONDS`, and then the connection is cut.
    """

    def __init__(self, *arguments, **keywords):
        super().__init__(*arguments, **keywords)
        self._head_deadline: asyncio.TimerHandle | None = None
        self._room_deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        if len(self.connections) > MAX_CONNECTIONS:
            transport.abort()
        else:
            self._watch_head()

    def connection_lost(self, error: Exception | None) -> None:
        for deadline in (self._head_deadline, self._room_deadline):
            if deadline is not None:
                deadline.cancel()
        super().connection_lost(error)

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        self._watch_head()

    def _watch_head(self) -> None:
        # After a response, what is left of its request's body counts as slowness too.
        waiting = self.cycle is None or self.cycle.response_complete
        if not waiting and self._head_deadline is not None:
            self._head_deadline.cancel()
            self._head_deadline = None
        elif waiting and self._head_deadline is None:
            self._head_deadline = self.loop.call_later(PATIENCE_SECONDS, self.transport.abort)

    def pause_writing(self) -> None:
        super().pause_writing()
        self._room_deadline = self.loop.call_later(PATIENCE_SECONDS, self.transport.abort)

    def resume_writing(self) -> None:
        super().resume_writing()
        if self._room_deadline is not None:
            self._room_deadline.cancel()
            self._room_deadline = None

    def on_response_complete(self) -> None:
        super().on_response_complete()
        self._abort_later()

    def timeout_keep_alive_handler(self) -> None:
        super().timeout_keep_alive_handler()
        self._abort_later()

    def _abort_later(self) -> None:
        # A closed transport stays as long as the peer leaves the last bytes unread.
        if self.transport.is_closing():
            self.loop.call_later(PATIENCE_SECONDS, self.transport.abort)

    def send_400_response(self, msg: str) -> None:
        """Answer what is no HTTP; uvicorn's own answer carries no headers of security."""
        body = b'{"error": "this is not a valid HTTP request"}'
        headers = {
            **SECURITY_HEADERS,
            "Cache-Control": "no-store",
            "Content-Type": "application/json",
            "Content-Length": str(len(body)),
            "Connection": "close",
        }
        head = h11.Response(status_code=400, headers=list(headers.items()), reason=b"Bad Request")
        for event in (head, h11.Data(data=body), h11.EndOfMessage()):
            self.transport.write(self.conn.send(event))
        self.transport.close()
        self._abort_later()

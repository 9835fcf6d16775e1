"""No request body is larger, or slower, than its address allows."""

import asyncio
from collections.abc import Callable

from fastapi import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from edge_runtime.serve.errors import refusal
from edge_runtime.serve.limits import PATIENCE_SECONDS, UPLOAD_BYTES, UPLOAD_SECONDS


class BodyLimit:
    """Refuses a body by its announced length, and else while it comes in.

    A body that is too large is answered 413, one that does not come 408.
    """

    def __init__(self, app: ASGIApp, most_bytes: Callable[[str], int]):
        """Guard an application.

        Args:
            app: what is guarded.
            most_bytes: the largest body for a path.
        """
        self._app = app
        self._most_bytes = most_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        most = self._most_bytes(scope["path"])
        announced = dict(scope["headers"]).get(b"content-length", b"")
        # h11 has seen to it that the announced length is a number.
        if announced and int(announced) > most:
            await refusal(413, _too_large(most))(scope, receive, send)
            return
        seconds = UPLOAD_SECONDS * max(1.0, int(announced or 0) / UPLOAD_BYTES)
        received = 0
        whole = False
        deadline: float | None = None

        async def receive_bounded() -> Message:
            nonlocal received, whole, deadline
            if whole:  # what comes now is the end of the connection, which may take its time
                return await receive()
            now = asyncio.get_running_loop().time()
            deadline = deadline or now + seconds
            try:
                patience = min(PATIENCE_SECONDS, max(deadline - now, 0))
                message = await asyncio.wait_for(receive(), patience)
            except asyncio.TimeoutError:
                raise HTTPException(408, "the request took too long to arrive") from None
            received += len(message.get("body", b""))
            whole = not message.get("more_body", False)
            if received > most:
                raise HTTPException(413, _too_large(most))
            return message

        await self._app(scope, receive_bounded, send)


def _too_large(most: int) -> str:
    size = f"{most // 2**20} MB" if most >= 2**20 else f"{most // 2**10} kB"
    return f"the upload is too large: at most {size} are taken"

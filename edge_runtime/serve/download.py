"""Large responses: they go out in pieces, so that a slow reader's share of memory is one piece."""

from collections.abc import Mapping
from urllib.parse import quote

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

_PIECE_BYTES = 256 * 1024


class PiecewiseResponse(Response):
    """Sends bytes that are held once, each piece when there is room for it."""

    def __init__(self, data: bytes | memoryview, media_type: str, headers: Mapping[str, str]):
        """Send `data` with its length and the given headers."""
        self._data = data
        super().__init__(
            media_type=media_type, headers={"Content-Length": str(len(data)), **headers}
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": self.raw_headers})
        for begin in range(0, len(self._data), _PIECE_BYTES):
            piece = bytes(self._data[begin : begin + _PIECE_BYTES])
            await send({"type": "http.response.body", "body": piece, "more_body": True})
        await send({"type": "http.response.body", "body": b""})


def download(
    data: bytes | memoryview, media_type: str, name: str, headers: dict[str, str]
) -> Response:
    """The response of a file's bytes, which a browser saves.

    Args:
        data: the file.
        media_type: as HTTP names it.
        name: what it is to be called.
        headers: further ones.
    """
    disposition = f"attachment; filename*=UTF-8''{quote(name, safe='')}"
    return PiecewiseResponse(data, media_type, {"Content-Disposition": disposition, **headers})

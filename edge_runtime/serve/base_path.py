"""The page under a path of another server, as https://example.org/tint/."""

import re

from starlette.responses import RedirectResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from edge_runtime.errors import TintLiteError

_PATH = re.compile(r"(/[\w.~-]+)+")


def check_base_path(path: str) -> str:
    """See that a text is a path; returns it without a slash at its end, "" for the root.

    Raises:
        TintLiteError: it is none.
    """
    path = path.rstrip("/")
    if path and not _PATH.fullmatch(path):
        raise TintLiteError(f"'{path[:60]}' is no path, as /tint is one")
    return path


class BasePath:
    """Takes the base path off what is asked for; a proxy may have done so before."""

    def __init__(self, app: ASGIApp, base_path: str):
        """Wrap an application; `base_path` as of `check_base_path`."""
        self._app = app
        self._base_path = base_path

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        base, path = self._base_path, scope["path"]
        if base and path == base:
            # The page's own addresses are relative to the folder that it lies in.
            await RedirectResponse(f"{base}/", 308)(scope, receive, send)
            return
        if base and path.startswith(f"{base}/"):
            path = path[len(base) :]
            scope = {**scope, "path": path, "raw_path": path.encode()}
        await self._app(scope, receive, send)

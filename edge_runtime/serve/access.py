"""Who may ask: the page itself and those who hold the token, never another web site."""

import secrets
from urllib.parse import parse_qs, urlsplit

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from edge_runtime.serve.client import is_loopback
from edge_runtime.serve.errors import refusal
from edge_runtime.serve.listener import Listener
from edge_runtime.serve.page_files import PageFile, page_files

# The page's own files say nothing of camera or user, and the door needs its style before it opens.
HEALTH = "/healthz"
_DOOR = "/door.html"


class Access:
    """Refuses what comes from elsewhere, by Host, Origin, Sec-Fetch-Site and token.

    - Host: on a server that only this machine reaches, the name must be one of this machine's own,
      or one that its owner allows: another name that leads here is DNS rebinding.
    - Origin and Sec-Fetch-Site: browsers say in them which site asks; only the page itself may.
    - Token: in the header `Authorization: Bearer …`, the query `?token=…`, or the cookie that
      opening the page with the token sets.
    """

    def __init__(self, app: ASGIApp, listener: Listener):
        """Guard an application.

        Args:
            app: what is guarded.
            listener: where it is served, and to whom.
        """
        self._app = app
        self._token = listener.token
        self._only_local = listener.only_local
        self._hosts = listener.hosts
        self._cookie_path = f"{listener.base_path}/"
        self._files = page_files()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = Headers(scope=scope)
        host = headers.get("host", "")
        answer: Response | None
        if self._only_local and not is_local_name(host) and _name(host) not in self._hosts:
            answer = refusal(421, "this server is asked under a name that is not its own")
        elif not self._from_here(scope, headers, host):
            answer = refusal(403, "another web site may not ask this server")
        elif self._is_open(scope["path"]) or self._shown_in_header_or_cookie(scope):
            answer = None
        elif self._shown_in_query(scope):
            answer = None
            if scope["path"] == "/":
                send = self._with_cookie(scope, send)
        else:
            answer = self._ask_for_token(scope, headers)
        await (answer or self._app)(scope, receive, send)

    def _is_open(self, path: str) -> bool:
        return self._token is None or path == HEALTH or (path in self._files and path != "/")

    def _shown_in_header_or_cookie(self, scope: Scope) -> bool:
        request = Request(scope)
        kind, _, shown = request.headers.get("authorization", "").partition(" ")
        if kind.lower() == "bearer" and self._fits(shown.strip()):
            return True
        return self._fits(request.cookies.get(_cookie_name(scope), ""))

    def _shown_in_query(self, scope: Scope) -> bool:
        query = parse_qs(scope["query_string"].decode("latin-1"), max_num_fields=100)
        return any(self._fits(shown) for shown in query.get("token", []))

    def _fits(self, shown: str) -> bool:
        # In constant time, so that the answer's delay says nothing of how much was right.
        own = (self._token or "").encode()
        return bool(own) and secrets.compare_digest(shown.encode("utf-8", "replace"), own)

    def _from_here(self, scope: Scope, headers: Headers, host: str) -> bool:
        """Whether a request comes from the page itself, a person, or no browser at all."""
        origin = headers.get("origin")
        if origin is not None:
            # Without http or https: a proxy before this server may have taken the latter away, and
            # the name by which it was asked too.
            site = origin.lower().partition("://")[2]
            if site != host.lower() and _name(site) not in self._hosts:
                return False
        site = headers.get("sec-fetch-site", "none")
        if site in ("none", "same-origin"):
            return True
        # A link to the page in another site's page is followed, but not into a frame.
        followed = headers.get("sec-fetch-mode") == "navigate"
        on_top = headers.get("sec-fetch-dest") == "document"
        return scope["method"] == "GET" and scope["path"] == "/" and followed and on_top

    def _with_cookie(self, scope: Scope, send: Send) -> Send:
        # A redirect to an address without the token would lose the visitor who clicked a link in
        # another site's page: the cookie is not sent along there. The page takes the token out of
        # the address bar instead.
        holder = Response()
        holder.set_cookie(
            _cookie_name(scope),
            self._token or "",
            path=self._cookie_path,
            httponly=True,
            samesite="strict",
        )
        cookie = (b"set-cookie", holder.headers["set-cookie"].encode("latin-1"))

        async def send_with_cookie(message: Message) -> None:
            if message["type"] == "http.response.start":
                message = {**message, "headers": [*message["headers"], cookie]}
            await send(message)

        return send_with_cookie

    def _ask_for_token(self, scope: Scope, headers: Headers) -> Response:
        if scope["path"] == "/" and "text/html" in headers.get("accept", ""):
            door: PageFile = self._files[_DOOR]
            # What was shown and is wrong is told; its script takes it out of the address bar.
            wrong = b"token=" in scope["query_string"]
            page = door.data.replace(b' id="wrong" hidden', b' id="wrong"') if wrong else door.data
            return Response(page, 401, media_type=door.media_type)
        message = "a token is needed: the one in the address that tintlite printed"
        return refusal(401, message, {"WWW-Authenticate": "Bearer"})


def is_local_name(host: str) -> bool:
    """Whether a Host header names this machine: `localhost` or a loopback address, any port."""
    name = _name(host)
    return name == "localhost" or is_loopback(name)


def _name(host: str) -> str:
    """The name in a Host header, without its port; empty where it is none."""
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return ""


def _cookie_name(scope: Scope) -> str:
    # Browsers keep cookies by host, not by port: two servers of one machine need two names.
    return f"tintlite-{scope['server'][1]}"

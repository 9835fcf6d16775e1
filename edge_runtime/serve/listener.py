"""The address that the page is served at."""

import errno
import ipaddress
import os
import re
import secrets
import socket
from collections.abc import Iterable
from dataclasses import dataclass

from edge_runtime.errors import TintLiteError
from edge_runtime.serve.base_path import check_base_path

# What the kernel may hold for a slow viewer: some frames, not the seconds of its own choice.
_SEND_BUFFER_BYTES = 256 * 1024

_SHORTEST_TOKEN = 8

_HOST = re.compile(r"[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?|[0-9A-Fa-f:]+")


@dataclass(frozen=True)
class Listener:
    """An open address.

    Attributes:
        socket: bound and listening.
        only_local: whether no other machine can reach it.
        token: what all must show, or None.
        hosts: names by which visitors reach it through another server, in lower case.
        base_path: where in that server's paths it lies, as /tint; empty for the root.
    """

    socket: socket.socket
    only_local: bool
    token: str | None
    hosts: frozenset[str] = frozenset()
    base_path: str = ""

    @property
    def port(self) -> int:
        return self.socket.getsockname()[1]

    @property
    def url(self) -> str:
        """The address to open, with the token in it."""
        host = self.socket.getsockname()[0]
        if ipaddress.ip_address(host).is_unspecified:
            host = _outward_address(self.socket.family) or socket.gethostname()
        host = f"[{host}]" if ":" in host else host
        query = f"?token={self.token}" if self.token else ""
        return f"http://{host}:{self.port}{self.base_path}/{query}"


def listen(
    host: str,
    port: int,
    token: str | None = None,
    *,
    hosts: Iterable[str] = (),
    base_path: str = "",
) -> Listener:
    """Open an address; one that other machines reach gets a token, if none is given.

    Args:
        host: a name or an address of this machine; 0.0.0.0 for all of them.
        port: 0 to 65535; 0 for any free one.
        token: what all must show, or None.
        hosts: names by which visitors reach it through another server; then they are others too.
        base_path: where in that server's paths it lies.
    Raises:
        TintLiteError: the address is unknown, not of this machine, or taken; a short token; no
            name of a host, or no path.
    """
    allowed = frozenset(map(_check_host, hosts))
    base_path = check_base_path(base_path)
    if token is not None:
        _check_token(token)
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except (OSError, UnicodeError) as error:
        reason = getattr(error, "strerror", None) or "not a name"
        raise TintLiteError(f"host '{host}': {reason}") from None
    # `localhost` has an address of either kind: the older one, which all programs know.
    family, kind, protocol, _, address = min(found, key=lambda one: one[0] != socket.AF_INET)
    opened = socket.socket(family, kind, protocol)
    try:
        if os.name == "posix":  # elsewhere this option would let two programs share a port
            opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _SEND_BUFFER_BYTES)
        opened.bind(address)
        opened.listen(128)
    except OSError as error:
        opened.close()
        hint = " (choose another with --port)" if error.errno == errno.EADDRINUSE else ""
        raise TintLiteError(f"{host}:{port}: cannot be served: {error.strerror}{hint}") from None
    only_local = ipaddress.ip_address(opened.getsockname()[0]).is_loopback
    if token is None and (allowed or not only_local):
        token = secrets.token_urlsafe(18)
    return Listener(opened, only_local, token, allowed, base_path)


def _check_host(name: str) -> str:
    if not _HOST.fullmatch(name):
        raise TintLiteError(f"'{name[:60]}' is no name of a host, as photos.example.org is one")
    return name.lower()


def _check_token(token: str) -> None:
    # What needs no escaping in an address, a header and a cookie.
    if not (token.isascii() and all(c.isalnum() or c in "-._~" for c in token)):
        raise TintLiteError("a token is made of letters, digits, '-', '.', '_' and '~'")
    if len(token) < _SHORTEST_TOKEN:
        raise TintLiteError(f"a token has at least {_SHORTEST_TOKEN} characters")


def _outward_address(family: int) -> str | None:
    """This machine's address in its network; asking the routing table sends nothing."""
    # Addresses that are kept for documents (RFC 5737, RFC 3849).
    elsewhere = "192.0.2.1" if family == socket.AF_INET else "2001:db8::1"
    with socket.socket(family, socket.SOCK_DGRAM) as asked:
        try:
            asked.connect((elsewhere, 9))
        except OSError:
            return None
        return asked.getsockname()[0]

"""Cameras that give one JPEG each time they are asked, as http://camera/snapshot.jpg."""

import base64
import http.client
import re
import socket
import ssl
import time
import urllib.request
from contextlib import suppress
from urllib.parse import SplitResult, unquote, urljoin, urlsplit

import av
import numpy as np

from edge_runtime.live.address import without_passwords
from edge_runtime.live.source import MAX_FRAME_PIXELS, GuardedSource, SourceError, reason
from edge_runtime.live.stream_source import frame_to_grey
from edge_runtime.pictures.jpeg_scans import count_scans

# Requests a second unless asked otherwise: what small cameras take without growing hot.
USUAL_FPS = 5.0
MOST_FPS = 30.0

# A JPEG of the largest frame that is taken, and then some.
MOST_BYTES = 48 * 2**20
_MOST_SCANS = 20

_PIECE = 64 * 1024
_MOST_REDIRECTS = 3
_REDIRECTS = (301, 302, 303, 307, 308)
_JPEG = re.compile(r"image/p?jpe?g")
# These will not mend themselves; all others may be over in a moment.
_REFUSALS = {401: "the user or password is wrong", 403: "access is forbidden", 404: "not found"}


class _TroubleError(Exception):
    """What is wrong just now, in words."""


_FAILURES = (OSError, http.client.HTTPException, ValueError, _TroubleError)


class SnapshotSource(GuardedSource):
    """Asks an address for a picture again and again, over a connection that is kept.

    A request that fails is made again until the patience is over: small cameras are busy at times.
    """

    live = True

    def __init__(self, address: str, *, fps: float | None, patience: float):
        """Connect, and ask for a first picture.

        Args:
            address: http://… or https://…, with user and password where they are needed.
            fps: how often a second to ask at most; None for the usual.
            patience: how long a picture may take, in seconds.
        Raises:
            SourceError: no answer, or a refusal.
        """
        super().__init__()
        self.description = without_passwords(address)
        self._url, self._login = _without_login(urlsplit(address))
        self._pause = 1 / min(fps or USUAL_FPS, MOST_FPS)
        self._patience = patience
        self._deadline = 0.0
        self._due = 0.0
        self._challenge = ""  # the words with which the camera asked for the password
        self._passwords = urllib.request.HTTPPasswordMgrWithDefaultRealm()
        self._digests = urllib.request.HTTPDigestAuthHandler(self._passwords)
        self._connection: http.client.HTTPConnection | None = None
        self._decoder = av.CodecContext.create("mjpeg", "r")
        self._decoder.options = {"max_pixels": str(MAX_FRAME_PIXELS)}
        self._answer: http.client.HTTPResponse | None = None
        try:
            self._answer = self._ask()
        except _FAILURES as error:
            self.close()
            raise SourceError(f"{self.description}: {self._reason(error)}") from None
        except SourceError:
            self.close()
            raise

    @property
    def single(self) -> bool:
        """Whether an answer is one picture; else it is a stream of them without an end."""
        answer = self._answer
        if answer is None or answer.length is not None:
            return True
        return _JPEG.match(answer.headers.get_content_type()) is not None

    def close(self) -> None:
        """As `Source.close`; what is waited for just now is broken off."""
        self._closing.set()
        connection = self._connection
        if connection is not None and connection.sock is not None:
            with suppress(OSError):
                connection.sock.shutdown(socket.SHUT_RDWR)
        super().close()

    def _read(self) -> np.ndarray:
        self._closing.wait(self._due - time.monotonic())
        answer, self._answer = self._answer, None
        end = time.monotonic() + self._patience
        while True:
            self._due = time.monotonic() + self._pause
            try:
                return self._decode(self._body(answer or self._ask()))
            except _FAILURES as error:
                self._hang_up()
                why = self._reason(error)
            answer = None
            if time.monotonic() + self._pause >= end or self._closing.wait(self._pause):
                raise SourceError(f"{self.description}: {why}")

    def _release(self) -> None:
        self._hang_up()

    def _ask(self) -> http.client.HTTPResponse:
        """Ask, and see that a picture is to come.

        Raises:
            OSError, HTTPException, ValueError, _TroubleError: it does not work just now.
            SourceError: it will not work later either.
        """
        self._deadline = time.monotonic() + self._patience
        for _ in range(_MOST_REDIRECTS + 2):
            answer = self._request()
            if answer.status == 200:
                return answer
            refused = answer.status == 401 and self._challenged(answer)
            moved = answer.status in _REDIRECTS and self._moved(answer)
            if not refused and not moved:
                break
        said = f"{answer.status} {answer.reason[:60]}".strip()
        if answer.status in _REFUSALS:
            raise SourceError(f"{self.description}: {_REFUSALS[answer.status]} ({said})")
        raise _TroubleError(f"the camera answers {said}")

    def _request(self) -> http.client.HTTPResponse:
        """One request; a kept connection that the camera has closed meanwhile is made anew."""
        for _ in range(2):
            kept = self._connection is not None
            connection = self._connection = self._connection or self._connect()
            connection.timeout = self._left()
            try:
                if connection.sock is not None:
                    connection.sock.settimeout(self._left())
                connection.request("GET", self._target(), headers=self._headers())
                return connection.getresponse()
            except (ConnectionError, http.client.BadStatusLine):
                self._hang_up()
                if not kept or self._closing.is_set():
                    raise
        raise ConnectionError("the camera closes the connection")

    def _connect(self) -> http.client.HTTPConnection:
        host, port = self._url.hostname or "", self._url.port
        if self._url.scheme == "http":
            return http.client.HTTPConnection(host, port)
        # As FFmpeg does for streams: cameras sign their certificates themselves.
        context = ssl.create_default_context()
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        return http.client.HTTPSConnection(host, port, context=context)

    def _hang_up(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _target(self) -> str:
        return (self._url.path or "/") + (f"?{self._url.query}" if self._url.query else "")

    def _headers(self) -> dict[str, str]:
        headers = {"User-Agent": "TintLite", "Accept": "image/jpeg"}
        kind, _, words = self._challenge.partition(" ")
        if kind.lower() == "digest":
            headers["Authorization"] = f"Digest {self._digest(words)}"
        elif kind:
            headers["Authorization"] = f"Basic {base64.b64encode(self._login.encode()).decode()}"
        return headers

    def _challenged(self, answer: http.client.HTTPResponse) -> bool:
        """Whether a refusal asks for the password in a way that was not answered yet."""
        asked = answer.headers.get_all("WWW-Authenticate") or []
        self._drop(answer)
        # Not in clear where the camera knows better.
        digests = [words for words in asked if words.lower().startswith("digest ")]
        basics = [words for words in asked if words.lower().startswith("basic")]
        stale = any("stale=true" in words.lower().replace('"', "") for words in digests)
        if not self._login or (self._challenge and not stale):
            return False
        self._challenge = (digests or basics or [""])[0]
        return bool(self._challenge)

    def _digest(self, challenge: str) -> str | None:
        """What answers a challenge (RFC 7616)."""
        address = f"{self._url.scheme}://{self._url.netloc}{self._target()}"
        request = urllib.request.Request(address)  # noqa: S310 - for its words, it is not sent
        user, _, password = self._login.partition(":")
        self._passwords.add_password(None, address, user, password)
        said = urllib.request.parse_keqv_list(urllib.request.parse_http_list(challenge))
        return self._digests.get_authorization(request, said)

    def _moved(self, answer: http.client.HTTPResponse) -> bool:
        """Go where a redirection leads, if that is the same host: others get no password."""
        place = urlsplit(urljoin(self._url.geturl(), answer.headers.get("Location", "")))
        self._drop(answer)
        schemes = {self._url.scheme, "https"}  # never from TLS to none
        if place.scheme not in schemes or place.hostname != self._url.hostname:
            return False
        self._hang_up()
        self._url = place
        return True

    def _drop(self, answer: http.client.HTTPResponse) -> None:
        """Read what a refusal has to say, if it is short, so that the connection can be kept."""
        if answer.length is None or answer.length > _PIECE:
            self._hang_up()
        else:
            answer.read()

    def _body(self, answer: http.client.HTTPResponse) -> bytes:
        """The picture's file.

        Raises:
            OSError, HTTPException: it does not come, or not whole.
            _TroubleError: it is too large.
        """
        pieces, size = [], 0
        while piece := answer.read1(_PIECE):
            pieces.append(piece)
            size += len(piece)
            if size > MOST_BYTES:
                raise _TroubleError("its pictures are too large")
            if self._connection is not None and self._connection.sock is not None:
                self._connection.sock.settimeout(self._left())
            self._left()
        if answer.length:  # read1 says nothing of a connection that broke off
            raise http.client.IncompleteRead(b"", answer.length)
        answer.close()  # else the connection takes it for unread
        return b"".join(pieces)

    def _left(self) -> float:
        """Seconds until the patience is over.

        Raises:
            TimeoutError: it is.
        """
        left = self._deadline - time.monotonic()
        if left <= 0 or self._closing.is_set():
            raise TimeoutError
        return left

    def _decode(self, data: bytes) -> np.ndarray:
        """The grey picture of a JPEG: uint8 [H, W].

        Raises:
            _TroubleError: it is none, or one that keeps a decoder for minutes.
        """
        if not data.startswith(b"\xff\xd8"):
            raise _TroubleError("gives no JPEG")
        if count_scans(data) > _MOST_SCANS:
            raise _TroubleError("gives a JPEG of too many scans")
        try:
            frames = self._decoder.decode(av.Packet(data))
        except av.error.FFmpegError:
            frames = []
        if not frames:
            raise _TroubleError("gives a JPEG that cannot be decoded")
        return frame_to_grey(frames[0], self._decoder)

    def _reason(self, error: Exception) -> str:
        if isinstance(error, TimeoutError):
            return f"no answer for {self._patience:g} s"
        if isinstance(error, http.client.IncompleteRead):
            return "the picture breaks off"
        if isinstance(error, http.client.InvalidURL) or type(error) is ValueError:
            return "not an address"  # their own words have it in them, with the password
        if isinstance(error, http.client.HTTPException):
            return "the answer is no HTTP"
        return reason(error)


def _without_login(address: SplitResult) -> tuple[SplitResult, str]:
    """An address without user and password, and these as `USER:PASSWORD`, or empty."""
    login, at, place = address.netloc.rpartition("@")
    return address._replace(netloc=place), unquote(login) if at else ""

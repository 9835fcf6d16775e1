"""Cameras that give one JPEG at each request: a real HTTP server stands for them."""

import hashlib
import http.server
import re
import socket
import threading
import time
from contextlib import suppress
from types import SimpleNamespace

import av
import cv2
import numpy as np
import pytest

from edge_runtime.live import snapshot_source, stream_source
from edge_runtime.live.open_source import open_source
from edge_runtime.live.snapshot_source import SnapshotSource
from edge_runtime.live.source import SourceError
from edge_runtime.live.stream_source import StreamSource

PATIENT = 60.0


class Camera(http.server.BaseHTTPRequestHandler):
    """Answers each request with the next picture, and as its server's fields say."""

    protocol_version = "HTTP/1.1"

    def setup(self):
        super().setup()
        self.server.connections += 1

    def do_GET(self):
        server = self.server
        server.asked.append((self.path, self.headers.get("Authorization"), time.monotonic()))
        if answer := server.answers.pop(0) if server.answers else None:
            status, headers, body = answer
        elif self.path.startswith("/nothing"):
            status, headers, body = 404, {}, b""
        elif self.path.startswith("/stream"):
            self.stream()
            return
        elif not server.allowed(self):
            status, headers, body = 401, server.challenge, b"who are you?"
        else:
            status, headers, body = 200, {"Content-Type": server.kind}, server.next_jpeg()
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        if "Content-Length" not in headers:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        with suppress(OSError):  # who asked has gone
            self.wfile.write(body)

    def stream(self):
        """JPEGs one behind the other, without an end."""
        self.send_response(200)
        self.send_header("Content-Type", "video/x-motion-jpeg")
        self.end_headers()
        self.close_connection = True
        try:
            while True:
                self.wfile.write(self.server.next_jpeg())
        except OSError:
            return

    def log_message(self, *arguments):
        pass


@pytest.fixture
def camera(picture, monkeypatch):
    """A camera at `address`, and what a test may change of it and read off it."""
    monkeypatch.setattr(stream_source, "OPEN_TIMEOUT", PATIENT)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Camera) as server:
        server.handle_error = lambda *arguments: None
        server.asked, server.answers, server.connections, server.number = [], [], 0, 0
        server.kind = "image/jpeg"
        server.challenge = {}
        server.allowed = lambda request: True

        def next_jpeg():
            server.number += 1
            shown = cv2.merge([picture(server.number)] * 3)
            return cv2.imencode(".jpg", shown, [cv2.IMWRITE_JPEG_QUALITY, 95])[1].tobytes()

        server.next_jpeg = next_jpeg
        server.place = f"127.0.0.1:{server.server_address[1]}"
        server.address = f"http://{server.place}/snapshot.jpg"
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


def opened(address, fps=1000.0, patience=PATIENT):
    return open_source(address, fps=fps, patience=patience)


@pytest.fixture
def in_no_time(monkeypatch):
    """Lets the clock stand still but for a source's pauses, three of which end its patience."""
    now = [1000.0]
    monkeypatch.setattr(snapshot_source, "time", SimpleNamespace(monotonic=lambda: now[0]))

    def wait(seconds):
        now[0] += PATIENT / 3
        return False

    def let(source):
        source._closing.wait = wait

    return let


@pytest.mark.parametrize("kind", ["image/jpeg", "application/octet-stream"])
@pytest.mark.parametrize("path", ["snapshot.jpg", "cgi-bin/snapshot.cgi?channel=1"])
def test_single_pictures_are_asked_for_again_and_again(camera, number_of, picture, kind, path):
    camera.kind = kind
    source = opened(f"http://{camera.place}/{path}")
    assert isinstance(source, SnapshotSource)
    assert source.live
    before = camera.connections
    greys = [source.read() for _ in range(5)]
    source.close()
    numbers = [number_of(grey) for grey in greys]
    assert numbers == list(range(numbers[0], numbers[0] + 5))
    # JPEG's luma takes all levels; quality 95 is within some of them.
    assert np.abs(greys[0].astype(int) - picture(numbers[0])).mean() < 3
    assert camera.connections == before  # it was kept


def test_a_stream_of_jpegs_stays_one(camera, number_of):
    source = opened(f"http://{camera.place}/stream")
    assert isinstance(source, StreamSource)
    numbers = [number_of(source.read()) for _ in range(5)]
    source.close()
    assert numbers == list(range(numbers[0], numbers[0] + 5))


def test_the_pace_is_as_asked(camera, monkeypatch):
    """No request comes sooner than told, and none is waited for that is due."""
    source = opened(camera.address, fps=2.0)
    now = [1000.0]
    monkeypatch.setattr(snapshot_source, "time", SimpleNamespace(monotonic=lambda: now[0]))
    waits = []

    def wait(seconds):
        waits.append(seconds)
        now[0] += max(0.0, seconds)
        return False

    source._closing.wait = wait
    source._due = 0.0
    for _ in range(3):
        source.read()
    now[0] += 3.0
    source.read()
    source._closing.wait = lambda seconds: True
    source.close()
    assert waits[1:3] == [0.5, 0.5]
    assert waits[3] < 0


def test_small_mishaps_are_no_loss(camera, number_of):
    source = opened(camera.address)
    first = number_of(source.read())
    whole = camera.next_jpeg()
    camera.answers += [
        (503, {}, b"busy"),
        (200, {"Content-Length": str(len(whole) + 9), "Connection": "close"}, whole),
        (200, {"Content-Type": "text/html"}, b"<p>Starting"),
        (200, {}, b"\xff\xd8 no picture"),
        (200, {"Connection": "close"}, whole),
    ]
    assert number_of(source.read()) == first + 1
    assert number_of(source.read()) == first + 2
    source.close()


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        ((404, {}, b""), r"not found \(404"),
        ((403, {}, b""), r"access is forbidden \(403"),
        ((401, {}, b""), r"user or password is wrong \(401"),
        ((302, {"Location": "http://elsewhere.invalid/"}, b""), "answers 302"),
    ],
)
def test_refusals_are_told_at_once(camera, in_no_time, answer, why):
    source = opened(camera.address)
    source.read()
    camera.answers += [answer] * (1 if answer[0] in (401, 403, 404) else 1000)
    in_no_time(source)  # but for what may be over in a moment
    with pytest.raises(SourceError, match=why):
        source.read()
    source.close()


def test_what_is_too_much_is_not_taken(camera, in_no_time, monkeypatch, picture):
    source = opened(camera.address)
    source.read()
    in_no_time(source)
    with monkeypatch.context() as small:
        small.setattr(snapshot_source, "MOST_BYTES", 100)
        with pytest.raises(SourceError, match="its pictures are too large"):
            source.read()
    buffer = cv2.imencode(".jpg", picture(1), [cv2.IMWRITE_JPEG_PROGRESSIVE, 1])[1].tobytes()
    scan = buffer[buffer.rindex(b"\xff\xda") : -2]
    camera.answers += [(200, {}, buffer[:-2] + scan * 100 + buffer[-2:])] * 1000
    with pytest.raises(SourceError, match="too many scans"):
        source.read()
    camera.answers.clear()
    source.close()
    source = opened(camera.address)
    source.read()
    in_no_time(source)
    source._decoder = av.CodecContext.create("mjpeg", "r")
    source._decoder.options = {"max_pixels": "100"}
    with pytest.raises(SourceError, match="cannot be decoded"):
        source.read()
    source.close()


def test_a_camera_that_falls_silent(camera, monkeypatch):
    source = opened(camera.address)
    source.read()
    source._patience = 0.3
    done = threading.Event()
    camera.next_jpeg = lambda: done.wait(600) and b""
    with pytest.raises(SourceError, match=r"no answer for 0\.3 s"):
        source.read()
    done.set()
    source.close()


def test_closing_breaks_off_what_is_waited_for(camera):
    source = opened(camera.address, patience=600)
    source.read()
    reached, done = threading.Event(), threading.Event()

    def never():
        reached.set()
        done.wait(600)
        return b""

    camera.next_jpeg = never
    ended = []

    def read():
        with pytest.raises(SourceError):
            source.read()
        ended.append(True)

    thread = threading.Thread(target=read)
    thread.start()
    assert reached.wait(PATIENT)
    source.close()
    thread.join(PATIENT)
    assert ended
    done.set()


def test_passwords_as_digest_and_in_clear(camera, number_of):
    """RFC 7616 with MD5, counted here by its own formula; the password itself is not sent."""

    def right(request):
        words = dict(re.findall(r'(\w+)="?([^",]+)', request.headers.get("Authorization") or ""))
        if not words:
            return False

        def md5(text):
            return hashlib.md5(text.encode()).hexdigest()  # noqa: S324

        middle = f"{words['nonce']}:{words['nc']}:{words['cnonce']}:auth"
        expected = md5(f"{md5('admin:door:p@ss/w:rd')}:{middle}:{md5('GET:' + request.path)}")
        counts.append(words["nc"])
        return words["response"] == expected

    counts = []
    camera.challenge = {"WWW-Authenticate": 'Digest realm="door", nonce="abc", qop="auth"'}
    camera.allowed = right
    address = f"http://admin:p%40ss%2Fw%3Ard@{camera.place}/snapshot.jpg?user=none"
    source = opened(address)
    assert isinstance(source, SnapshotSource)
    del counts[:]
    source.read()
    source.read()
    source.close()
    assert len(set(counts)) == len(counts) > 0  # a used one would be a replay
    assert "ss" not in source.description

    camera.challenge = {"WWW-Authenticate": 'Basic realm="door"'}
    camera.allowed = lambda request: (
        request.headers.get("Authorization") == "Basic YWRtaW46cEBzcy93OnJk"
    )
    source = opened(address)
    source.read()
    camera.allowed = lambda request: False
    with pytest.raises(SourceError, match="password is wrong") as caught:
        source.read()
    assert "ss/w" not in str(caught.value)
    assert "none" not in str(caught.value)
    source.close()


def test_other_hosts_get_no_password(camera, in_no_time):
    source = opened(camera.address)
    source.read()
    camera.answers.append((302, {"Location": "/moved.jpg"}, b""))
    source.read()
    assert camera.asked[-1][0] == "/moved.jpg"
    with socket.create_server(("127.0.0.1", 0)) as other:
        place = f"http://localhost:{other.getsockname()[1]}/"
        camera.answers += [(302, {"Location": place}, b"")] * 1000
        in_no_time(source)
        with pytest.raises(SourceError, match="answers 302"):
            source.read()
        other.setblocking(False)
        with pytest.raises(BlockingIOError):  # nobody has come
            other.accept()
    source.close()


def test_a_lost_camera_is_opened_again(camera, watch, wait_until):
    view = watch(lambda: opened(camera.address))
    wait_until(lambda: view.status().frame_number > 2)
    camera.answers += [(404, {}, b"")]
    wait_until(lambda: view.status().reconnects >= 1)
    number = view.status().frame_number

    def goes_on():
        view.wait_frame(0, 0.1)
        return view.status().frame_number > number

    wait_until(goes_on)

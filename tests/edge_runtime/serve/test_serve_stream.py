"""The stream: in step, newest first, for a bounded number of viewers, whatever one of them does."""

import contextlib
import io
import itertools
import re
import socket

import numpy as np
import pytest
from PIL import Image

from edge_runtime.serve import connection
from edge_runtime.serve.limits import Limits

HEAD = re.compile(
    rb"--tintlite-frame\r\nContent-Type: image/jpeg\r\nContent-Length: (\d+)\r\n"
    rb"X-Frame: (\d+)\r\nX-Frame-Size: (\d+)x(\d+)\r\n\r\n"
)
REQUEST = b"GET /stream?layout=%s HTTP/1.1\r\nHost: localhost\r\n\r\n"


def parts(pieces, count):
    """The next parts of a stream: (number, (width, height), pixels).

    The iterator is the caller's: when it is dropped, the response is closed.
    """
    data = b""
    found = []
    while len(found) < count:
        while not (head := HEAD.search(data)) or len(data) < head.end() + int(head[1]):
            data += next(pieces)
        length, number, *size = map(int, head.groups())
        jpeg = data[head.end() : head.end() + length]
        data = data[head.end() + length :]
        found.append((number, tuple(size), np.asarray(Image.open(io.BytesIO(jpeg)))))
    return found


def test_both_halves_are_of_the_same_frame(running, number_in):
    with running.http.stream("GET", "/stream", params={"layout": "both"}) as response:
        assert response.headers["content-type"].startswith("multipart/x-mixed-replace")
        found = parts(response.iter_raw(), 6)
    numbers = [number for number, _, _ in found]
    assert numbers == sorted(set(numbers))
    shown = []
    for _, size, pixels in found:
        assert size == (96, 64)
        before, after = pixels[:64].astype(int), pixels[-64:].astype(int)
        assert np.ptp(before, axis=-1).max() <= 2  # up to the last row
        assert np.ptp(after, axis=-1).max() > 20
        assert number_in(before) == number_in(after)
        shown.append(number_in(before))
    assert shown == sorted(set(shown))  # it moves


def test_one_half_alone(running):
    for layout, colourful in (("before", False), ("after", True)):
        with running.http.stream("GET", "/stream", params={"layout": layout}) as response:
            ((_, size, pixels),) = parts(response.iter_raw(), 1)
        assert size == (96, 64)
        assert pixels.shape == (64, 96, 3)
        assert bool(np.ptp(pixels.astype(int), axis=-1).max() > 20) is colourful


def test_another_layout_is_refused(running):
    response = running.http.get("/stream", params={"layout": "upside-down"})
    assert response.status_code == 422
    assert "layout" in response.json()["error"]


def test_odd_sizes_are_cut_apart_rightly_and_large_ones_shrunk(start_anew, camera, number_in):
    for width, height in ((97, 61), (1921, 351)):
        server = start_anew(camera(width=width, height=height))
        with server.http.stream("GET", "/stream", params={"layout": "both"}) as response:
            ((_, (w, h), pixels),) = parts(response.iter_raw(), 1)
        assert max(w, h) <= 1280
        assert abs(w / h - width / height) < 0.02 * width / height
        assert pixels.shape[1] == w
        assert number_in(pixels[:h]) == number_in(pixels[-h:]) > 0


def test_places_for_viewers_are_bounded_and_given_back(start_anew, camera, wait_until):
    server = start_anew(camera(), limits=Limits(viewers=2))

    def watching():
        return server.http.get("/api/status").json()["viewers"]

    with server.http.stream("GET", "/stream") as one, server.http.stream("GET", "/stream") as two:
        watched = [one.iter_raw(), two.iter_raw()]
        assert all(parts(pieces, 1) for pieces in watched)
        third = server.http.get("/stream")
        assert third.status_code == 503
        assert "2 places" in third.json()["error"]
        assert third.headers["retry-after"]
        assert watching() == 2
    wait_until(lambda: watching() == 0)
    with server.http.stream("GET", "/stream") as again:
        assert parts(again.iter_raw(), 1)


@pytest.fixture
def patient(monkeypatch):
    """However long a busy machine takes, it is not held against anybody's connection."""
    monkeypatch.setattr(connection, "PATIENCE_SECONDS", 600.0)


def test_who_does_not_read_is_cut_off_and_the_others_go_on(start_anew, camera, patient, wait_until):
    server = start_anew(camera(width=640, height=480, noise=True), limits=Limits(viewers=2))
    with socket.create_connection(("127.0.0.1", server.port)) as slow:

        def waited_for():
            """The connection of the slow one, once the server waits for it to read."""
            peers = list(server.server.server_state.connections)
            return [
                one
                for one in peers
                if one.client == slow.getsockname() and one._room_deadline is not None
            ]

        slow.sendall(REQUEST % b"both")
        wait_until(waited_for)
        with server.http.stream("GET", "/stream") as response:
            pieces = response.iter_raw()
            first, *_, last = parts(pieces, 10)
            assert last[0] > first[0]
            assert server.server.desk.feed.viewers == 2
            (peer,) = waited_for()
            peer.loop.call_soon_threadsafe(peer._room_deadline._run)  # its time is up
            wait_until(lambda: server.server.desk.feed.viewers == 1)
            assert parts(pieces, 10)
        # The slow one's place is free again, though it has not closed its connection.
        wait_until(lambda: server.server.desk.feed.viewers == 0)
        wait_until(lambda: not server.server.server_state.connections)


def test_a_reader_who_pauses_goes_on_with_the_newest(start_anew, camera, patient, wait_until):
    server = start_anew(camera(width=320, height=240, noise=True))
    with socket.socket() as slow:
        slow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 16 * 1024)
        slow.connect(("127.0.0.1", server.port))
        slow.sendall(REQUEST % b"both")
        wait_until(lambda: server.server.desk.feed.viewers == 1)
        newest = server.server.desk.view.status
        begin = newest().frame_number
        wait_until(lambda: newest().frame_number > begin + 40)
        # What lay in the buffers, then what is new: nothing of the forty between is kept for it.
        numbers = []
        data = b""
        while len(numbers) < 8:
            data += slow.recv(65536)
            numbers = [int(number) for number in re.findall(rb"X-Frame: (\d+)", data)]
    assert max(after - before for before, after in itertools.pairwise(numbers)) > 20
    assert len(numbers) < 12


def test_a_head_that_never_ends_is_cut_off(running, monkeypatch):
    monkeypatch.setattr(connection, "PATIENCE_SECONDS", 0.5)
    for begin in (b"", b"GET / HTTP/1.1\r\nHost: local"):
        with socket.create_connection(("127.0.0.1", running.port), timeout=60) as slow:
            slow.sendall(begin)
            with contextlib.suppress(ConnectionResetError):
                assert slow.recv(1000) == b""  # within a minute, or the socket says so


def test_the_stream_ends_with_the_film(start_anew, camera, number_in):
    server = start_anew(camera(frames=5))
    with server.http.stream("GET", "/stream", params={"layout": "before"}) as response:
        data = b"".join(response.iter_raw())
    assert data.endswith(b"--tintlite-frame\r\n")
    assert len(HEAD.findall(data)) >= 1
    # Who comes later still sees the last picture.
    late = server.http.get("/stream", params={"layout": "before"})
    assert len(HEAD.findall(late.content)) == 1


def test_a_lost_camera_is_shown_and_comes_back(start_anew, camera, wait_until):
    cameras = []

    def open_camera():
        if cameras and not allowed:
            raise OSError("busy")
        cameras.append(camera()())
        return cameras[-1]

    allowed = []
    server = start_anew(open_camera)

    def live():
        return server.http.get("/api/status").json()["live"]

    with server.http.stream("GET", "/stream") as response:
        pieces = response.iter_raw()
        parts(pieces, 2)
        cameras[0].pulled.set()
        wait_until(lambda: live()["state"] == "reopening")
        assert live()["message"]
        allowed.append(True)
        wait_until(lambda: live()["state"] == "running" and live()["reconnects"] == 1)
        assert parts(pieces, 2)  # the same stream


def test_it_stops_soon_with_streams_open(start_anew, camera):
    server = start_anew(camera())
    server.server.config.timeout_graceful_shutdown = 600  # streams that go on would hold it
    with server.http.stream("GET", "/stream") as response:
        pieces = response.iter_raw()
        parts(pieces, 1)
        server.server.stop()
        server.thread.join(60)
        assert not server.thread.is_alive()
        for _ in pieces:  # it ends, it is not cut
            pass

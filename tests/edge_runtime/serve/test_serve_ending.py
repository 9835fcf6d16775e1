"""SIGTERM ends the server in every state: what nothing can break off is left behind."""

import os
import re
import signal
import socket
import subprocess
import sys
import threading
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import av
import httpx
import numpy as np
import pytest

from edge_runtime.live import herald, live_view
from edge_runtime.serve import server

ROOT = Path(__file__).parents[3]
PATIENT = 120

# `tintlite` where something never comes to its end; it tells when it is reached.
_START = """
import sys, time
def endless(*arguments, **options):
    print("reached", flush=True)
    while True:
        time.sleep(3600)
{}
from edge_runtime.cli import main
sys.exit(main(sys.argv[1:]))
"""


@pytest.fixture
def film(tmp_path):
    """A film of 30 grey frames."""
    path = tmp_path / "film.mp4"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=30)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        for level in range(30):
            grey = np.full((48, 64, 3), 4 * level + 60, np.uint8)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(grey, format="rgb24")))
        container.mux(stream.encode(None))
    return path


@pytest.fixture
def tintlite(tmp_path, tiny_model):
    """Starts the command with some code before it, and waits for its page: (process, http)."""
    with ExitStack() as ending:

        def start(*words, code=""):
            command = [sys.executable, "-c", _START.format(code), *map(str, words)]
            command += ["--model", str(tiny_model), "--threads", "1", "--port", "0"]
            process = subprocess.Popen(
                command,
                cwd=tmp_path,
                env=os.environ | {"PYTHONPATH": str(ROOT), "TMPDIR": str(tmp_path)},
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
            )
            ending.callback(process.communicate)
            ending.callback(process.kill)
            url = re.search(r"http://127\.0\.0\.1:\d+", process.stdout.readline())[0]
            http = httpx.Client(base_url=url, timeout=PATIENT, trust_env=False, verify=False)  # noqa: S501
            return process, ending.enter_context(http)

        yield start


def children_of(process):
    """The processes that one has started."""
    tasks = Path(f"/proc/{process.pid}/task").glob("*/children")
    return [int(number) for task in tasks for number in task.read_text().split()]


@contextmanager
def beside(work):
    """Do something in a thread that may fail, as it does when the server goes."""

    def do():
        with suppress(httpx.HTTPError):
            work()

    thread = threading.Thread(target=do)
    thread.start()
    yield
    thread.join(PATIENT)
    assert not thread.is_alive()


def ends(process, wait_until):
    """Tell it to end, and see that it does, and nothing of it stays."""
    workers = children_of(process)
    process.send_signal(signal.SIGTERM)
    _, err = process.communicate(timeout=PATIENT)
    assert (process.returncode, err) == (0, "")
    wait_until(lambda: not any(Path(f"/proc/{number}").exists() for number in workers))


def reached(process):
    assert process.stdout.readline() == "reached\n"


def test_the_times_are_below_three_seconds():
    # Uvicorn looks every tenth of a second, and gives what closes another one.
    assert 0.2 + server._ENDING_SECONDS < server._LAST_SECONDS < 3
    # Without a page: nothing else is waited for.
    assert herald._STOP_SECONDS + live_view._STOP_SECONDS < 3


def test_nobody_is_there(tintlite, film, wait_until):
    process, http = tintlite("serve", "--no-open", "film.mp4", "--loop")
    assert http.get("/healthz").status_code == 200
    ends(process, wait_until)


@pytest.mark.parametrize("at", ["decoded", "coloured"])
def test_a_photo_is_at_work(tintlite, file_of, grey, wait_until, at):
    function = {"decoded": "read_open_picture", "coloured": "open_photo"}[at]
    code = f"""
from edge_runtime import worker
endless = "lambda *a, **k: __import__('time').sleep(1e6)"
worker._START = worker._START.replace(
    " from importlib", " from edge_runtime.serve import open_photo; open_photo.{function} = "
    + endless + "; from importlib"
)
"""
    process, http = tintlite("serve", "--no-open", code=code)
    with beside(lambda: http.post("/api/photos", content=file_of(grey))):
        wait_until(lambda: http.get("/api/status").json()["photos"] == 1)
        ends(process, wait_until)


def test_suggestions_are_made(tintlite, file_of, grey, wait_until):
    """In a thread of the server, which nothing can break off."""
    code = "from edge_runtime.serve import photo_routes\nphoto_routes.suggested_hints = endless"
    process, http = tintlite("serve", "--no-open", code=code)
    id = http.post("/api/photos", content=file_of(grey)).json()["id"]
    with beside(lambda: http.get(f"/api/photos/{id}/suggestions")):
        reached(process)
        ends(process, wait_until)


def test_senders_are_slow(tintlite, wait_until):
    process, http = tintlite("serve", "--no-open")
    place = (http.base_url.host, http.base_url.port)
    with ExitStack() as senders:
        for kind in ("multipart/form-data; boundary=x", "image/png"):
            peer = senders.enter_context(socket.create_connection(place))
            head = f"POST /api/photos HTTP/1.1\r\nHost: localhost\r\nContent-Type: {kind}\r\n"
            peer.sendall(f"{head}Content-Length: 1000\r\n\r\n--x\r\n".encode())
        silent = senders.enter_context(socket.create_connection(place))
        silent.sendall(b"GET / HT")
        wait_until(lambda: http.get("/api/status").json()["photos"] == 2)
        ends(process, wait_until)


def test_a_film_is_coloured(tintlite, film, tmp_path, wait_until):
    code = "from edge_runtime import worker\n" + (
        "worker._START = worker._START.replace(' from importlib', ' import time;"
        " from edge_runtime.serve import film_process;"
        " film_process.colorize_video = lambda *a, **k: time.sleep(1e6); from importlib')"
    )
    process, http = tintlite("serve", "--no-open", code=code)
    sent = http.post("/api/films", content=film.read_bytes()).json()
    assert http.get(f"/api/films/{sent['id']}").json()["state"] == "running"
    assert list(tmp_path.glob("tintlite-film-*"))
    ends(process, wait_until)
    assert not list(tmp_path.glob("tintlite-film-*"))


def test_a_film_is_being_sent(tintlite, tmp_path, wait_until):
    process, http = tintlite("serve", "--no-open")
    with socket.create_connection((http.base_url.host, http.base_url.port)) as peer:
        head = "POST /api/films?name=a.mp4 HTTP/1.1\r\nHost: localhost\r\n"
        peer.sendall(f"{head}Content-Length: 1000\r\n\r\nbegin".encode())
        wait_until(lambda: list(tmp_path.glob("tintlite-film-*")))
        ends(process, wait_until)
    assert not list(tmp_path.glob("tintlite-film-*"))


def test_three_watch_and_one_of_them_does_not_read(tintlite, film, wait_until):
    process, http = tintlite("camera", "--display", "web", "film.mp4", "--loop")
    with ExitStack() as watching:
        streams = []
        for _ in range(2):
            response = watching.enter_context(http.stream("GET", "/stream"))
            streams.append(response.iter_raw())  # when it is dropped, the response is closed
            next(streams[-1])
        peer = (http.base_url.host, http.base_url.port)
        slow = watching.enter_context(socket.create_connection(peer))
        slow.sendall(b"GET /stream HTTP/1.1\r\nHost: localhost\r\n\r\n")
        wait_until(lambda: http.get("/api/status").json()["viewers"] == 3)
        ends(process, wait_until)


@pytest.mark.parametrize(
    ("code", "ask"),
    [
        (
            "from edge_runtime.serve import app; app.still_picture = endless",
            lambda http: http.get("/api/still"),
        ),
        (
            "from edge_runtime.live.live_view import LiveView; LiveView.configure = endless",
            lambda http: http.post("/api/settings", json={"threads": 2}),
        ),
    ],
    ids=["still", "settings"],
)
def test_the_live_view_is_asked_for_what_never_ends(tintlite, film, wait_until, code, ask):
    process, http = tintlite("serve", "--no-open", "film.mp4", "--loop", code=code)
    with beside(lambda: ask(http)):
        reached(process)
        ends(process, wait_until)


@pytest.mark.parametrize(
    ("words", "lost"),
    [
        (("serve", "--no-open"), "raise SourceError('gone')"),
        (("camera", "--display", "web"), "time.sleep(1e6)"),
    ],
    ids=["lost", "hangs"],
)
def test_the_camera_is_lost(tintlite, wait_until, words, lost):
    """It is gone, or its driver hangs, first in reading and then in opening."""
    code = f"""
import numpy as np
from edge_runtime.live import make_view
from edge_runtime.live.source import SourceError
opened = []
class Camera:
    description, live = "camera", True
    def __init__(self):
        self.frames = 0
        if opened:
            {lost}
        opened.append(1)
    def read(self):
        self.frames += 1
        if self.frames > 5:
            {lost}
        time.sleep(0.02)
        return np.full((48, 64), 30 * self.frames, np.uint8)
    def close(self):
        pass
make_view.open_source = lambda *a, **k: Camera()
"""
    process, http = tintlite(*words, "0", "--patience", "1", code=code)
    wait_until(lambda: http.get("/api/status").json()["live"]["state"] == "reopening")
    process.send_signal(signal.SIGTERM)
    assert process.wait(PATIENT) == 0

"""Photos that take for ever: they are ended, and nobody else waits for them."""

import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from edge_runtime import worker
from edge_runtime.serve import server, workshop
from edge_runtime.serve.limits import Limits

# A worker whose decoder never comes back from one photo, and breaks at another.
_START = """
import json, os, sys, time
sys.path[:] = json.loads(sys.argv[1])
from edge_runtime.serve import open_photo, worker_process
read = open_photo.read_open_picture
def read_some(file, path):
    if path.name == "endless.png":
        time.sleep(1e6)
    if path.name == "breaks.png":
        os._exit(3)
    return read(file, path)
open_photo.read_open_picture = read_some
worker_process.main()
"""


@pytest.fixture
def workshops(start_anew, monkeypatch):
    """Starts servers with such workers."""
    monkeypatch.setattr(worker, "_START", _START)
    monkeypatch.setattr(server, "usable_cores", lambda: 2)
    return lambda: start_anew(limits=Limits(photo_seconds=1e6))


def open_photo(running, name, data):
    return running.http.post("/api/photos", files={"picture": (name, data)})


def places_taken(running) -> int:
    return len(running.server.desk.workshop._busy)


def test_one_that_takes_for_ever_keeps_nobody_waiting(workshops, grey, file_of, wait_until):
    running = workshops()
    data = file_of(grey)
    with ThreadPoolExecutor(1) as beside:
        endless = beside.submit(open_photo, running, "endless.png", data)
        wait_until(lambda: places_taken(running) == 1)
        for _ in range(10):
            assert open_photo(running, "honest.png", data).status_code == 200
        assert not endless.done()
        # A decoder that breaks takes nobody along.
        broken = open_photo(running, "breaks.png", data)
        assert (broken.status_code, broken.json()["error"]) == (
            422,
            "breaks.png: cannot be decoded: the decoder broke off",
        )
        assert open_photo(running, "honest.png", data).status_code == 200
        # The server ends all the same.
        running.server.stop()
        running.thread.join(60)
        assert not running.thread.is_alive()
        assert isinstance(endless.exception(60), httpx.HTTPError | None)


def test_what_takes_too_long_is_given_up(workshops, grey, file_of):
    running = workshops()
    running.server.desk.workshop._seconds = 0.5
    answer = open_photo(running, "endless.png", file_of(grey))
    assert answer.status_code == 422
    assert answer.json()["error"] == "endless.png: takes longer than 0.5 s, and was given up"
    assert places_taken(running) == 0


def test_what_nobody_waits_for_is_ended(workshops, grey, file_of, wait_until):
    running = workshops()
    data = file_of(grey)
    for _ in range(2):
        with pytest.raises(httpx.ReadTimeout):
            httpx.post(
                f"{running.url}/api/photos",
                files={"picture": ("endless.png", data)},
                timeout=httpx.Timeout(60, read=0.5),
                trust_env=False,
            )
    wait_until(lambda: places_taken(running) == 0)
    wait_until(lambda: running.http.get("/api/status").json()["photos"] == 0)
    assert open_photo(running, "honest.png", data).status_code == 200


def test_a_worker_that_nobody_needs_is_ended(workshops, grey, file_of, wait_until, monkeypatch):
    monkeypatch.setattr(workshop, "IDLE_SECONDS", 0)
    running = workshops()
    wait_until(lambda: not running.server.desk.workshop._idle)
    assert open_photo(running, "honest.png", file_of(grey)).status_code == 200
    names = [thread.name for thread in threading.enumerate()]
    assert not any("worker" in name for name in names)


def test_workers_start_without_the_server_s_libraries():
    workers = "edge_runtime.serve.film_process", "edge_runtime.serve.worker_process"
    code = f"import sys, {', '.join(workers)}; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    names = set(done.stdout.split())
    assert names >= set(workers)
    assert not names & {"fastapi", "uvicorn"}

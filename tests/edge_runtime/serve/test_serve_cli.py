"""`tintlite serve` as a process: its one line, its end, and what it refuses to begin with."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest

from edge_runtime.cli import page, serve
from edge_runtime.cli.main import main

ROOT = Path(__file__).parents[3]
PATIENT = 120


@pytest.fixture
def tintlite(tmp_path, tiny_model):
    """Starts `tintlite serve` with the tiny model; what still runs at the end is killed."""
    started = []

    def start(*arguments, model=tiny_model):
        command = [sys.executable, "-m", "edge_runtime", "serve", *map(str, arguments)]
        process = subprocess.Popen(
            [*command, "--model", str(model), "--threads", "1", "--no-open"],
            cwd=tmp_path,
            env=os.environ | {"PYTHONPATH": str(ROOT)},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()


@pytest.fixture
def fails(tmp_path, tiny_model, monkeypatch, capfd):
    """Runs the command in this process: it ends with one line."""

    def run(*arguments, words, model=tiny_model):
        monkeypatch.chdir(tmp_path)
        options = ["--model", str(model), "--threads", "1", "--no-open"]
        assert main(["serve", *map(str, arguments), *options]) == 1
        out, err = capfd.readouterr()
        assert out == ""
        assert re.fullmatch(r"tintlite: [^\n]*\n", err), err
        assert words in err

    return run


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_serves_until_a_signal(tintlite, number):
    process = tintlite("--port", "0")
    line = process.stdout.readline()
    url = re.search(r"http://127\.0\.0\.1:\d+/", line)[0]
    with httpx.Client(base_url=url, timeout=PATIENT, trust_env=False, verify=False) as http:  # noqa: S501
        assert http.get("/api/status").json()["models"][-1] == "tiny.tflite"
    begin = time.monotonic()
    process.send_signal(number)
    out, err = process.communicate(timeout=PATIENT)
    assert (process.returncode, out, err) == (0, "", "")
    assert time.monotonic() - begin < 60


@pytest.mark.slow  # what it does is tested in this process too
def test_other_machines_are_asked_for_a_token(tintlite):
    process = tintlite("--host", "0.0.0.0", "--port", "0")  # noqa: S104
    line = process.stdout.readline()
    token = re.search(r":(\d+)/\?token=([\w-]{20,}) ", line)
    url = f"http://127.0.0.1:{token[1]}/api/status"
    with httpx.Client(timeout=PATIENT, trust_env=False, verify=False) as http:  # noqa: S501
        assert http.get(url).status_code == 401
        assert http.get(url, params={"token": token[2]}).status_code == 200


def test_a_port_in_use(fails):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        fails("--port", taken.getsockname()[1], words="Address already in use")


def test_a_source_that_is_none(fails, tmp_path):
    (tmp_path / "letter.mp4").write_text("Dear Sir,")
    fails("letter.mp4", "--port", "0", words="letter.mp4: ")


def test_a_model_that_is_none(fails):
    fails("--port", "0", model="gone.tflite", words="gone.tflite: no such model file")


@pytest.mark.parametrize(
    ("environment", "platform", "screen"),
    [
        ({"DISPLAY": ":0"}, "linux", True),
        ({"WAYLAND_DISPLAY": "wayland-0"}, "linux", True),
        ({}, "linux", False),
        ({}, "darwin", True),
        ({}, "win32", True),
        ({"DISPLAY": "localhost:10.0", "SSH_CONNECTION": "a b c d"}, "linux", False),
        ({"DISPLAY": ":0", "INVOCATION_ID": "of systemd"}, "linux", False),
    ],
)
def test_where_there_is_a_screen(environment, platform, screen):
    assert serve.has_screen(environment, platform) is screen


@pytest.mark.parametrize(
    ("options", "opens"),
    [((), True), (("--no-open",), False), (("--token", "a-token-for-tests"), False)],
)
def test_the_browser_is_opened_where_there_is_a_screen(monkeypatch, tiny_model, options, opens):
    opened = []
    monkeypatch.setattr(serve, "open_page", opened.append)

    class Page:
        accelerator = None

        def __init__(self, listener, view, *, on_ready, **settings):
            self.serve_page = on_ready

    monkeypatch.setattr("edge_runtime.serve.server.PageServer", Page)
    assert main(["serve", "--port", "0", "--model", str(tiny_model), *options]) == 0
    assert bool(opened) is opens
    assert all(url.startswith("http://127.0.0.1:") for url in opened)


def test_it_ends_when_nobody_asks_any_more(tintlite):
    process = tintlite("--port", "0", "--idle", "0.1")
    assert "the page is at" in process.stdout.readline()
    out, err = process.communicate(timeout=PATIENT)
    assert (process.returncode, out, err) == (0, "", "")


def test_the_page_by_a_click(monkeypatch):
    """The first time it serves, and afterwards it opens what is there; without any streams."""
    opened, commands = [], []
    monkeypatch.setattr(page.webbrowser, "open", lambda url: bool(opened.append(url)) or True)
    monkeypatch.setattr(page, "run_command", lambda words: commands.append(words) or 0)
    monkeypatch.setattr(sys, "stdout", None)
    monkeypatch.setattr(sys, "stderr", None)
    with socket.create_server(("127.0.0.1", 0)) as free:
        monkeypatch.setattr(page, "PORT", free.getsockname()[1])
    assert page.main() == 0
    assert commands == [["serve", "--port", str(page.PORT), "--idle", "60"]]
    assert sys.stdout.write("nowhere") == 7
    sys.stdout.close()
    sys.stderr.close()
    assert opened == []


def test_the_page_by_another_click(monkeypatch, start):
    opened = []
    monkeypatch.setattr(page.webbrowser, "open", lambda url: bool(opened.append(url)) or True)
    running = start()
    monkeypatch.setattr(page, "PORT", running.port)
    assert page.main() == 0
    assert opened == [f"{running.url}/"]

"""`tintlite camera` as a person runs it."""

import os
import signal
import socket
import subprocess
import sys
import threading
from pathlib import Path
from types import SimpleNamespace

import av
import cv2
import pytest

from edge_runtime.cli import camera, main
from edge_runtime.live import make_view, window
from edge_runtime.live.herald import Herald
from edge_runtime.live.open_source import open_source
from edge_runtime.live.source import SourceError

ROOT = Path(__file__).parents[3]


def lines(text):
    return text.strip().splitlines()


@pytest.fixture
def run(capsys, tiny_model):
    """Runs `tintlite camera`: (code, standard output, standard error)."""

    def start(*arguments):
        command = ["camera", *map(str, arguments), "--model", str(tiny_model), "--threads", "1"]
        code = main(command)
        out, err = capsys.readouterr()
        return code, out, err

    return start


def test_a_film_to_its_end(run, film, tmp_path):
    code, out, err = run(film, "--display", "none", "--record", tmp_path / "live.mp4")
    assert (code, err) == (0, "")
    assert lines(out)[-1].startswith(f"recorded {tmp_path / 'live.mp4'}: ")
    with av.open(str(tmp_path / "live.mp4")) as container:
        frames = list(container.decode(video=0))
    assert frames[-1].time == pytest.approx(29 / 30, abs=0.5)
    rgb = frames[-1].to_ndarray(format="rgb24").astype(int)
    assert (rgb[30:, 40:, 0] - rgb[30:, 40:, 2]).mean() > 10  # bright is warm in this network


@pytest.mark.parametrize(
    ("source", "why"),
    [
        ("/dev/video987", "/dev/video987: no such camera"),
        ("missing.mp4", "missing.mp4: no such file or camera"),
        ("gst:videotestsrc", "this OpenCV is built without GStreamer"),
        ("picamera", "picamera2 is not installed"),
        ("http://127.0.0.1:1/", "http://127.0.0.1:1/: connection refused"),
        ("", "the name of the source is empty"),
    ],
)
@pytest.mark.parametrize("display", ["none", "web"])
def test_sources_that_do_not_open(run, tmp_path, monkeypatch, source, why, display):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setitem(sys.modules, "picamera2", None)
    monkeypatch.setattr(cv2.videoio_registry, "hasBackend", lambda backend: False)
    shown = ("--display", display, *(("--port", "0") if display == "web" else ()))
    code, out, err = run(source, *shown, "--record", "live.mp4")
    assert code == 1
    assert out == ""
    assert err.startswith(f"tintlite: {why}")
    assert err.count("\n") == 1
    assert not list(tmp_path.iterdir())


def test_wrong_usage(run, film, tmp_path):
    for wrong in (
        ("--display", "hologram"),
        ("--smoothing", "2"),
        ("--saturation", "-1"),
        ("--retries", "-1"),
        ("--fps", "0"),
        ("--port", "99999"),
        ("--accelerator", "gpu", "--delegate", "lib.so"),
    ):
        code, out, err = run(film, *wrong)
        assert (code, out) == (2, "")
        assert len(lines(err)) == 1


def test_what_can_be_known_is_told_before_the_camera_starts(run, film, tmp_path):
    (tmp_path / "old.mp4").write_bytes(b"old")
    for wrong, why in (
        (("--record", tmp_path / "old.mp4"), "exists already"),
        (("--record", tmp_path / "live.gif"), "ends with one of"),
        (("--record", tmp_path / "no folder" / "live.mp4"), "No such file"),
    ):
        code, out, err = run(film, "--display", "none", *wrong)
        assert (code, out) == (1, "")
        assert why in err
        assert len(lines(err)) == 1
    assert (tmp_path / "old.mp4").read_bytes() == b"old"


def test_the_window_of_a_headless_opencv(run, film, monkeypatch):
    monkeypatch.setattr(cv2, "getBuildInformation", lambda: "\n  GUI:              NONE\n")
    code, out, err = run(film, "--display", "window")
    assert (code, out) == (1, "")
    assert "headless" in err
    assert "--display web" in err


def test_a_window_without_a_screen(run, film, monkeypatch):
    monkeypatch.setattr(cv2, "getBuildInformation", lambda: "\n  GUI:              QT5\n")
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    code, _, err = run(film, "--display", "window")
    assert code == 1
    assert "there is no screen" in err


@pytest.mark.parametrize(("key", "open_"), [(ord("q"), 1.0), (27, 1.0), (-1, 0.0)])
def test_a_window(run, film, monkeypatch, key, open_):
    """OpenCV's windows, with a stand-in for the screen: shown as BGR, until q, Esc or closed."""
    shown = []
    monkeypatch.setattr(window, "check_window", lambda: None)
    monkeypatch.setattr(cv2, "namedWindow", lambda *arguments: None)
    monkeypatch.setattr(cv2, "imshow", lambda title, picture: shown.append(picture))
    monkeypatch.setattr(cv2, "waitKey", lambda wait: key if len(shown) > 2 else -1)
    monkeypatch.setattr(
        cv2, "getWindowProperty", lambda *arguments: open_ if len(shown) > 2 else 1.0
    )
    monkeypatch.setattr(cv2, "destroyAllWindows", lambda: shown.append(None))
    code, _, err = run(film, "--loop", "--display", "window")
    assert (code, err) == (0, "")
    assert shown.pop() is None
    assert len(shown) == 3
    blue, red = (shown[-1][30:, 40:, channel].astype(int) for channel in (0, 2))
    assert (red - blue).mean() > 10


def test_the_page_is_that_of_serve(run, film, monkeypatch, tmp_path):
    from edge_runtime.serve.server import PageServer

    seen = []

    def serve_page(server):
        desk, listener = server.desk, server._listener
        seen.append((desk.view.wait_frame(0, 60).colour.shape, listener.only_local, listener.token))
        raise KeyboardInterrupt

    monkeypatch.setattr(PageServer, "serve_page", serve_page)
    monkeypatch.setenv("TINTLITE_TOKEN", "a-token-for-tests")
    record = tmp_path / "shown.mp4"
    options = ("--loop", "--host", "0.0.0.0", "--port", "0", "--record", str(record))  # noqa: S104
    code, out, err = run(film, *options)
    assert (code, err) == (0, "")
    assert seen == [((48, 64, 3), False, "a-token-for-tests")]
    assert record.exists()
    assert f"recorded {record}: " in out


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=["ctrl-C", "SIGTERM"])
def test_ending_it_finishes_the_recording(tmp_path, film, tiny_model, number):
    command = [sys.executable, "-m", "edge_runtime", "camera", str(film), "--loop"]
    command += ["--display", "none", "--record", "live.mp4", "--model", str(tiny_model)]
    process = subprocess.Popen(
        command,
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert "64 x 48" in process.stdout.readline()  # the first line on how it is doing
        process.send_signal(number)
        out, err = process.communicate(timeout=300)
    finally:
        process.kill()
    assert (process.returncode, err) == (0, "")
    assert out.startswith("recorded live.mp4: ")
    assert [path.name for path in tmp_path.iterdir()] == ["live.mp4"]
    with av.open(str(tmp_path / "live.mp4")) as container:
        assert len(list(container.decode(video=0))) >= 1


def test_a_lost_camera_is_told_and_given_up(run, monkeypatch, fake_camera):
    openings = []

    def open_source(spec, **options):
        openings.append((spec, options))
        if len(openings) > 1:
            raise SourceError("fake camera: no such camera")
        return fake_camera(frames=20, fps=20)

    monkeypatch.setattr(make_view, "open_source", open_source)
    code, _, err = run("0", "--display", "none", "--width", "320", "--fps", "20", "--retries", "2")
    assert code == 1
    assert lines(err)[0].startswith("tintlite: fake camera: ")
    assert lines(err)[0].endswith(" (trying again)")
    assert lines(err)[-1] == "tintlite: fake camera: no such camera (given up after 2 retries)"
    assert len(openings) == 3
    asked = {"width": 320, "height": None, "fps": 20.0, "loop": False, "patience": 5.0}
    asked["transport"] = "auto"
    assert openings[0] == ("0", asked)


def test_a_comeback_is_told_however_short_the_loss(run, monkeypatch, fake_camera, film):
    cameras = iter([fake_camera(frames=20, fps=20)])
    monkeypatch.setattr(
        make_view,
        "open_source",
        lambda spec, **options: next(cameras, None) or open_source(str(film)),
    )
    code, _, err = run("0", "--display", "none")
    assert code == 0
    assert lines(err)[-1] == f"tintlite: {film}: is back"


@pytest.mark.skipif(not hasattr(socket, "AF_UNIX"), reason="systemd is Linux's")
def test_what_systemd_is_told(run, fake_camera, tmp_path, monkeypatch, wait_until):
    told = []

    def open_source(spec, **options):
        wait_until(lambda: "WATCHDOG=1" in told)  # alive before the first picture too
        assert "READY=1" not in told
        return fake_camera(fps=20)

    def listen():
        # Linux keeps ten messages, and no more, of who does not listen.
        while not told or told[-1] != "STOPPING=1":
            told.append(supervisor.recv(4096).decode())

    def look(view):
        wait_until(lambda: "READY=1" in told and told.count("WATCHDOG=1") >= 3)

    monkeypatch.setattr(make_view, "open_source", open_source)
    monkeypatch.setattr(camera, "_wait", look)
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as supervisor:
        supervisor.settimeout(60)
        supervisor.bind(str(tmp_path / "notify"))
        monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "notify"))
        monkeypatch.setenv("WATCHDOG_USEC", "400000")
        monkeypatch.delenv("WATCHDOG_PID", raising=False)
        listener = threading.Thread(target=listen)
        listener.start()
        assert run("0", "--display", "none")[0] == 0
        listener.join(60)
    assert told[-1] == "STOPPING=1"
    assert told.count("READY=1") == 1
    assert any(text.startswith("STATUS=") for text in told)


def test_systemd_is_told_twice_as_often_as_it_wants(monkeypatch):
    class Once(threading.Event):
        def wait(self, timeout=None):
            waits.append(timeout)
            self.set()

    waits = []
    status = SimpleNamespace(frame_number=0, state="waiting", message="", reconnects=0)
    view = SimpleNamespace(status=lambda: status, busy_seconds=lambda: 0.0)
    monkeypatch.delenv("NOTIFY_SOCKET", raising=False)
    monkeypatch.delenv("WATCHDOG_PID", raising=False)
    for wanted in ("400000", "60000000"):
        monkeypatch.setenv("WATCHDOG_USEC", wanted)
        herald = Herald(view, say=None, complain=None)
        herald._stopping = Once()
        herald._run()
    assert waits == [0.2, 1.0]


def test_the_commands_are_quick_to_load():
    """What `camera` imports when it runs must not slow down the others, nor the help."""
    code = "import edge_runtime.cli.app, sys; print(*sys.modules)"
    result = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    loaded = {name.split(".")[0] for name in result.stdout.split()}
    assert not loaded & {"av", "cv2", "fastapi", "uvicorn"}

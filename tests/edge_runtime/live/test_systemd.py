"""The sd_notify protocol, against real sockets."""

import os
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from edge_runtime.live.systemd import notify, watchdog_seconds

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="systemd is Linux's")


@pytest.fixture
def supervisor():
    """A bound datagram socket, as systemd's; call it with an address."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listener:
        listener.settimeout(30)

        def bind(address):
            listener.bind(address)
            return listener

        yield bind


def test_a_path(monkeypatch, tmp_path, supervisor):
    path = str(tmp_path / "notify")
    listener = supervisor(path)
    monkeypatch.setenv("NOTIFY_SOCKET", path)
    assert notify("READY=1\nSTATUS=läuft")
    assert notify("WATCHDOG=1")
    assert listener.recv(4096).decode() == "READY=1\nSTATUS=läuft"
    assert listener.recv(4096) == b"WATCHDOG=1"


def test_an_abstract_name(monkeypatch, supervisor):
    name = f"tintlite-test-{os.getpid()}"
    listener = supervisor(f"\0{name}")
    monkeypatch.setenv("NOTIFY_SOCKET", f"@{name}")
    assert notify("STOPPING=1")
    assert listener.recv(4096) == b"STOPPING=1"


@pytest.mark.parametrize(
    "address",
    ["", "relative/path", "vsock:2:1234", "/nowhere/notify", "@nobody-listens", "/" + "x" * 300],
)
def test_nobody_to_tell(monkeypatch, address):
    monkeypatch.setenv("NOTIFY_SOCKET", address)
    assert notify("READY=1") is False


def test_no_supervisor(monkeypatch):
    monkeypatch.delenv("NOTIFY_SOCKET", raising=False)
    assert notify("READY=1") is False


def test_a_path_that_is_no_socket(monkeypatch, tmp_path):
    (tmp_path / "file").touch()
    monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "file"))
    assert notify("READY=1") is False


def test_a_supervisor_that_does_not_listen_holds_nothing_up(monkeypatch, tmp_path, supervisor):
    path = str(tmp_path / "notify")
    supervisor(path)
    monkeypatch.setenv("NOTIFY_SOCKET", path)
    start = time.monotonic()
    # Linux keeps a few datagrams of a socket that nobody reads, and then the senders wait.
    answers = [notify("WATCHDOG=1") for _ in range(2000)]
    assert answers[0] is True
    assert answers[-1] is False
    assert time.monotonic() - start < 60


def test_odd_text(monkeypatch, tmp_path, supervisor):
    path = str(tmp_path / "notify")
    listener = supervisor(path)
    monkeypatch.setenv("NOTIFY_SOCKET", path)
    assert notify("STATUS=\udcff")
    assert listener.recv(4096) == b"STATUS=?"
    assert notify("STATUS=" + "x" * 10_000_000) is False  # larger than a datagram may be


def test_no_descriptor_is_left(monkeypatch, tmp_path, supervisor):
    path = str(tmp_path / "notify")
    supervisor(path)
    before = len(os.listdir("/proc/self/fd"))
    for address in (path, "/nowhere/notify"):
        monkeypatch.setenv("NOTIFY_SOCKET", address)
        for _ in range(50):
            notify("WATCHDOG=1")
    assert len(os.listdir("/proc/self/fd")) == before


@pytest.mark.parametrize(
    ("microseconds", "process", "seconds"),
    [
        ("30000000", None, 30.0),
        ("500000", "own", 0.5),
        ("30000000", "1", None),
        ("30000000", "x", None),
        ("0", None, None),
        ("-5", None, None),
        ("", None, None),
        ("30s", None, None),
        (None, None, None),
    ],
)
def test_watchdog_seconds(monkeypatch, microseconds, process, seconds):
    values = {"WATCHDOG_USEC": microseconds, "WATCHDOG_PID": process}
    for name, value in values.items():
        if value is None:
            monkeypatch.delenv(name, raising=False)
        else:
            monkeypatch.setenv(name, str(os.getpid()) if value == "own" else value)
    assert watchdog_seconds() == seconds


def test_the_unit_file_is_valid(tmp_path):
    """`systemd-analyze verify`, with the program that the unit starts standing in its place."""
    program = shutil.which("systemd-analyze")
    if program is None:
        pytest.skip("THE UNIT FILE WAS NOT CHECKED: there is no systemd-analyze")
    text = (Path(__file__).parents[3] / "docs/guide/tintlite-camera.service").read_text("utf-8")
    assert "ExecStart=/opt/tintlite/bin/tintlite serve" in text
    unit = tmp_path / "tintlite-camera.service"
    unit.write_text(text.replace("/opt/tintlite/bin/tintlite", "/bin/true"))
    result = subprocess.run(
        [program, "verify", str(unit)], capture_output=True, text=True, timeout=120
    )
    ours = [line for line in result.stderr.splitlines() if "tintlite" in line]
    assert (result.returncode, ours) == (0, []), result.stderr

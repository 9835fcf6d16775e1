"""The cameras of this machine, by names that stay; and links to them as sources."""

import os
import re

import pytest

from edge_runtime.cli.main import main
from edge_runtime.live import open_source as opening
from edge_runtime.live import opencv_source
from edge_runtime.live.list_cameras import FoundCamera, device_number, list_cameras
from edge_runtime.live.source import SourceError

LISTED = "edge_runtime.live.list_cameras.list_cameras"
WEBCAM = "usb-046d_HD_Webcam_C270-video-index0"


@pytest.fixture
def machine(tmp_path):
    """A webcam with a node for metadata beside it, and a grabber: (system, links)."""
    system, links = tmp_path / "sys", tmp_path / "v4l"
    for number, name in ((0, "HD Webcam C270"), (1, "HD Webcam C270"), (10, "Grabber")):
        (system / f"video{number}").mkdir(parents=True)
        (system / f"video{number}" / "name").write_text(f"{name}\n")
    for kind, link, number in (
        ("by-id", WEBCAM, 0),
        ("by-path", "port-1", 0),
        ("by-path", "port-2", 10),
    ):
        (links / kind).mkdir(parents=True, exist_ok=True)
        (links / kind / link).symlink_to(f"/dev/video{number}")
    return system, links


def problem_of(device):
    return {"/dev/video1": "not a camera, but another device of one"}.get(str(device), "")


def test_cameras_are_listed_by_names_that_stay(machine):
    system, links = machine
    assert list_cameras(system, links, problem_of) == [
        FoundCamera("/dev/video0", "HD Webcam C270", str(links / "by-id" / WEBCAM), ""),
        FoundCamera("/dev/video10", "Grabber", str(links / "by-path" / "port-2"), ""),
    ]
    assert list_cameras(system / "none", links / "none", problem_of) == []


def test_the_command_lists_them(machine, monkeypatch, capsys):
    monkeypatch.setattr(LISTED, lambda: list_cameras(*machine, lambda device: "busy"))
    assert main(["camera", "--list"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == f"/dev/video0  HD Webcam C270  {machine[1] / 'by-id' / WEBCAM}"
    assert lines[1] == "  busy"
    monkeypatch.setattr(LISTED, list)
    assert main(["camera", "--list"]) == 1
    assert capsys.readouterr().err == "tintlite: no USB or V4L2 camera was found\n"


def test_a_link_to_a_camera_is_one(machine, monkeypatch):
    link = machine[1] / "by-id" / WEBCAM
    opened = []
    monkeypatch.setattr(
        opencv_source, "open_device", lambda index, **options: opened.append((index, options))
    )
    opening.open_source(str(link), width=640)
    link.unlink()
    link.symlink_to("/dev/video3")  # after it was plugged in again
    opening.open_source(str(link))
    assert [index for index, _ in opened] == [0, 3]
    assert opened[0][1] == {"width": 640, "height": None, "fps": None, "name": str(link)}
    link.unlink()
    with pytest.raises(SourceError, match=re.escape(f"{link}: no such file or camera")):
        opening.open_source(str(link))


def test_other_paths_are_no_cameras(tmp_path):
    (tmp_path / "film.mp4").symlink_to("/dev/null")
    for path in (tmp_path / "film.mp4", tmp_path / "none", "/dev/null", "a\0b", "/dev/videos"):
        assert device_number(os.fspath(path)) is None

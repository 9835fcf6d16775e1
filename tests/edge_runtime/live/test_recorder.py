"""Recordings: what was shown, when it was shown, in a file that plays, whatever happens."""

import os
import subprocess
import sys
from pathlib import Path

import av
import numpy as np
import pytest

from edge_runtime.live.fragments import trim_fragments
from edge_runtime.live.live_view import LiveFrame
from edge_runtime.live.recorder import Recorder, RecordError
from edge_runtime.live.source import SourceError

ROOT = Path(__file__).parents[3]


class Script:
    """A view that shows given frames, one at each look, and then has ended."""

    def __init__(self, frames):
        self._frames = frames

    def wait_frame(self, after, timeout):
        return self._frames[after] if after < len(self._frames) else None

    def status(self):
        class Status:
            state = "ended"

        return Status


def frames_at(times, picture, size=(64, 48)):
    frames = []
    for index, at in enumerate(times):
        grey = picture(index, size[1], size[0])
        colour = np.stack([grey, grey, grey], axis=-1)
        frames.append(LiveFrame(index + 1, grey, colour, 1000 + at, 1000.1 + at))
    return frames


def record(frames, path, **options):
    recorder = Recorder(Script(frames), path, **options)
    recorder.start()
    recorder._thread.join(60)
    recorder.stop()
    return recorder


def play(path):
    """(times, pictures) of a film, and its duration, all in seconds."""
    with av.open(str(path)) as container:
        frames = list(container.decode(video=0))
        duration = (container.duration or 0) / 1e6
    pictures = [frame.to_ndarray(format="rgb24") for frame in frames]
    return [frame.time for frame in frames], pictures, duration


@pytest.mark.parametrize("ending", ["mp4", "m4v", "mov", "mkv", "webm"])
def test_a_recording_plays_with_the_times_of_its_frames(tmp_path, picture, number_of, ending):
    times = [0, 0.04, 0.05, 0.3, 0.31, 1.0, 3.5, 3.6]
    path = tmp_path / f"live.{ending}"
    recorder = record(frames_at(times, picture), path)
    assert recorder.problem == ""
    assert recorder.frames == len(times)
    assert recorder.seconds == pytest.approx(3.6)
    played, pictures, duration = play(path)
    np.testing.assert_allclose(played, times, atol=0.001)
    assert [number_of(shown[..., 1]) for shown in pictures] == list(range(len(times)))
    assert duration == pytest.approx(3.6, abs=0.2)
    assert [file.name for file in tmp_path.iterdir()] == [path.name]


def test_the_colours_are_kept_and_tagged(tmp_path, colorizer, picture):
    frames = []
    for index in range(5):
        grey = picture(0, 96, 128)
        frames.append(LiveFrame(index + 1, grey, colorizer.colorize(grey), index / 10, 0))
    record(frames, tmp_path / "live.mp4")
    with av.open(str(tmp_path / "live.mp4")) as container:
        context = container.streams.video[0].codec_context
        shown = next(container.decode(video=0))
        # ITU-T H.273: 1 is BT.709; FFmpeg: 1 is video range.
        assert (int(context.colorspace), int(context.color_primaries)) == (1, 1)
        assert (int(context.color_trc), int(context.color_range)) == (1, 1)
        # FFmpeg takes untagged matrices for BT.601; told, it gives back what went in.
        rgb = shown.to_ndarray(format="rgb24", src_colorspace="ITU709")
    difference = np.abs(rgb.astype(int) - frames[0].colour)
    assert difference[30:].mean() < 3


def test_key_frames_come_every_two_seconds(tmp_path, picture):
    path = tmp_path / "live.mp4"
    record(frames_at([i / 10 for i in range(100)], picture), path)
    with av.open(str(path)) as container:
        keys = [float(p.pts * p.time_base) for p in container.demux(video=0) if p.is_keyframe]
    np.testing.assert_allclose(keys, [0, 2, 4, 6, 8], atol=0.001)


@pytest.mark.parametrize("size", [(1, 1), (3, 5), (129, 97)])
def test_odd_sizes(tmp_path, size):
    width, height = size
    grey = np.full((height, width), 200, np.uint8)
    frames = [LiveFrame(i + 1, grey, np.dstack([grey] * 3), i / 10, 0) for i in range(3)]
    recorder = record(frames, tmp_path / "live.mp4")
    assert recorder.problem == ""
    _, pictures, _ = play(tmp_path / "live.mp4")
    assert pictures[0].shape == (height + height % 2, width + width % 2, 3)
    assert np.abs(pictures[0].astype(int) - 200).max() <= 3


def test_a_camera_that_comes_back_with_another_size(tmp_path, picture):
    grey = np.full((48, 64), 200, np.uint8)
    tall = np.full((100, 30), 100, np.uint8)
    frames = [
        LiveFrame(i + 1, g, np.dstack([g] * 3), i / 10, 0) for i, g in enumerate([grey, tall, grey])
    ]
    assert record(frames, tmp_path / "live.mp4").problem == ""
    _, pictures, _ = play(tmp_path / "live.mp4")
    assert [shown.shape for shown in pictures] == [(48, 64, 3)] * 3
    assert abs(int(pictures[1][24, 32, 0]) - 100) < 8  # the picture, in the middle
    assert pictures[1][24, 4, 0] < 8  # on black


def test_frames_of_one_time_stay_in_order(tmp_path, picture, number_of):
    record(frames_at([0, 0, 0, 0.1, 0.05], picture), tmp_path / "live.mp4")
    times, pictures, _ = play(tmp_path / "live.mp4")
    assert times == sorted(set(times))
    assert [number_of(shown[..., 0]) for shown in pictures] == [0, 1, 2, 3, 4]


def test_a_live_recording_goes_on_through_a_loss(tmp_path, watch, fake_camera, wait_until):
    cameras = iter([fake_camera(frames=20, fps=50)])
    tries = []

    def open_source():
        camera = next(cameras, None)
        if camera is None and len(tries) < 4:
            tries.append(1)
            raise SourceError("fake camera: no such camera")
        return camera or fake_camera(fps=50)

    view = watch(open_source)
    recorder = Recorder(view, tmp_path / "live.mp4")
    recorder.start()
    wait_until(lambda: view.status().reconnects == 1)
    again = view.status().frame_number
    wait_until(lambda: recorder.frames and view.status().frame_number > again + 20)
    assert not (tmp_path / "live.mp4").exists()
    recorder.stop()
    assert recorder.problem == ""
    times, _, duration = play(tmp_path / "live.mp4")
    assert len(times) == recorder.frames
    assert times[-1] == pytest.approx(recorder.seconds, abs=0.001)
    assert duration == pytest.approx(recorder.seconds, abs=0.5)
    # The pause of the loss is in the film: 10 + 20 + 40 + 80 + 160 ms of waiting at least.
    assert np.diff(times).max() > 0.3


def test_nothing_is_replaced_unless_told(tmp_path, picture):
    path = tmp_path / "live.mp4"
    path.write_bytes(b"old")
    frames = frames_at([0, 0.1], picture)
    with pytest.raises(RecordError, match="exists already"):
        record(frames, path)
    assert path.read_bytes() == b"old"
    recorder = record(frames, path, overwrite=True)
    assert recorder.problem == ""
    assert len(play(path)[0]) == 2
    assert [file.name for file in tmp_path.iterdir()] == ["live.mp4"]


def test_a_file_that_appears_meanwhile_is_not_replaced(tmp_path, picture):
    path = tmp_path / "live.mp4"
    recorder = Recorder(Script(frames_at([0, 0.1], picture)), path)
    path.write_bytes(b"somebody else's")
    recorder.start()
    recorder._thread.join(60)
    recorder.stop()
    assert path.read_bytes() == b"somebody else's"
    assert "exists by now; the recording is in" in recorder.problem
    (kept,) = set(tmp_path.iterdir()) - {path}
    assert len(play(kept)[0]) == 2


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("live", "ends with one of"),
        ("live.gif", "ends with one of .mp4"),
        ("no folder/live.mp4", "No such file or directory"),
        ("folder.mp4", "exists already"),
    ],
)
def test_recordings_that_cannot_begin(tmp_path, name, why):
    (tmp_path / "folder.mp4").mkdir()
    with pytest.raises(RecordError, match=why):
        Recorder(Script([]), tmp_path / name)
    with pytest.raises(RecordError):
        Recorder(Script([]), tmp_path / "folder.mp4", overwrite=True)
    assert [file.name for file in tmp_path.iterdir()] == ["folder.mp4"]


def test_without_a_picture_there_is_no_file(tmp_path):
    recorder = record([], tmp_path / "live.mp4")
    assert "no picture came" in recorder.problem
    assert not list(tmp_path.iterdir())
    unstarted = Recorder(Script([]), tmp_path / "live.mp4")
    unstarted.stop()
    assert not list(tmp_path.iterdir())


# A disk that is full after 600 kB, as far as one process can tell.
_FULL = """
import resource, signal, sys
from pathlib import Path
from edge_runtime.live.live_view import LiveFrame
from edge_runtime.live.recorder import Recorder
import numpy as np

class View:
    number = 0
    def wait_frame(self, after, timeout):
        View.number += 1
        colour = rng.integers(0, 255, (120, 160, 3), dtype=np.uint8)
        return LiveFrame(View.number, colour[..., 0], colour, View.number / 10, 0)
    def status(self):
        class Status:
            state = "running"
        return Status

rng = np.random.default_rng(0)
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (600_000, 600_000))
told = []
recorder = Recorder(View(), Path(sys.argv[1]), on_problem=told.append)
recorder.start()
recorder._thread.join(60)
print(len(told), recorder.problem)
"""


@pytest.mark.parametrize("ending", ["mp4", "mkv"])
def test_a_full_disk_ends_the_recording_and_keeps_what_is_whole(tmp_path, ending):
    path = tmp_path / f"live.{ending}"
    result = subprocess.run(
        [sys.executable, "-c", _FULL, str(path)],
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    assert result.stdout == f"1 {path}: the recording has ended: file too large\n"
    assert [file.name for file in tmp_path.iterdir()] == [path.name]
    assert path.stat().st_size <= 600_000
    times, _, _ = play(path)
    assert len(times) >= 20  # two seconds, a whole fragment
    assert np.diff(times) == pytest.approx(0.1, abs=0.002)


def test_fragments_are_cut_after_the_last_whole_one(tmp_path, picture):
    path = tmp_path / "live.mp4"
    record(frames_at([i / 10 for i in range(60)], picture), path)  # three fragments of 2 s
    data = path.read_bytes()
    last = data.rindex(b"moof") - 4
    assert len(data) > last + 200
    for length, left in ((len(data), 60), (last + 200, 40), (last + 4, 40), (last, 40)):
        path.write_bytes(data[:length])
        trim_fragments(path)
        assert len(play(path)[0]) == left
    for rubbish in (b"", b"1234567", data[:300]):
        path.write_bytes(rubbish)
        trim_fragments(path)
        assert path.stat().st_size == 0


def test_a_recording_does_not_slow_the_view_down(
    tmp_path, watch, fake_camera, monkeypatch, wait_until
):
    """An encoder that takes its time: frames are left out of the film, not out of the view."""
    from edge_runtime.live import recorder as module

    add = module._Film.add

    def slow(self, frame):
        # Five frames long: a view that waited for its recording would never show them.
        wait_until(lambda: view.status().frame_number >= frame.number + 5)
        add(self, frame)

    monkeypatch.setattr(module._Film, "add", slow)
    view = watch(lambda: fake_camera(fps=50))
    recorder = Recorder(view, tmp_path / "live.mp4")
    recorder.start()
    number = view.wait_frame(0, 60).number
    while number < 40:
        number = view.wait_frame(number, 60).number
    recorder.stop()
    assert recorder.problem == ""
    assert 1 <= recorder.frames < 25 / 40 * view.status().frame_number
    assert len(play(tmp_path / "live.mp4")[0]) == recorder.frames

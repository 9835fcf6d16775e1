"""The live view: the right colours, no growing delay, and settings that change as it runs."""

import resource
import threading
import time
from pathlib import Path

import numpy as np
import pytest

from edge_runtime import Colorizer, Device, Look, ModelError
from edge_runtime.colour import cielab
from edge_runtime.live import live_view
from edge_runtime.live.herald import describe
from edge_runtime.live.open_source import open_source
from edge_runtime.live.recorder import Recorder
from edge_runtime.live.source import SourceError
from edge_runtime.steady.temporal import ChromaSmoother


class Slow:
    """A colorizer that takes its time."""

    def __init__(self, inner, seconds):
        self._inner = inner
        self._seconds = seconds

    def __getattr__(self, name):
        return getattr(self._inner, name)

    def predict(self, view):
        time.sleep(self._seconds)
        return self._inner.predict(view)


def test_frames_are_coloured_as_pictures_are(watch, fake_camera, tiny_model, picture, number_of):
    view = watch(fake_camera, look=Look(saturation=1.5))
    frame = view.wait_frame(0, 60)
    whole = Colorizer(tiny_model, Device(threads=1)).colorize(frame.grey, Look(saturation=1.5))
    np.testing.assert_array_equal(frame.colour, whole)
    np.testing.assert_array_equal(frame.grey, picture(number_of(frame.grey)))
    # The lightness is the frame's own, at full resolution.
    kept = cielab.rgb_to_lab(frame.colour)[..., 0] - cielab.lightness(frame.grey)
    assert np.ptp(frame.colour.astype(int), axis=-1).max() > 20
    assert np.abs(kept).max() < 0.6
    assert frame.done >= frame.captured


@pytest.mark.slow  # a time: for an idle machine
def test_delay_stays_below_two_frames_and_one_run(watch, fake_camera, colorizer, number_of):
    """30 frames a second into a network that manages 10: delay must not build up."""
    run, interval = 0.1, 1 / 30
    view = watch(lambda: fake_camera(fps=30), colorizer=Slow(colorizer, run))
    number, delays, shown = 0, [], []
    for _ in range(20):
        frame = view.wait_frame(number, 60)
        number = frame.number
        delays.append(frame.done - frame.captured)
        shown.append(number_of(frame.grey))
    assert np.median(delays) < 2 * interval + run
    # A queue would be at 40 frames, four seconds late, by now. Half of that for a busy machine.
    assert max(delays) < 2
    assert shown == sorted(set(shown))
    status = view.status()
    # What was read is shown or dropped; one frame may be on its way.
    assert status.dropped >= shown[-1] - 20 - 1
    assert status.dropped > 20
    assert 4 < status.fps < 11
    assert status.delay_ms == pytest.approx(1000 * np.mean(delays), rel=0.5)


def test_status_of_a_running_view(watch, fake_camera, wait_until):
    view = watch(fake_camera, name="0")
    assert view.status().source in ("0", "fake camera")
    frame = view.wait_frame(0, 60)
    # A frame may be seen a moment before the watchdog has told of its camera.
    wait_until(lambda: view.status().state == "running")
    status = view.status()
    assert status.source == "fake camera"
    assert status.state == "running"
    assert (status.width, status.height) == (64, 48)
    assert status.frame_number >= frame.number
    assert (status.model, status.threads, status.saturation) == ("tiny", 1, 1.0)
    assert status.accelerator == "cpu"


def test_frames_cannot_be_written_to(watch, fake_camera):
    frame = watch(fake_camera).wait_frame(0, 60)
    for picture in (frame.grey, frame.colour):
        with pytest.raises(ValueError, match="read-only"):
            picture[0] = 0


def test_every_viewer_goes_at_its_own_pace(watch, fake_camera, wait_until):
    """One takes every frame that it can have, the other one in the time of ten."""
    view = watch(lambda: fake_camera(fps=100))
    seen = {"quick": [], "slow": []}
    over = threading.Event()

    def look(name, pause):
        number = 0
        while not over.is_set():
            number = view.wait_frame(number, 60).number
            seen[name].append(number)
            pause()

    def ten_frames():
        ten_more = len(seen["quick"]) + 10
        wait_until(lambda: len(seen["quick"]) >= ten_more or over.is_set())

    viewers = [
        threading.Thread(target=look, args=("quick", lambda: None)),
        threading.Thread(target=look, args=("slow", ten_frames)),
    ]
    for viewer in viewers:
        viewer.start()
    wait_until(lambda: len(seen["slow"]) >= 4)
    over.set()
    for viewer in viewers:
        viewer.join(60)
    for numbers in seen.values():
        assert numbers == sorted(set(numbers))
    assert np.diff(seen["slow"]).mean() > 2 * np.diff(seen["quick"]).mean()


def test_saturation_changes_as_it_runs(watch, fake_camera):
    view = watch(fake_camera)
    view.wait_frame(0, 60)
    view.configure(saturation=0.0)
    assert view.status().saturation == 0
    # One frame may have been under way.
    frame = view.wait_frame(view.status().frame_number + 1, 60)
    assert (np.ptp(frame.colour.astype(int), axis=-1) == 0).all()
    view.configure(saturation=2.0)
    frame = view.wait_frame(view.status().frame_number + 1, 60)
    assert np.ptp(frame.colour.astype(int), axis=-1).max() > 0


def test_another_model_as_it_runs(watch, fake_camera):
    view = watch(fake_camera)
    view.configure(model="nano", threads=2)
    status = view.status()
    assert (status.model, status.threads) == ("nano", 2)
    frame = view.wait_frame(view.status().frame_number + 1, 60)
    np.testing.assert_array_equal(
        frame.colour, Colorizer("nano", Device(threads=2)).colorize(frame.grey)
    )


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"model": "no such model"}, ModelError),
        ({"saturation": 5.0}, ValueError),
        ({"threads": 0}, ValueError),
        ({"threads": "two"}, TypeError),
        ({"saturation": 0.5, "threads": 100}, ValueError),
    ],
)
def test_wrong_settings_change_nothing(watch, fake_camera, change, error):
    view = watch(fake_camera)
    number = view.wait_frame(0, 60).number
    with pytest.raises(error):
        view.configure(**change)
    status = view.status()
    assert (status.model, status.threads, status.saturation) == ("tiny", 1, 1.0)
    assert view.wait_frame(number, 60) is not None


class Recall:
    """A smoother that remembers what it was given."""

    def __init__(self):
        self.shapes = []
        self.resets = 0

    def smooth(self, frame, ab):
        (only,) = frame.view.prints
        shape = only.lightness.shape
        self.shapes.append((shape, only.lightness.dtype.name, ab.shape, ab.dtype.name))
        return np.zeros_like(ab)

    def reset(self):
        self.resets += 1


def test_the_smoother_has_the_last_word_and_forgets_at_each_opening(watch, fake_camera, wait_until):
    class Losable(fake_camera):
        lost = False

        def read(self):
            if self.lost:
                raise SourceError("fake camera: unplugged")
            return super().read()

    cameras = []

    def open_source():
        cameras.append(Losable())
        return cameras[-1]

    smoother = Recall()
    view = watch(open_source, smoother=smoother)
    for opening in (1, 2, 3):
        wait_until(lambda opening=opening: smoother.resets == opening)
        cameras[-1].lost = True
    wait_until(lambda: view.status().reconnects == 3)
    frame = view.wait_frame(0, 60)
    assert (np.ptp(frame.colour.astype(int), axis=-1) == 0).all()
    assert set(smoother.shapes) == {((64, 64), "float32", (32, 32, 2), "float32")}


def test_a_film_ends_cleanly_after_its_last_frame(watch, film, wait_until, number_of):
    view = watch(lambda: open_source(str(film)))
    numbers = []
    frame = view.wait_frame(0, 60)
    while frame is not None:
        numbers.append(number_of(frame.grey))
        frame = view.wait_frame(frame.number, 60)
    status = view.status()
    assert (status.state, status.message) == ("ended", "")
    assert numbers[-1] == 29
    assert numbers == sorted(set(numbers))  # who looks late misses coloured frames too
    assert len(numbers) <= status.frame_number
    assert status.frame_number + status.dropped == 30


def test_waiting_for_a_frame_ends_with_the_view(watch, fake_camera):
    view = watch(lambda: fake_camera(frames=0, loss="hang"))
    threading.Timer(0.1, view.stop).start()
    start = time.monotonic()
    assert view.wait_frame(0, 600) is None
    assert time.monotonic() - start < 60


def test_a_frame_that_cannot_be_coloured_is_told_and_passed_over(
    watch, fake_camera, colorizer, wait_until
):
    class Failing(Slow):
        runs = 0

        def predict(self, view):
            self.runs += 1
            if self.runs % 2:
                raise ModelError("tiny: the network's output is not finite")
            return super().predict(view)

    view = watch(lambda: fake_camera(fps=50), colorizer=Failing(colorizer, 0.0))
    number = view.wait_frame(0, 60).number
    messages = set()

    def both():
        messages.add(view.status().message)
        return len(messages) == 2

    wait_until(both)
    assert messages == {"", "tiny: the network's output is not finite"}
    assert view.wait_frame(number, 60) is not None


def test_a_bug_in_colouring_ends_the_view_and_gives_the_camera_back(
    watch, fake_camera, colorizer, wait_until
):
    class Broken(Slow):
        def predict(self, view):
            raise MemoryError("no room")

    cameras = []

    def open_source():
        cameras.append(fake_camera())
        return cameras[-1]

    view = watch(open_source, colorizer=Broken(colorizer, 0))
    wait_until(lambda: view.status().state == "ended")
    assert view.status().message == "colouring failed: MemoryError: no room"
    wait_until(lambda: cameras[0]._closed.is_set())
    assert len(cameras) == 1


def test_how_long_a_frame_has_been_taking(watch, fake_camera, colorizer, wait_until):
    view = watch(fake_camera, colorizer=Slow(colorizer, 0.3))
    wait_until(lambda: view.busy_seconds() > 0.2)
    view.stop()
    wait_until(lambda: view.busy_seconds() == 0)


@pytest.mark.slow
def test_ten_thousand_frames_need_no_more_memory_than_a_thousand(
    watch, fake_camera, open_files, tmp_path
):
    """A camera that is lost every 2,000 frames, watched, smoothed and recorded."""
    view = watch(lambda: fake_camera(frames=2000), smoother=ChromaSmoother(0.8))
    recorder = Recorder(view, tmp_path / "live.mp4")
    recorder.start()
    used, files, threads = [], [], []
    for number in (1500, 10_000):
        while view.status().frame_number < number:
            view.wait_frame(view.status().frame_number, 60)
        pages = int(Path("/proc/self/statm").read_text().split()[1])
        used.append(pages * resource.getpagesize())
        files.append(open_files())
        threads.append(threading.active_count())
    assert view.status().reconnects >= 4
    recorder.stop()
    assert recorder.problem == ""
    assert files[1] <= files[0]
    assert threads[1] <= threads[0]
    assert used[1] < 1.01 * used[0], used


def test_nothing_is_coloured_where_nobody_looks(watch, fake_camera, wait_until, monkeypatch):
    monkeypatch.setattr(live_view, "_WANTED_SECONDS", 0.2)
    view = watch(fake_camera)
    first = view.wait_frame(0, 60)
    wait_until(lambda: view.status().idle)
    rests = view.status()
    assert rests.state == "running"
    assert describe(rests) == f"{rests.source}: nobody watches"
    wait_until(lambda: view.status().dropped > rests.dropped + 5)  # it goes on reading
    assert view.status().frame_number == rests.frame_number >= first.number
    # Who looks again gets a frame of now, and not the one from before the rest.
    asked = time.monotonic()
    frame = view.wait_frame(-1, 60)
    assert frame.number > rests.frame_number
    assert frame.done >= asked

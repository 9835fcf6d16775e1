"""Lost cameras come back, however they were lost, and nothing is left over."""

import threading
import time
from dataclasses import replace
from types import SimpleNamespace

import pytest

from edge_runtime.live import reader, watchdog
from edge_runtime.live.latest_frame import LatestFrame
from edge_runtime.live.open_source import open_source
from edge_runtime.live.source import SourceError
from edge_runtime.live.watchdog import MAX_STUCK, Watchdog, WatchTimes

LOSSES = ["raise", "end", "hang", "crash"]


@pytest.fixture
def losing(fake_camera):
    """Makes what opens cameras that are lost after three frames, each in the next given way."""

    def make(kinds, at_hang=lambda: None):
        openings = iter(kinds)

        def open_source():
            kind = next(openings, None)
            if kind is None:
                return fake_camera()
            if kind == "no opening":
                raise SourceError("fake camera: no such camera")
            return fake_camera(frames=3, loss=kind, at_hang=at_hang)

        return open_source

    return make


def test_a_hundred_of_a_hundred_losses_recover_and_leak_nothing(
    watch, losing, wait_until, open_files, monkeypatch
):
    """A camera that hangs lets a minute pass at once; to all others time is nothing."""
    ahead = [0.0]
    clock = SimpleNamespace(monotonic=lambda: time.monotonic() + ahead[0])
    for module in (reader, watchdog):
        monkeypatch.setattr(module, "time", clock)
    begun = threading.Event()

    def a_minute_passes():
        assert begun.wait(60)
        ahead[0] += 60
        view._watchdog._bell.set()

    kinds = []
    for number in range(100):
        kinds.append(LOSSES[number % len(LOSSES)])
        if number % 5 == 0:
            kinds.append("no opening")  # and the first try to open it again fails
    threads, files = threading.active_count(), open_files()
    view = watch(losing(kinds, a_minute_passes))
    begun.set()
    wait_until(lambda: view.status().reconnects == 100, timeout=300)
    wait_until(lambda: (view.status().state, view.status().message) == ("running", ""))
    # The reader, the watchdog and the colour thread.
    wait_until(lambda: threading.active_count() <= threads + 3)
    number = view.status().frame_number
    assert view.wait_frame(number, 60).number > number
    view.stop()
    assert view.status().reconnects == 100
    wait_until(lambda: threading.active_count() <= threads)
    wait_until(lambda: open_files() <= files)


@pytest.mark.slow
def test_at_real_times_a_hanging_camera_is_back_within_fifteen_seconds(watch, losing, wait_until):
    view = watch(losing(["hang"]), times=WatchTimes())
    wait_until(lambda: view.status().frame_number >= 3)
    lost = time.monotonic()
    wait_until(lambda: view.status().state == "reopening", timeout=10)
    assert 4 < time.monotonic() - lost < 8
    wait_until(lambda: view.status().reconnects == 1, timeout=15)
    assert time.monotonic() - lost < 15


class Waits(threading.Event):
    """What a watchdog waits at: keeps for how long it was to wait, and lets nobody wait."""

    def __init__(self, tries):
        super().__init__()
        self._tries = tries
        self.waits = []

    def wait(self, timeout=None):
        self.waits.append(timeout)
        assert len(self.waits) == len(self._tries)  # one wait after each try
        if len(self.waits) == 15:
            self.set()
        return self.is_set()


class Deaf:
    def source_lost(self, reason):
        pass


def test_the_waits_grow_up_to_the_longest():
    times = WatchTimes(silence=60, opening=60, first_wait=0.02, longest_wait=0.1)
    tries = []

    def open_source():
        tries.append(1)
        raise SourceError("fake camera: no such camera")

    watchdog = Watchdog(
        open_source, LatestFrame(), Deaf(), retries=None, must_open=False, times=times
    )
    watchdog._stopping = Waits(tries)
    watchdog._run()
    assert watchdog._stopping.waits == pytest.approx([0.02, 0.04, 0.08] + [0.1] * 12)


def test_what_is_wrong_is_shown_meanwhile(watch, fake_camera, wait_until):
    gone = threading.Event()

    def open_source():
        if gone.is_set():
            raise SourceError("/dev/video7: no such camera")
        gone.set()
        return fake_camera(frames=3)

    view = watch(open_source)
    wait_until(lambda: "no such camera" in view.status().message)
    status = view.status()
    assert status.state == "reopening"
    assert status.frame_number >= 1  # the last picture stays to be seen
    assert view.wait_frame(status.frame_number, 0.05) is None


def test_retries_end(watch, losing, wait_until):
    view = watch(losing(["raise"] + ["no opening"] * 20), retries=3)
    wait_until(lambda: view.status().state == "ended")
    status = view.status()
    assert status.message == "fake camera: no such camera (given up after 3 retries)"
    assert status.reconnects == 0


def test_a_comeback_begins_the_count_anew(watch, losing, wait_until):
    kinds = (["raise"] + ["no opening"] * 2) * 5
    view = watch(losing(kinds), retries=3)
    wait_until(lambda: view.status().reconnects == 5)
    assert view.status().state == "running"


@pytest.mark.parametrize("must_open", [True, False])
def test_a_camera_that_never_was(watch, must_open, losing, wait_until):
    view = watch(losing(["no opening"]), must_open=must_open)
    if must_open:
        wait_until(lambda: view.status().state == "ended")
        assert view.status().message == "fake camera: no such camera"
    else:
        wait_until(lambda: view.status().state == "running")
        assert view.status().reconnects == 0


def test_an_opening_that_hangs_is_given_up(watch, fake_camera, wait_until, quick):
    release = threading.Event()
    openings = []

    def open_source():
        openings.append(1)
        if len(openings) == 1:
            release.wait(60)
        return fake_camera()

    view = watch(open_source, times=quick)
    wait_until(lambda: view.status().state == "running")
    assert len(openings) >= 2
    release.set()


def test_drivers_that_never_come_back_do_not_pile_up(watch, fake_camera, wait_until, quick):
    """Readers that cannot be woken: a few are left behind, then no more are begun."""
    release = threading.Event()
    before = threading.active_count()

    class Deaf(fake_camera):
        def read(self):
            release.wait(60)
            raise SourceError("fake camera: woken")

    def open_source():
        return fake_camera() if release.is_set() else Deaf()

    view = watch(open_source, times=quick)
    wait_until(lambda: "does not let go" in view.status().message)
    time.sleep(0.5)
    assert threading.active_count() <= before + 2 + MAX_STUCK
    release.set()
    wait_until(lambda: view.status().state == "running")
    wait_until(lambda: threading.active_count() <= before + 3)


def test_frames_of_a_reader_given_up_are_not_shown(
    watch, fake_camera, wait_until, picture, number_of, quick
):
    """A camera that hangs, and then gives an old picture after another one took its place."""
    late = threading.Event()
    read = threading.Event()

    class Late(fake_camera):
        def read(self):
            late.wait(60)
            read.set()
            return picture(60000)

        def close(self):
            pass

    cameras = iter([Late()])
    seen = set()
    view = watch(lambda: next(cameras, None) or fake_camera(fps=100), times=quick)
    wait_until(lambda: view.status().state == "running")
    late.set()
    assert read.wait(60)
    number = 0
    for _ in range(20):
        frame = view.wait_frame(number, 60)
        number = frame.number
        seen.add(number_of(frame.grey))
    assert 60000 not in seen


def test_a_film_with_long_pauses_is_not_taken_for_lost(
    watch, tmp_path, wait_until, make_film, quick
):
    path = make_film(tmp_path / "slides.mp4", [0, 0.4, 0.8])
    # To open it may take its time: until then nobody knows that it is a film.
    view = watch(lambda: open_source(str(path)), times=replace(quick, opening=60))
    wait_until(lambda: view.status().state == "ended")
    status = view.status()
    assert (status.message, status.reconnects) == ("", 0)
    assert status.frame_number + status.dropped == 3


def test_stopping_ends_all_threads_at_once(watch, losing, wait_until):
    before = threading.active_count()
    for loss in ("hang", "raise"):
        # Who waited for the camera, or for the time to open it again, would wait ten minutes.
        slow = WatchTimes(silence=600, opening=600, first_wait=600, longest_wait=600)
        view = watch(losing([loss]), times=slow)
        view.wait_frame(0, 60)
        start = time.monotonic()
        view.stop()
        assert time.monotonic() - start < 60
        assert view.status().state == "stopped"
        wait_until(lambda: threading.active_count() <= before)

"""The stages: in order, bounded, and over when one of them fails or a signal comes."""

import threading
import time
from functools import partial

import pytest

from edge_runtime.video.pipeline import SLOTS, BrokenOffError, Channel, Pipeline, Stage


def nothing() -> None:
    pass


def run(pipeline, **options):
    return pipeline.run(**{"serial": False, "poll": nothing, "stop": nothing} | options)


@pytest.fixture(autouse=True)
def no_thread_is_left():
    before = threading.active_count()
    yield
    assert threading.active_count() == before


@pytest.mark.parametrize("serial", [True, False])
def test_every_stage_sees_every_item_in_order(serial):
    seen = [[], [], []]
    stages = [
        Stage(str(i), seen[i].append, lambda i=i: seen[i].append("the end")) for i in range(3)
    ]
    pipeline = Pipeline(iter(range(100)), "source", stages)
    assert run(pipeline, serial=serial) is None
    assert seen == [[*range(100), "the end"]] * 3
    assert list(pipeline.shares) == ["source", "0", "1", "2"]
    assert sum(pipeline.shares.values()) == pytest.approx(1)


def test_stages_work_side_by_side():
    """Each on its item, three in a row: no one goes on before all are at work."""
    all_at_work = threading.Barrier(3, timeout=60)
    rounds = []

    def work(stage, item):
        if 2 <= stage + item < 100:
            all_at_work.wait()
            rounds.append(stage + item)

    stages = [Stage(str(i), partial(work, i)) for i in range(3)]
    run(Pipeline(iter(range(100)), "source", stages))
    assert sorted(rounds) == sorted(3 * list(range(2, 100)))


def test_no_more_wait_than_there_is_room():
    taken, done = [], []
    gate = threading.Event()

    def source():
        for index in range(50):
            taken.append(index)
            yield index

    def slow(item):
        gate.wait(60)
        done.append(item)

    def poll():
        # One in the stage, SLOTS waiting, one in the hand of the source.
        assert len(taken) <= SLOTS + 2
        gate.set()

    run(Pipeline(source(), "source", [Stage("slow", slow)]), poll=poll)
    assert done == list(range(50))


@pytest.mark.parametrize("serial", [True, False])
@pytest.mark.parametrize("place", [-1, 0, 1, 2])
def test_an_error_ends_all(serial, place):
    def fail(item):
        if item == 5:
            raise RuntimeError("broken")

    def source():
        for index in range(10**9):
            if place == -1:
                fail(index)
            yield index

    stages = [Stage(str(i), fail if i == place else lambda item: None) for i in range(3)]
    with pytest.raises(RuntimeError, match="broken"):
        run(Pipeline(source(), "source", stages), serial=serial)


@pytest.mark.parametrize("serial", [True, False])
@pytest.mark.parametrize("signal", [KeyboardInterrupt, SystemExit])
def test_a_signal_ends_the_source_and_all_that_is_under_way_is_finished(serial, signal):
    stop = threading.Event()
    taken, done = [], []

    def source():
        index = 0
        while not stop.is_set():
            taken.append(index)
            yield index
            index += 1

    def poll():
        if len(done) > 3 and not stop.is_set():
            raise signal(7)

    def work(item):
        time.sleep(0.01)
        done.append(item)

    pipeline = Pipeline(source(), "source", [Stage("work", work)])
    stopped = run(pipeline, serial=serial, poll=poll, stop=stop.set)
    assert isinstance(stopped, signal)
    assert done == taken


def test_a_second_signal_breaks_off():
    def poll():
        raise KeyboardInterrupt

    def source():
        while True:
            yield 1

    with pytest.raises(KeyboardInterrupt):
        run(Pipeline(source(), "source", [Stage("work", lambda item: None)]), poll=poll)


def test_an_error_of_the_caller_breaks_off():
    def poll():
        raise ValueError("the bar is broken")

    def source():
        while True:
            yield 1

    with pytest.raises(ValueError, match="the bar"):
        run(Pipeline(source(), "source", [Stage("work", lambda item: None)]), poll=poll)


def test_a_broken_channel_wakes_who_waits():
    channel = Channel(1)
    channel.put(1)
    found = []

    def put():
        try:
            channel.put(2)
        except BrokenOffError as error:
            found.append(error)

    thread = threading.Thread(target=put)
    thread.start()
    time.sleep(0.05)
    channel.break_off()
    thread.join(60)
    assert len(found) == 1
    with pytest.raises(BrokenOffError):
        channel.get()

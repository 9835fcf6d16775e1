"""The gate: the newest frame wins, and what gave way is counted."""

import threading

import numpy as np

from edge_runtime.live.latest_frame import Captured, LatestFrame


def frame(number):
    return Captured(np.zeros((1, 1), np.uint8), float(number), 1)


def test_the_newest_frame_is_taken_and_the_others_are_counted():
    gate = LatestFrame()
    for number in range(5):
        gate.put(frame(number))
    assert gate.take().at == 4
    assert gate.dropped == 4
    gate.put(frame(9))
    assert gate.take().at == 9
    assert gate.dropped == 4


def test_take_waits_for_a_frame():
    gate = LatestFrame()
    threading.Timer(0.05, gate.put, [frame(7)]).start()
    assert gate.take().at == 7


def test_after_closing_what_waits_can_be_taken_and_nothing_is_added():
    gate = LatestFrame()
    gate.put(frame(1))
    gate.close()
    gate.put(frame(2))
    assert gate.take().at == 1
    assert gate.take() is None


def test_closing_wakes_who_waits():
    gate = LatestFrame()
    taken = []
    waiter = threading.Thread(target=lambda: taken.append(gate.take()))
    waiter.start()
    gate.close()
    waiter.join(60)
    assert taken == [None]

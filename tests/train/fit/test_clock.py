"""When rounds and runs end, by a clock that the tests move."""

from dataclasses import replace
from itertools import pairwise
from math import cos, pi
from types import SimpleNamespace

import pytest

from train.config import FitConfig
from train.fit.checkpoint import RunProgress
from train.fit.clock import Clock, DivergedError

CONFIG = FitConfig(name="x", alpha=0.35, minutes=1.0, warmup=0.0, learning_rate=1.0)


@pytest.fixture
def passes(monkeypatch):
    """Lets so many seconds pass."""
    now = [1000.0]
    monkeypatch.setattr("train.fit.clock.time", SimpleNamespace(monotonic=lambda: now[0]))

    def passes(seconds):
        now[0] += seconds
        return now[0]

    return passes


def clock_of(config, *, progress=None, steps=None, ends_at=None, on_step=lambda done, loss: None):
    return Clock(config, steps, progress or RunProgress(), ends_at, on_step)


def steps_until_over(clock, passes, seconds):
    """The steps of a round, each so many seconds long."""
    count = 0
    while True:
        passes(seconds)
        count += 1
        if clock.after_step(0.5):
            return count


def test_minutes_are_those_of_steps_alone(passes):
    clock = clock_of(replace(CONFIG, round_steps=20))
    passes(100)  # before the run
    clock.begin_round(builds=True)
    passes(300)  # a graph is built
    assert not clock.after_step(0.5)
    assert (clock.step, clock.seconds, clock.done) == (1, 0, 0)
    assert steps_until_over(clock, passes, 2) == 19
    assert clock.steps_per_second() == pytest.approx(0.5)
    passes(50)  # a validation
    clock.begin_round(builds=False)
    assert steps_until_over(clock, passes, 2) == 11
    assert (clock.step, clock.seconds, clock.done) == (31, 60, 1)
    assert clock.learning_rate == pytest.approx(0, abs=1e-9)


def test_minutes_go_on_where_they_were(passes):
    clock = clock_of(CONFIG, progress=RunProgress(step=40, seconds=45.0, done=0.75))
    clock.begin_round(builds=True)
    passes(100)
    clock.after_step(0.5)
    assert clock.learning_rate == pytest.approx(0.5 * (1 + cos(0.75 * pi)))
    assert steps_until_over(clock, passes, 1) == 15
    assert clock.done == 1


def test_a_round_of_one_step_has_a_speed_too(passes):
    clock = clock_of(replace(CONFIG, minutes=None, steps=1), steps=1)
    clock.begin_round(builds=True)
    passes(4)
    assert clock.after_step(0.5)
    assert clock.steps_per_second() == pytest.approx(0.25)


UNTIL = replace(CONFIG, minutes=None, until_seconds=600.0)


def whole_command(clock, passes, *, loading, step, validation, writing):
    """The steps and lengths of the rounds of a run, and when it ended."""
    passes(loading)
    rounds, builds = [], True
    while clock.done < 1:
        clock.begin_round(builds=builds)
        if clock.done >= 1:
            break
        if builds:
            passes(20)
            clock.after_step(0.5)
        builds = False
        rounds.append(steps_until_over(clock, passes, step))
        with clock.follows("validation"):
            passes(validation)
        with clock.follows("writing"):
            ended = passes(writing)
    return rounds, ended


@pytest.mark.parametrize(("validation", "writing"), [(4.0, 1.0), (30.0, 10.0)])
@pytest.mark.parametrize("checkpoint_seconds", [None, 90.0])
def test_a_command_ends_in_time(passes, validation, writing, checkpoint_seconds):
    config = replace(UNTIL, checkpoint_seconds=checkpoint_seconds)
    rates = []
    clock = clock_of(
        config, ends_at=1600, on_step=lambda done, loss: rates.append(clock.learning_rate)
    )
    rounds, ended = whole_command(
        clock, passes, loading=15, step=0.5, validation=validation, writing=writing
    )
    reserve = validation + writing
    # A quarter more than the last time is kept for what follows, a second to leave, and a step.
    assert 1600 - 0.25 * reserve - 2 <= ended <= 1599
    assert rates[-1] == pytest.approx(0, abs=1e-9)
    # All the way along the cosine, without a jump.
    assert rates == sorted(rates, reverse=True)
    steps_apart = max(a - b for a, b in pairwise(rates))
    assert steps_apart < 2 * pi / 2 / len(rates)
    if checkpoint_seconds:
        assert rounds[:-1] == [180] * (len(rounds) - 1)
        assert rounds[-1] > 90


def test_the_first_round_of_a_short_command_is_short(passes):
    """It has 499 s for steps of 10, and what follows them is not known yet."""
    clock = clock_of(replace(UNTIL, round_steps=1000), ends_at=1500)
    rounds, ended = whole_command(clock, passes, loading=0, step=10, validation=100, writing=0)
    assert rounds[0] == 17
    assert 1500 - 0.25 * 100 - 11 <= ended <= 1499


def test_a_command_that_goes_on_has_an_end_of_its_own(passes):
    clock = clock_of(UNTIL, progress=RunProgress(step=9, seconds=200.0, done=0.5), ends_at=1101)
    clock.begin_round(builds=False)
    passes(50)
    clock.after_step(0.5)
    assert clock.done == pytest.approx(0.75)
    passes(50)
    assert clock.after_step(0.5)
    assert clock.done == 1


def test_a_command_whose_time_is_over_takes_no_step(passes):
    clock = clock_of(UNTIL, ends_at=1001)
    passes(30)
    clock.begin_round(builds=True)
    assert (clock.done, clock.step) == (1, 0)


def test_checkpoints_by_time(passes):
    config = replace(CONFIG, minutes=10.0, checkpoint_seconds=90.0, round_steps=3)
    clock = clock_of(config)
    rounds = []
    while clock.done < 1:
        clock.begin_round(builds=False)
        rounds.append(steps_until_over(clock, passes, 1))
    # 60 s are left over: more than half of 90.
    assert rounds == [90] * 6 + [60]
    clock = clock_of(replace(config, minutes=5.0))
    rounds = []
    while clock.done < 1:
        clock.begin_round(builds=False)
        rounds.append(steps_until_over(clock, passes, 1))
    assert rounds == [90, 90, 120]


def test_a_round_by_time_has_one_size_of_crops_and_one_stage(passes):
    config = replace(
        CONFIG,
        minutes=10.0,
        checkpoint_seconds=200.0,
        crop_sizes=((0.25, 96), (1.0, 128)),
        adversarial_loss="least_squares",
        adversarial_from=0.75,
    )
    clock = clock_of(config)
    rounds = []
    while clock.done < 1:
        clock.begin_round(builds=False)
        rounds.append((clock.adversarial, steps_until_over(clock, passes, 1)))
    assert rounds == [(False, 150), (False, 200), (False, 100), (True, 150)]


def test_a_loss_that_is_no_number(passes):
    clock = clock_of(CONFIG)
    clock.begin_round(builds=False)
    with pytest.raises(DivergedError, match="became nan at step 1, learning rate 1"):
        clock.after_step(float("nan"))

"""What a frame is within its shot: held levels, fades, and nothing of the kind elsewhere."""

import cv2
import numpy as np
import pytest
from skimage import data as photos

from edge_runtime.colour.cielab import lightness
from edge_runtime.colour.framing import squash
from edge_runtime.colour.view import Print, View
from edge_runtime.model.tone import TONE_VIEW
from edge_runtime.steady.shot import ShotWatch
from edge_runtime.steady.temporal import ChromaSmoother

S, CELLS = 160, 80


def seen(grey):
    """The view of a frame, uint8 [H, W]."""
    lit = cv2.resize(lightness(grey), (S, S), interpolation=cv2.INTER_AREA)
    return View((Print(lit, squash(*grey.shape, S, CELLS)),))


def levels_of(frame):
    (only,) = frame.view.prints
    return np.array(only.levels)


@pytest.fixture(scope="module")
def coffee():
    return cv2.cvtColor(photos.coffee(), cv2.COLOR_RGB2GRAY)


def test_a_shot_begins_with_its_own_levels(coffee):
    view = seen(coffee)
    frame = ShotWatch(TONE_VIEW).see(view)
    assert frame.places is None
    assert (frame.sure, frame.colour) == (1, 1)
    # The percentiles that the contract names.
    assert levels_of(frame) == pytest.approx(np.percentile(view.lightness, [1, 99]), abs=0.5)


def test_exposure_takes_the_levels_along_at_once(coffee):
    watch = ShotWatch(TONE_VIEW)
    watch.see(seen(coffee))
    for gain in (0.8, 1.0, 0.85, 0.95):
        view = seen(cv2.convertScaleAbs(coffee, alpha=gain))
        frame = watch.see(view)
        assert levels_of(frame) == pytest.approx(np.percentile(view.lightness, [1, 99]), abs=2)


def test_what_comes_in_moves_the_levels_slowly(coffee):
    watch = ShotWatch(TONE_VIEW)
    dim = cv2.convertScaleAbs(coffee, alpha=0.6)
    before = levels_of(watch.see(seen(dim)))
    lamp = dim.copy()
    lamp[:90, :200] = 255
    own = np.percentile(seen(lamp).lightness, [1, 99])
    assert own[1] - before[1] > 25
    first = levels_of(watch.see(seen(lamp)))
    assert abs(first[1] - before[1]) < 8
    for _ in range(40):
        last = levels_of(watch.see(seen(lamp)))
    assert last == pytest.approx(own, abs=1)


def test_a_fade_is_seen_and_stretched(coffee):
    watch = ShotWatch(TONE_VIEW)
    gains = [1.0] * 8 + list(np.linspace(1, 0, 24))
    frames = [watch.see(seen(cv2.convertScaleAbs(coffee, alpha=gain))) for gain in gains]
    assert [frame.colour for frame in frames[:8]] == [1] * 8
    falling = [frame.colour for frame in frames[10:]]
    assert falling == sorted(falling, reverse=True)
    assert falling[-1] < 0.05
    assert frames[-2].sure < 0.05
    # An eighth of the light: levels of the shot, not the 20 L* that a flat picture gets.
    assert np.diff(levels_of(frames[-4]))[0] < 18


@pytest.mark.parametrize("gains", ["flicker", "pan", "dark shot", "lamp goes out", "flash"])
def test_what_is_no_fade_keeps_its_colour(coffee, gains):
    rng = np.random.default_rng(0)
    lamp = cv2.convertScaleAbs(coffee, alpha=0.5)
    lamp[100:250, 200:400] = 255
    frames = {
        "flicker": [cv2.convertScaleAbs(coffee, alpha=g) for g in rng.uniform(0.8, 1.2, 30)],
        # From the bright cup over to the dark table.
        "pan": [np.ascontiguousarray(coffee[:, x : x + 200]) for x in range(380, 0, -10)],
        "dark shot": [cv2.convertScaleAbs(coffee, alpha=0.25)] * 5,
        "lamp goes out": [lamp] * 5 + [cv2.convertScaleAbs(coffee, alpha=0.5)] * 10,
        "flash": [cv2.convertScaleAbs(coffee, alpha=g) for g in ([1.0] * 4 + [1.6]) * 5],
    }[gains]
    watch = ShotWatch(TONE_VIEW)
    assert min(watch.see(seen(frame)).colour for frame in frames) > 0.97


def test_a_new_shot_after_black_owes_nothing_to_the_one_before(coffee):
    watch, alone = ShotWatch(TONE_VIEW), ShotWatch(TONE_VIEW)
    other = cv2.cvtColor(photos.astronaut(), cv2.COLOR_RGB2GRAY)
    for gain in (1.0, 0.5, 0.2, 0.05, 0.0, 0.0):
        watch.see(seen(cv2.convertScaleAbs(coffee, alpha=gain)))
    for gain in (0.05, 0.1, 0.2, 0.5, 1.0):
        view = seen(cv2.convertScaleAbs(other, alpha=gain))
        ours, fresh = watch.see(view), alone.see(view)
        assert (ours.sure, ours.colour) == (fresh.sure, fresh.colour)
        assert np.array_equal(levels_of(ours), levels_of(fresh))
        assert (ours.places is None) == (fresh.places is None)
        assert gain > 0.05 or ours.places is None


def test_networks_without_a_tone_view_see_lightness_as_it_is(coffee):
    (only,) = ShotWatch(None).see(seen(coffee)).view.prints
    assert only.levels is None


def test_both_go_on_where_their_state_was_taken(coffee):
    rng = np.random.default_rng(1)
    frames = [
        (seen(cv2.convertScaleAbs(coffee[:, x : x + 500], alpha=gain)),
         rng.normal(5, 3, (CELLS, CELLS, 2)).astype(np.float32))
        for x, gain in zip(range(0, 60, 5), rng.uniform(0.8, 1.1, 12), strict=True)
    ]  # fmt: skip
    whole, smoother = ShotWatch(TONE_VIEW), ChromaSmoother()
    expected = [smoother.smooth(whole.see(view), ab) for view, ab in frames]
    for split in (0, 1, 6):
        first, before = ShotWatch(TONE_VIEW), ChromaSmoother()
        for view, ab in frames[:split]:
            before.smooth(first.see(view), ab)
        second, after = ShotWatch(TONE_VIEW), ChromaSmoother()
        second.restore(first.state())
        after.restore(before.state())
        for (view, ab), result in zip(frames[split:], expected[split:], strict=True):
            assert np.array_equal(after.smooth(second.see(view), ab), result)

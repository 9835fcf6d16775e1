"""Smoothed colours: steady where nothing changes, moving with what moves, new where it is new."""

import cv2
import numpy as np
import pytest
from skimage import data as photos

from edge_runtime.colour.cielab import rgb_to_lab
from edge_runtime.colour.framing import Framing
from edge_runtime.colour.view import Print, View
from edge_runtime.look import DEFAULT_SMOOTHING
from edge_runtime.steady.shot import ShotWatch
from edge_runtime.steady.temporal import (
    MOST_KEPT,
    ChromaSmoother,
    check_strength,
)

S, CELLS = 160, 80
KEPT = DEFAULT_SMOOTHING * MOST_KEPT


class Smoother:
    """A smoother that is given lightness and ab of each frame; no network in between."""

    def __init__(self, strength):
        self.watch, self.smoother = ShotWatch(None), ChromaSmoother(strength)

    def reset(self):
        self.watch.reset()
        self.smoother.reset()

    def smooth(self, lightness, ab):
        framing = Framing(*np.shape(ab)[:2], ((0, 0),), S, CELLS)
        self.frame = self.watch.see(View((Print(lightness, framing),)))
        return self.smoother.smooth(self.frame, ab)


@pytest.fixture(scope="module")
def scene():
    """Lightness [400, 600] and ab [200, 300] of a photo: a field to pan over."""
    lab = cv2.resize(rgb_to_lab(photos.coffee()), (600, 400), interpolation=cv2.INTER_AREA)
    ab = cv2.resize(lab[..., 1:], (300, 200), interpolation=cv2.INTER_AREA)
    return np.ascontiguousarray(lab[..., 0]), ab


def view(scene, column, row=20):
    """The frame whose left upper corner is at that cell, which need not be whole."""
    lit, ab = scene
    whole_lit = cv2.getRectSubPix(lit, (S, S), (2 * column + S / 2, 2 * row + S / 2))
    # OpenCV cuts at most three 8-bit or one or three float channels: one by one.
    planes = [
        cv2.getRectSubPix(ab[..., channel].copy(), (CELLS, CELLS), (column + 40, row + 40))
        for channel in (0, 1)
    ]
    return whole_lit, np.dstack(planes)


def whole_photo(picture):
    lab = cv2.resize(rgb_to_lab(picture), (S, S), interpolation=cv2.INTER_AREA)
    ab = cv2.resize(lab[..., 1:], (CELLS, CELLS), interpolation=cv2.INTER_AREA)
    return np.ascontiguousarray(lab[..., 0]), ab


@pytest.mark.parametrize("strength", [0.5, DEFAULT_SMOOTHING, 1.0])
def test_noise_on_a_still_falls_as_theory_says(scene, strength):
    # y' = k y + (1 - k) x of white noise x has the standard deviation sqrt((1 - k) / (1 + k)),
    # and its steps from frame to frame are (1 - k) / sqrt(1 + k) of those of x.
    lit, ab = view(scene, 60)
    rng = np.random.default_rng(1)
    smoother, kept = Smoother(strength), strength * MOST_KEPT
    errors, steps, noise_steps = [], [], []
    noisy = smoothed = None
    for frame in range(110):
        before = noisy, smoothed
        noisy = ab + rng.normal(0, 4, ab.shape).astype(np.float32)
        smoothed = smoother.smooth(lit, noisy)
        if frame > 60:
            errors.append(smoothed - ab)
            noise_steps.append(noisy - before[0])
            steps.append(smoothed - before[1])
    assert np.std(errors) == pytest.approx(4 * np.sqrt((1 - kept) / (1 + kept)), rel=0.05)
    assert np.std(steps) / np.std(noise_steps) == pytest.approx(
        (1 - kept) / np.sqrt(1 + kept), rel=0.05
    )


@pytest.mark.parametrize("step", [1.0, 2.5, 6.0])
def test_colours_follow_the_motion(scene, step):
    rng = np.random.default_rng(2)
    smoother = Smoother(DEFAULT_SMOOTHING)
    for frame in range(21):
        lit, ab = view(scene, 30 + step * frame)
        noisy = ab + rng.normal(0, 4, ab.shape).astype(np.float32)
        smoothed = smoother.smooth(lit, noisy)
    # Cells that came in lately have had no time: look at those to the left of them.
    seen = np.s_[4:-4, 4 : CELLS - int(6 * step) - 4]
    error, noise = (smoothed - ab)[seen], (noisy - ab)[seen]
    assert np.abs(error).mean() < 0.6 * np.abs(noise).mean()
    _, where_it_was = view(scene, 30 + step * 14)
    assert np.abs(error).mean() < 0.6 * np.abs(smoothed - where_it_was)[seen].mean()


def test_a_long_pan_neither_blurs_nor_sharpens(scene):
    smoother = Smoother(1.0)
    # Half a cell each way a frame: where interpolation is worst.
    for frame in range(80):
        lit, ab = view(scene, 20 + frame / 2, 10 + frame / 2)
        smoothed = smoother.smooth(lit, ab)
    seen = np.s_[8:-8, 8:-8]
    detail = [(part - cv2.blur(part, (9, 9)))[seen].std() for part in (ab, smoothed)]
    assert 0.75 < detail[1] / detail[0] < 1.05
    assert np.abs(smoothed - ab)[seen].mean() < 1.0


def with_block(scene, column):
    """A still view of the table with a bright red block of 24 x 24 cells over it."""
    lit, ab = (part.copy() for part in view(scene, 30))
    rows = slice(28, 52)
    lit[56:104, 2 * column : 2 * column + 48] = 95
    ab[rows, column : column + 24] = (60, 40)
    return lit, ab


def test_what_comes_in_and_what_is_uncovered_has_its_own_colour_at_once(scene):
    smoother = Smoother(DEFAULT_SMOOTHING)
    for column in [4] * 8 + [30]:
        lit, ab = with_block(scene, column)
        smoothed = smoother.smooth(lit, ab)
    uncovered, covered = np.s_[30:50, 5:27], np.s_[30:50, 31:53]
    assert np.abs(smoothed - ab)[covered].mean() < 1
    assert np.abs(smoothed - ab)[uncovered].mean() < 1
    assert np.abs(smoothed - ab)[uncovered].max() < 10


@pytest.mark.parametrize("speed", [2, 5])
def test_nothing_trails_behind_a_moving_thing(scene, speed):
    smoother = Smoother(1.0)
    for column in range(4, 44, speed):
        lit, ab = with_block(scene, column)
        smoothed = smoother.smooth(lit, ab)
    behind = np.s_[32:48, 4 : column - 3]
    assert np.abs(smoothed - ab)[behind].mean() < 1.5


def test_a_cut_begins_anew_at_once():
    frames = [
        whole_photo(picture) for picture in (photos.coffee(), photos.chelsea(), photos.rocket())
    ]
    smoother = Smoother(DEFAULT_SMOOTHING)
    for lit, ab in frames + frames:
        assert np.array_equal(smoother.smooth(lit, ab), ab)
        wrong = smoother.smooth(lit, ab + 10)
        # Within a scene the tint is the mean of both frames, and 1 - k of that is seen at once.
        assert (wrong - ab).mean() == pytest.approx(5 * (1 - KEPT), rel=0.1)


def test_reset_and_another_size_begin_anew(scene):
    lit, ab = view(scene, 60)
    smoother = Smoother(DEFAULT_SMOOTHING)
    smoother.smooth(lit, ab)
    assert not np.allclose(smoother.smooth(lit, ab + 10), ab + 10)
    smoother.reset()
    assert np.array_equal(smoother.smooth(lit, ab + 10), ab + 10)
    small = cv2.resize(ab, (40, 40))
    assert np.array_equal(smoother.smooth(lit, small), small)


@pytest.mark.parametrize("change", ["flash", "old film", "fade"])
def test_exposure_does_not_let_go_of_the_colours(scene, change):
    lit, ab = view(scene, 60)
    rng = np.random.default_rng(3)
    smoother = Smoother(DEFAULT_SMOOTHING)
    for frame in range(40):
        gain = {
            "flash": 1.4 if frame % 5 == 2 else 1.0,
            "old film": 1 + rng.normal(0, 0.1),
            "fade": 1 - frame / 60,
        }[change]
        noisy = ab + rng.normal(0, 4, ab.shape).astype(np.float32)
        smoothed = smoother.smooth(np.clip(lit * gain, 0, 100).astype(np.float32), noisy)
    # Colours fall with the light in a fade.
    truth = ab * smoother.frame.colour
    assert np.abs(smoothed - truth).mean() < 0.55 * np.abs(noisy - ab).mean()


def test_a_noisy_camera_is_smoothed_too(scene):
    lit, ab = view(scene, 60)
    rng = np.random.default_rng(3)
    smoother = Smoother(DEFAULT_SMOOTHING)
    for _ in range(40):
        noisy_lit = np.clip(lit + rng.normal(0, 6, lit.shape), 0, 100).astype(np.float32)
        noisy = ab + rng.normal(0, 4, ab.shape).astype(np.float32)
        smoothed = smoother.smooth(noisy_lit, noisy)
    assert np.abs(smoothed - ab).mean() < 0.7 * np.abs(noisy - ab).mean()


def test_strength_0_changes_nothing(scene):
    smoother = Smoother(0)
    for column in (60, 61, 62):
        lit, ab = view(scene, column)
        assert np.array_equal(smoother.smooth(lit, ab), ab)


def test_the_callers_arrays_are_its_own(scene):
    lit, ab = view(scene, 60)
    careful, careless = Smoother(0.8), Smoother(0.8)
    for frame in range(4):
        given = ab + frame
        kept = given.copy()
        expected = careful.smooth(lit, given.copy())
        result = careless.smooth(lit, given)
        assert np.array_equal(given, kept)
        assert np.array_equal(result, expected)
        result *= 3
        given[:] = 99


def test_the_result_does_not_depend_on_threads(scene):
    threads = cv2.getNumThreads()
    results = []
    try:
        for count in (1, 4):
            cv2.setNumThreads(count)
            smoother = Smoother(DEFAULT_SMOOTHING)
            for frame in range(6):
                smoothed = smoother.smooth(*view(scene, 30 + 2.3 * frame))
            results.append(smoothed)
    finally:
        cv2.setNumThreads(threads)
    assert np.array_equal(*results)


@pytest.mark.parametrize("shape", [(1, 1), (2, 40), (15, 15), (16, 16), (17, 90), (40, 40)])
def test_any_size_of_ab(scene, shape):
    lit, _ = view(scene, 60)
    rng = np.random.default_rng(4)
    smoother = Smoother(DEFAULT_SMOOTHING)
    for _ in range(30):
        smoothed = smoother.smooth(lit, rng.normal(5, 4, (*shape, 2)).astype(np.float32))
    assert smoothed.shape == (*shape, 2)
    assert smoothed.dtype == np.float32
    assert np.abs(smoothed.mean() - 5) < 3
    assert smoothed.std() < 3 or smoothed.size == 2


@pytest.mark.parametrize("level", [0, 50, 100])
def test_flat_frames_show_no_colour(level):
    lit = np.full((S, S), level, np.float32)
    ab = np.full((CELLS, CELLS, 2), 10, np.float32)
    smoother = Smoother(DEFAULT_SMOOTHING)
    assert [smoother.smooth(lit, ab).max() for _ in range(3)] == [0, 0, 0]


@pytest.mark.parametrize("strength", [-0.1, 1.01, float("nan"), float("inf")])
def test_bad_strengths(strength):
    with pytest.raises(ValueError, match="0 to 1"):
        check_strength(strength)
    with pytest.raises(ValueError, match="0 to 1"):
        ChromaSmoother(strength)


@pytest.mark.parametrize(
    ("lit", "ab"),
    [((S,), (CELLS, CELLS, 2)), ((S, S), (CELLS, CELLS)), ((S, S), (CELLS, CELLS, 3)),
     ((0, S), (CELLS, CELLS, 2)), ((S, S, 1), (CELLS, CELLS, 2))],
)  # fmt: skip
def test_bad_shapes(lit, ab):
    with pytest.raises(ValueError, match="is \\[height, width"):
        Smoother(0.5).smooth(np.zeros(lit, np.float32), np.zeros(ab, np.float32))

"""The flicker meter reads what was put in, and nothing else."""

import itertools

import cv2
import numpy as np
import pytest
from skimage import data as photos

from edge_runtime.colour.cielab import rgb_to_lab
from edge_runtime.steady.flicker import FlickerMeter

S, CELLS = 160, 80


@pytest.fixture(scope="module")
def scene():
    """Lightness [400, 600] and ab [200, 300] of a photo."""
    lab = cv2.resize(rgb_to_lab(photos.chelsea()), (600, 400), interpolation=cv2.INTER_AREA)
    ab = cv2.resize(lab[..., 1:], (300, 200), interpolation=cv2.INTER_AREA)
    return np.ascontiguousarray(lab[..., 0]), ab


def view(scene, column, row=60):
    """The frame whose left upper corner is at that whole cell."""
    lit, ab = scene
    part = lit[2 * row : 2 * row + S, 2 * column : 2 * column + S]
    return part, ab[row : row + CELLS, column : column + CELLS]


def read(frames):
    meter = FlickerMeter()
    for lit, ab in frames:
        meter.add(lit, ab)
    return meter


def test_it_is_zero_before_two_frames(scene):
    meter = FlickerMeter()
    assert (meter.value, meter.cuts) == (0.0, 0)
    meter.add(*view(scene, 60))
    assert (meter.value, meter.cuts) == (0.0, 0)


def test_a_still_with_a_steady_swing_reads_the_swing(scene):
    lit, ab = view(scene, 60)
    swing = np.float32([3, -1])
    meter = read([(lit, ab + swing * (frame % 2)) for frame in range(6)])
    assert meter.value == pytest.approx(2.0, abs=1e-3)


def test_white_noise_reads_two_sigma_over_the_root_of_pi(scene):
    # The difference of two normal deviates has the deviation sqrt(2) sigma, and a mean size of
    # sqrt(2 / pi) of that.
    lit, ab = view(scene, 60)
    rng = np.random.default_rng(0)
    noisy = [ab + rng.normal(0, 3, ab.shape).astype(np.float32) for _ in range(8)]
    assert read([(lit, part) for part in noisy]).value == pytest.approx(
        6 / np.sqrt(np.pi), rel=0.02
    )


@pytest.mark.parametrize("step", [1, 3, 7])
def test_colours_that_move_with_the_picture_do_not_flicker(scene, step):
    moving = [view(scene, 60 + step * frame) for frame in range(6)]
    meter = read(moving)
    left_behind = read([(lit, moving[0][1]) for lit, _ in moving])
    assert meter.cuts == 0
    assert meter.value < 0.15
    assert left_behind.value > 3 * meter.value
    swinging = read([(lit, ab + 4 * (f % 2)) for f, (lit, ab) in enumerate(moving)])
    assert swinging.value == pytest.approx(4, rel=0.03)


def test_what_is_covered_and_uncovered_does_not_count(scene):
    frames = []
    for column in range(4, 52, 6):
        lit, ab = (part.copy() for part in view(scene, 60))
        lit[60:100, 2 * column : 2 * column + 32] = 2
        ab[30:50, column : column + 16] = (-60, 60)
        frames.append((lit, ab))
    rigid = np.mean([np.abs(b[1] - a[1]).mean() for a, b in itertools.pairwise(frames)])
    assert rigid > 1.5
    # A little is left at the block's rim, where cells are half covered.
    assert read(frames).value < 0.2


def test_frames_are_not_compared_across_cuts(scene):
    other = cv2.resize(rgb_to_lab(photos.rocket()), (S, S), interpolation=cv2.INTER_AREA)
    other = np.ascontiguousarray(other[..., 0]), np.full((CELLS, CELLS, 2), 50, np.float32)
    here = view(scene, 60)
    meter = read([here, here, other, other, here, here])
    assert meter.cuts == 2
    assert meter.value == 0


def test_a_flash_hides_nothing(scene):
    lit, ab = view(scene, 60)
    frames = [
        (np.clip(lit * (1.3 if f % 3 == 1 else 1), 0, 100), ab + 2 * (f % 2)) for f in range(9)
    ]
    meter = read(frames)
    assert meter.cuts == 0
    assert meter.value == pytest.approx(2, rel=0.05)


def test_another_size_is_compared_with_none(scene):
    lit, ab = view(scene, 60)
    small = np.full((40, 40, 2), 90, np.float32)
    assert read([(lit, ab), (lit, small), (lit, ab)]).value == 0


def test_it_keeps_its_own_copy(scene):
    lit, ab = view(scene, 60)
    ab = ab.copy()
    meter = FlickerMeter()
    meter.add(lit, ab)
    ab += 5
    meter.add(lit, ab)
    assert meter.value == pytest.approx(5, abs=1e-3)


@pytest.mark.parametrize(
    ("lit", "ab"), [((S,), (CELLS, CELLS, 2)), ((S, S), (CELLS, CELLS, 3)), ((S, S), (0, 0, 2))]
)
def test_bad_shapes(lit, ab):
    with pytest.raises(ValueError, match="is \\[height, width"):
        FlickerMeter().add(np.zeros(lit, np.float32), np.zeros(ab, np.float32))

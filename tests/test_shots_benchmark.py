"""Colours hold through a shot whose exposure does not, and the benchmark can tell."""

import cv2
import numpy as np
import pytest
from scipy.spatial.distance import jensenshannon
from skimage import data as photos
from typer.testing import CliRunner

from benchmarks import old_shots
from benchmarks.cdc import ColourConsistency
from benchmarks.cli import app
from benchmarks.old_shots import fade, flicker, old_film
from benchmarks.shots import measure_shots, tint_errors, ways_of
from edge_runtime import Colorizer, Device
from train.errors import PictureSourceError

# Units of a* and b*: by so much the tint of a shot may move.
MOST = 1.0


@pytest.fixture(scope="module")
def colorizer():
    return Colorizer("standard", Device(threads=1))


def small(picture):
    return cv2.resize(picture, (160, 120), interpolation=cv2.INTER_AREA)


FILMS = {
    "fade to black": fade(small(photos.chelsea()), out=True),
    "fade from black": fade(small(photos.chelsea()), out=False),
    "flickering exposure": flicker(small(photos.coffee()), np.random.default_rng(0)),
}


@pytest.mark.parametrize("kind", FILMS)
def test_the_tint_of_a_shot_stays(colorizer, kind):
    film, ways = FILMS[kind], ways_of(colorizer)
    by_frame, smoothed = (
        tint_errors(film, ways[name](film), colorizer).max()
        for name in ("frame by frame", "smoothed")
    )
    assert smoothed < MOST
    assert smoothed < 0.5 * by_frame


@pytest.mark.parametrize("kind", ["fade to black", "fade from black"])
def test_colour_falls_with_the_light(colorizer, kind):
    film, ways = FILMS[kind], ways_of(colorizer)
    chroma = [np.linalg.norm(ab, axis=-1).mean() for ab in ways["smoothed"](film)]
    # What a colour film of the same fade shows, at the middle of it and near its dark end.
    true = [np.linalg.norm(ab, axis=-1).mean() for ab in ways["true"](film)]
    full, dark = (0, -1) if kind == "fade to black" else (-1, 0)
    ours, theirs = (np.array(values) / values[full] for values in (chroma, true))
    assert np.abs(ours - theirs).max() < 0.2
    assert ours[dark] < 0.1
    by_frame = [np.linalg.norm(ab, axis=-1).mean() for ab in ways["frame by frame"](film)]
    assert (
        by_frame[len(by_frame) * 2 // 3 if full == 0 else len(by_frame) // 3] > 0.9 * by_frame[full]
    )


def test_an_old_film_moves_its_tint_less_than_frame_by_frame(colorizer):
    pictures = [small(picture) for picture in (photos.coffee(), photos.chelsea(), photos.rocket())]
    film, ways = old_film(pictures, np.random.default_rng(1)), ways_of(colorizer)
    errors = [
        tint_errors(film, ways[name](film), colorizer) for name in ("frame by frame", "smoothed")
    ]
    assert errors[1].mean() < 0.8 * errors[0].mean()
    assert film.shots.count(1) == len(film.seen) / 3
    assert np.abs(film.true[0].astype(int) - film.true[-1]).mean() > 20


def test_the_consistency_of_colours_is_that_of_scipy():
    rng = np.random.default_rng(0)
    frames = [rng.integers(0, 40 + 20 * n, (12, 16, 3), np.uint8) for n in range(7)]
    meter = ColourConsistency()
    for frame in frames:
        meter.add(frame, shot=1)
    histograms = [
        [np.histogram(frame[..., c], 256, (0, 256))[0] for c in range(3)] for frame in frames
    ]
    # SciPy gives the root of the divergence.
    means = [
        np.mean([
            jensenshannon(one, other) ** 2
            for before, after in zip(histograms, histograms[distance:], strict=False)
            for one, other in zip(before, after, strict=True)
        ])
        for distance in (1, 2, 4)
    ]  # fmt: skip
    assert meter.value == pytest.approx(np.mean(means), rel=1e-9)


def test_frames_of_two_shots_are_not_compared():
    meter = ColourConsistency()
    dark, light = np.zeros((4, 4, 3), np.uint8), np.full((4, 4, 3), 250, np.uint8)
    for shot, frame in enumerate((dark, light, dark)):
        meter.add(frame, shot)
    assert meter.value == 0
    meter.add(light, 2)
    assert meter.value == pytest.approx(np.log(2))


def test_the_command_and_too_few_pictures(tmp_path, tiny_model, monkeypatch):
    for length in (
        "_HELD",
        "_FADE",
        "_FLICKERING",
        "_SHOT",
    ):  # of the table only words are looked at
        monkeypatch.setattr(old_shots, length, 4)
    for name in ("coffee", "chelsea", "rocket"):
        picture = cv2.resize(getattr(photos, name)(), (48, 36), interpolation=cv2.INTER_AREA)
        cv2.imwrite(str(tmp_path / f"{name}.png"), picture[..., ::-1])
    result = CliRunner().invoke(app, ["shots", "--on", str(tmp_path), "--model", str(tiny_model)])
    assert result.exit_code == 0, result.output
    for word in ("fade to black", "fade from black", "flickering", "old film", "grey", "smoothed"):
        assert word in result.output
    with pytest.raises(PictureSourceError, match="three pictures"):
        measure_shots([photos.coffee()])

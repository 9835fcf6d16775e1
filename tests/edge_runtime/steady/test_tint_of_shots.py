"""The shipped network's colours hold through a shot whose exposure does not: made-up films."""

import cv2
import numpy as np
import pytest
from skimage import data as photos

from edge_runtime import Colorizer, Device, Look
from edge_runtime.colour.cielab import rgb_to_lab
from edge_runtime.steady.shot import ShotWatch
from edge_runtime.steady.temporal import ChromaSmoother

LOOK = Look(whole=True)  # films are taken whole

# Units of a* and b*: by so much the tint of a shot may move.
MOST = 1.0

# Gains of the exposure, frame by frame.
FADE = np.concatenate([np.ones(8), np.linspace(1, 0, 16)])
FLICKER = 1 + np.random.default_rng(0).uniform(-0.2, 0.2, 32)
FILMS = {
    "fade to black": ("chelsea", FADE),
    "fade from black": ("chelsea", FADE[::-1]),
    "flickering exposure": ("coffee", FLICKER),
}


@pytest.fixture(scope="module")
def colorizer():
    return Colorizer("standard", Device(threads=1))


def small(name):
    return cv2.resize(getattr(photos, name)(), (160, 120), interpolation=cv2.INTER_AREA)


def lit(picture, gains):
    return [cv2.convertScaleAbs(picture, alpha=float(gain)) for gain in gains]


def frames_of(kind):
    name, gains = FILMS[kind]
    return lit(cv2.cvtColor(small(name), cv2.COLOR_RGB2GRAY), gains)


def by_frame(colorizer, frames):
    return [colorizer.predict(colorizer.see(frame, LOOK)) for frame in frames]


def smoothed(colorizer, frames):
    watch, smoother = ShotWatch(colorizer.contract.view), ChromaSmoother()
    seen = (watch.see(colorizer.see(frame, LOOK)) for frame in frames)
    return [smoother.smooth(frame, colorizer.predict(frame.view)) for frame in seen]


def tint(colorizer, grey, ab):
    """Mean a*, b* of a frame painted with ab."""
    return rgb_to_lab(colorizer.paint(grey, np.float32(ab), LOOK))[..., 1:].mean(axis=(0, 1))


def from_line(point, line):
    """The distance of a point from a line of straight pieces, [n, 2], or from its only point."""
    if len(line) == 1:
        return np.linalg.norm(point - line[0])
    starts, steps = line[:-1], np.diff(line, axis=0)
    along = ((point - starts) * steps).sum(axis=1) / np.maximum((steps**2).sum(axis=1), 1e-12)
    nearest = starts + np.clip(along, 0, 1)[:, None] * steps
    return np.linalg.norm(nearest - point, axis=1).min()


def tint_errors(colorizer, kind, abs_of):
    """How far each painted frame's tint is from what the shot's own colours make of that frame.

    These are the mean ab of the shot's frames; in a fade, those of its bright end, of which a frame
    may show any part. What sRGB has no room for, near black and white, is no error so.
    """
    frames = frames_of(kind)
    colours = abs_of(colorizer, frames)
    own, parts = np.mean(colours, axis=0), [1]
    if "fade" in kind:
        own, parts = colours[0 if kind == "fade to black" else -1], np.linspace(0, 1, 5)
    return np.array(
        [
            from_line(
                tint(colorizer, grey, ab),
                np.array([tint(colorizer, grey, own * part) for part in parts]),
            )
            for grey, ab in zip(frames, colours, strict=True)
        ]
    )


@pytest.mark.parametrize("kind", FILMS)
def test_the_tint_of_a_shot_stays(colorizer, kind):
    plain, steady = (tint_errors(colorizer, kind, way).max() for way in (by_frame, smoothed))
    assert steady < MOST
    assert steady < 0.5 * plain


@pytest.mark.parametrize("kind", ["fade to black", "fade from black"])
def test_colour_falls_with_the_light(colorizer, kind):
    name, gains = FILMS[kind]
    side = (colorizer.output_size,) * 2
    # What a colour film of the same fade shows, at the middle of it and near its dark end.
    true = [
        rgb_to_lab(cv2.resize(frame, side, interpolation=cv2.INTER_AREA))[..., 1:]
        for frame in lit(small(name), gains)
    ]
    theirs, ours, plain = (
        np.array([np.linalg.norm(ab, axis=-1).mean() for ab in colours])
        for colours in (true, *(way(colorizer, frames_of(kind)) for way in (smoothed, by_frame)))
    )
    full, dark = (0, -1) if kind == "fade to black" else (-1, 0)
    ours, theirs = ours / ours[full], theirs / theirs[full]
    assert np.abs(ours - theirs).max() < 0.2
    assert ours[dark] < 0.1
    assert plain[len(plain) * 2 // 3 if full == 0 else len(plain) // 3] > 0.9 * plain[full]


def old_film(names, rng):
    """Slow pans over photos, a shot each, with flicker, weave, grain, dust and scratches."""
    shots, frames = 24, []
    width, height = 128, 96  # the part of a photo of 160 x 120 that is seen
    for name in names:
        photo = small(name)
        step = np.array([160, 120]) * 0.15 * rng.choice([-1, 1]) * [1, 0.3]
        scratches = rng.integers(0, width, 2)
        for part in np.linspace(-0.5, 0.5, shots):
            x, y = [80, 60] + part * step + rng.normal(0, 0.4, 2)
            seen = cv2.getRectSubPix(photo, (width, height), (float(x), float(y)))
            frames.append(damaged(cv2.cvtColor(seen, cv2.COLOR_RGB2GRAY), scratches, rng))
    return frames, np.repeat(np.arange(len(names)), shots)


def damaged(grey, scratches, rng):
    """uint8 [H, W] as an old print shows it."""
    film = grey * np.float32(1 + rng.uniform(-0.2, 0.2))
    film += rng.normal(0, 5, grey.shape)
    for column in scratches:
        film[:, (column + rng.integers(-1, 2)) % grey.shape[1]] += 70
    film = film.clip(0, 255).astype(np.uint8)
    for _ in range(rng.poisson(4)):
        x, y = map(int, rng.integers(0, grey.shape[::-1]))
        cv2.circle(film, (x, y), int(rng.integers(1, 4)), int(rng.choice([10, 245])), -1)
    return film


def test_an_old_film_moves_its_tint_less_than_frame_by_frame(colorizer):
    frames, shots = old_film(("coffee", "chelsea", "rocket"), np.random.default_rng(1))
    errors = []
    for way in (by_frame, smoothed):
        colours = way(colorizer, frames)
        tints = np.array([tint(colorizer, *pair) for pair in zip(frames, colours, strict=True)])
        means = np.array([tints[shots == shot].mean(axis=0) for shot in shots])
        errors.append(np.linalg.norm(tints - means, axis=1).mean())
    assert errors[1] < 0.8 * errors[0]

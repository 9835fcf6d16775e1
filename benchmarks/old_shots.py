"""Films of known colours whose exposure does what that of old films does, made of still photos."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np

FPS = 16  # of hand-cranked film, by which the lengths below are chosen

_HELD, _FADE = 8, 16  # frames
_FLICKER = 0.2  # of the exposure, either way
_FLICKERING = 32  # frames
_SHOTS, _SHOT = 3, 24  # of an old film, and the frames of each

# The part of a photo that an old film shows, and how far it wanders in a shot, of the photo's side.
_VIEW, _PAN = 0.8, 0.15


@dataclass(frozen=True)
class KnownFilm:
    """A film whose colours are known.

    Attributes:
        kind: what its exposure does.
        true: uint8 [H, W, 3] sRGB, frame after frame.
        seen: uint8 [H, W], the same as they lie on the black-and-white film.
        shots: the number of the shot of each frame.
        fades, moves: whether it does.
    """

    kind: str
    true: tuple[np.ndarray, ...]
    seen: tuple[np.ndarray, ...]
    shots: tuple[int, ...]
    fades: bool = False
    moves: bool = False


def fade(photo: np.ndarray, *, out: bool) -> KnownFilm:
    """A still that fades to black, or from black: the coded levels fall evenly to 0."""
    gains = np.concatenate([np.ones(_HELD), np.linspace(1, 0, _FADE)])
    gains = gains if out else gains[::-1]
    kind = "fade to black" if out else "fade from black"
    return replace(_lit(kind, photo, gains, gains), fades=True)


def flicker(photo: np.ndarray, rng: np.random.Generator) -> KnownFilm:
    """A still whose exposure is another in each frame; its colours are those of the steady one."""
    gains = 1 + rng.uniform(-_FLICKER, _FLICKER, _FLICKERING)
    return _lit("flickering exposure", photo, np.ones(_FLICKERING), gains)


def old_film(photos: Sequence[np.ndarray], rng: np.random.Generator) -> KnownFilm:
    """Slow pans over photos, one a shot, with flicker, weave, grain, dust and scratches.

    Args:
        photos: uint8 [H, W, 3], `_SHOTS` of them; all are brought to the size of the first.
        rng: of the damages.
    """
    height, width = (round(side * _VIEW) for side in photos[0].shape[:2])
    true, seen, shots = [], [], []
    for number, photo in enumerate(photos):
        photo = cv2.resize(photo, photos[0].shape[1::-1], interpolation=cv2.INTER_AREA)
        middle = np.array(photo.shape[1::-1]) / 2
        step = np.array(photo.shape[1::-1]) * _PAN * rng.choice([-1, 1]) * [1, 0.3]
        scratches = rng.integers(0, width, 2)
        for part in np.linspace(-0.5, 0.5, _SHOT):
            x, y = middle + part * step + rng.normal(0, 0.4, 2)
            frame = cv2.getRectSubPix(photo, (width, height), (float(x), float(y)))
            true.append(frame)
            seen.append(_damaged(_grey(frame), scratches, rng))
            shots.append(number)
    return KnownFilm("old film", tuple(true), tuple(seen), tuple(shots), moves=True)


def films_of(pictures: Sequence[np.ndarray]) -> Iterator[KnownFilm]:
    """All kinds, of each picture in turn; always the same ones."""
    rng = np.random.default_rng(0)
    for photo in pictures:
        yield fade(photo, out=True)
        yield fade(photo, out=False)
        yield flicker(photo, rng)
    for start in range(0, len(pictures) - _SHOTS + 1, _SHOTS):
        yield old_film(pictures[start : start + _SHOTS], rng)


def _grey(picture: np.ndarray) -> np.ndarray:
    return cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)


def _lit(kind: str, photo: np.ndarray, true: np.ndarray, seen: np.ndarray) -> KnownFilm:
    grey = _grey(photo)
    return KnownFilm(
        kind,
        tuple(cv2.convertScaleAbs(photo, alpha=float(gain)) for gain in true),
        tuple(cv2.convertScaleAbs(grey, alpha=float(gain)) for gain in seen),
        (0,) * len(seen),
    )


def _damaged(grey: np.ndarray, scratches: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """uint8 [H, W] as an old print shows it."""
    film = grey * np.float32(1 + rng.uniform(-_FLICKER, _FLICKER))
    film += rng.normal(0, 5, grey.shape)
    for column in scratches:
        film[:, (column + rng.integers(-1, 2)) % grey.shape[1]] += 70
    film = film.clip(0, 255).astype(np.uint8)
    for _ in range(rng.poisson(4)):
        place = rng.integers(0, grey.shape[::-1])
        cv2.circle(
            film, tuple(map(int, place)), int(rng.integers(1, 4)), int(rng.choice([10, 245])), -1
        )
    return film

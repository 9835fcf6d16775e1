"""What borders, mounts and album pages cost, and what leaving them out gives back.

Colour photos are laid on pages of four kinds, coloured with and without margins left out, cut out
again and compared with the truth. The same photos bare tell what the mount took away.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from edge_runtime import Colorizer, Look
from edge_runtime.colour.cielab import rgb_to_lab
from train.errors import PictureSourceError
from train.measure.evaluate import NO_COLOUR, in_groups, painted
from train.measure.metrics import psnr, rgb_mse

# A page, uint8 [H, W, 3], and where each photo lies on it.
Page = tuple[np.ndarray, list[tuple[slice, slice]]]

# Grey levels of an album's paper and of its noise, of film, and of the light behind perforations.
PAPER, PAPER_NOISE = 205, 3.0
FILM, LIGHT = 8, 235


@dataclass(frozen=True)
class MountScore:
    """Photos on pages of one kind.

    Attributes:
        kind: of the page.
        photos: how many.
        whole_gain: mean RGB PSNR over that of the grey photos, dB, the page coloured as a whole.
        gain: the same with margins left out.
        bare_gain: the same without a page.
        whole_chroma, chroma: mean C* of the mount, likewise; 0 where there is none.
        found: the part of the pages on which margins were found.
    """

    kind: str
    photos: int
    whole_gain: float
    gain: float
    bare_gain: float
    whole_chroma: float
    chroma: float
    found: float


def bare(photos: Sequence[np.ndarray], rng: np.random.Generator) -> Page:
    """No page at all."""
    return photos[0], [(slice(None), slice(None))]


def white_border(photos: Sequence[np.ndarray], rng: np.random.Generator) -> Page:
    """White, 4 % of the page on each side."""
    return _around(photos[0], 0.04, 255)


def wide_page(photos: Sequence[np.ndarray], rng: np.random.Generator) -> Page:
    """Light grey paper with noise, 25 % of the page on each side."""
    page, places = _around(photos[0], 0.25, 0)
    paper = _paper(*page.shape[:2], rng)
    paper[places[0]] = photos[0]
    return paper, places


def dark_mount(photos: Sequence[np.ndarray], rng: np.random.Generator) -> Page:
    """The black of film, 6 % of the page on each side, with white perforations above and below."""
    page, places = _around(photos[0], 0.06, FILM)
    height, width = page.shape[:2]
    edge, pitch = height * 0.06, width / 16
    for hole in range(16):
        columns = slice(round((hole + 0.3) * pitch), round((hole + 0.7) * pitch))
        for middle in (edge / 2, height - edge / 2):
            page[round(middle - edge / 5) : round(middle + edge / 5), columns] = LIGHT
    return page, places


def four_prints(photos: Sequence[np.ndarray], rng: np.random.Generator) -> Page:
    """Four photos in two rows on light grey paper, each somewhere in its quarter."""
    rows = max(len(photo) for photo in photos) * 5 // 4
    columns = max(photo.shape[1] for photo in photos) * 5 // 4
    page, places = _paper(2 * rows, 2 * columns, rng), []
    for i, photo in enumerate(photos):
        height, width = photo.shape[:2]
        # At least 4 % of the quarter are left on each side.
        top = round((rows - height) * rng.uniform(0.2, 0.8)) + rows * (i // 2)
        left = round((columns - width) * rng.uniform(0.2, 0.8)) + columns * (i % 2)
        places.append((slice(top, top + height), slice(left, left + width)))
        page[places[-1]] = photo
    return page, places


# By name: how a page is made, and of how many photos.
KINDS: dict[str, tuple[Callable[[Sequence[np.ndarray], np.random.Generator], Page], int]] = {
    "bare": (bare, 1),
    "white border": (white_border, 1),
    "wide page": (wide_page, 1),
    "dark mount": (dark_mount, 1),
    "four prints": (four_prints, 4),
}


def _around(photo: np.ndarray, part: float, level: int) -> Page:
    height, width = photo.shape[:2]
    top, left = (round(side * part / (1 - 2 * part)) for side in (height, width))
    page = np.full((height + 2 * top, width + 2 * left, 3), level, np.uint8)
    place = (slice(top, top + height), slice(left, left + width))
    page[place] = photo
    return page, [place]


def _paper(height: int, width: int, rng: np.random.Generator) -> np.ndarray:
    grey = np.round(PAPER + rng.normal(0, PAPER_NOISE, (height, width, 1)))
    return np.repeat(np.clip(grey, 0, 255).astype(np.uint8), 3, axis=2)


def measure_margins(model: str, pictures: Iterable[np.ndarray]) -> list[MountScore]:
    """Colour every photo bare and on pages of every kind.

    Args:
        model: a shipped name or a `.tflite`.
        pictures: true photos, uint8 [H, W, 3].
    Raises:
        PictureSourceError: there are no photos.
    """
    photos = list(pictures)
    if not photos:
        raise PictureSourceError("there are no colour pictures to measure on")
    colorizer, looks = Colorizer(model), (Look(whole=True), Look())
    bare_gains = [_gain(photo, colorizer.colorize(photo, looks[0])) for photo in photos]
    scores = []
    for kind, (make, count) in KINDS.items():
        rng = np.random.default_rng(0)
        gains, chromas, found = [], [], []
        for group in in_groups(photos, count):
            page, places = make(group, rng)
            results = [colorizer.colorize(page, look) for look in looks]
            mount = np.ones(page.shape[:2], bool)
            for photo, place in zip(group, places, strict=True):
                gains.append([_gain(photo, result[place]) for result in results])
                mount[place] = False
            chromas.append([_chroma(result[mount]) for result in results])
            found.append(not np.array_equal(*results))
        scores.append(
            MountScore(
                kind,
                len(photos),
                *np.mean(gains, axis=0).tolist(),
                float(np.mean(bare_gains)),
                *np.mean(chromas, axis=0).tolist(),
                float(np.mean(found)),
            )
        )
    return scores


def _gain(true: np.ndarray, ours: np.ndarray) -> float:
    grey = painted(true, NO_COLOUR)
    return psnr(rgb_mse(true, ours)) - psnr(rgb_mse(true, grey))


def _chroma(pixels: np.ndarray) -> float:
    """Mean C* of uint8 [n, 3]."""
    if not len(pixels):
        return 0.0
    return float(np.hypot(*rgb_to_lab(pixels)[:, 1:].T).mean())

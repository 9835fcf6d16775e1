"""How often a scene cut is found where there is one, and where there is none.

Pairs of frames are made of still photos: two of them are a cut; one of them twice, moved, enlarged,
lit or made noisy, is none.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import cv2
import numpy as np

from edge_runtime.colour import lightness
from edge_runtime.video.motion import DenseFlow, fetch
from edge_runtime.video.scene_cut import is_cut
from train.errors import SourceError

# Cells a side, as the shipped networks give ab.
CELLS = 80

# The part of a photo's shorter side that a moving camera sees.
_VIEW = 0.6

Pair = tuple[np.ndarray, np.ndarray]


@dataclass(frozen=True)
class CutScore:
    """Pairs of one kind.

    Attributes:
        kind: what lies between the two frames.
        is_cut: whether it is a cut.
        pairs: how many.
        found: the part of them that was called a cut.
    """

    kind: str
    is_cut: bool
    pairs: int
    found: float


def measure_cuts(pictures: Iterable[np.ndarray]) -> list[CutScore]:
    """Look for cuts in pairs of every kind.

    Args:
        pictures: uint8 [H, W, 3], at least two.
    Raises:
        SourceError: there are fewer.
    """
    photos = [lightness(picture) for picture in pictures]
    if len(photos) < 2:
        raise SourceError("cuts need two pictures or more")
    rng = np.random.default_rng(0)
    scores = [
        _score("another picture", True, _neighbours(photos)),
        _score("another picture of the same tones", True, _alike(photos)),
    ]
    kinds: dict[str, Callable[[np.ndarray], Pair]] = {
        "camera moved by 5 % of the width": lambda photo: _pan(photo, 0.05, rng),
        "camera moved by 10 %": lambda photo: _pan(photo, 0.1, rng),
        "camera moved by 20 %": lambda photo: _pan(photo, 0.2, rng),
        "enlarged by 15 %": _zoom,
        "lit by 15 L* and a quarter": lambda photo: _lit(photo, 1.25, 15),
        "lit by 45 L*, much of it white": lambda photo: _lit(photo, 1.3, 45),
        "darkened to 0.4": lambda photo: _lit(photo, 0.4, 0),
        "noise of 8 L*": lambda photo: _noise(photo, rng),
    }
    for kind, make in kinds.items():
        scores.append(_score(kind, False, (make(photo) for photo in photos)))
    return scores


def _score(kind: str, cut: bool, pairs: Iterable[Pair]) -> CutScore:
    flow = DenseFlow(cv2.DISOPTICAL_FLOW_PRESET_ULTRAFAST)
    found = [
        is_cut(before, fetch(before, flow.places(before, after)), after) for before, after in pairs
    ]
    return CutScore(kind, cut, len(found), float(np.mean(found)))


def _view(photo: np.ndarray, x: float, y: float, side: float) -> np.ndarray:
    """A square of the photo around (x, y), in pixels, as cells."""
    size = max(1, round(side))
    part = cv2.getRectSubPix(photo, (size, size), (x, y))
    return cv2.resize(part, (CELLS, CELLS), interpolation=cv2.INTER_AREA)


def _whole(photo: np.ndarray) -> np.ndarray:
    return cv2.resize(photo, (CELLS, CELLS), interpolation=cv2.INTER_AREA)


def _neighbours(photos: list[np.ndarray]) -> Iterator[Pair]:
    for number, photo in enumerate(photos):
        yield _whole(photos[number - 1]), _whole(photo)


def _alike(photos: list[np.ndarray]) -> Iterator[Pair]:
    tones = np.array([np.percentile(photo, [10, 30, 50, 70, 90]) for photo in photos])
    for number, photo in enumerate(photos):
        distances = np.abs(tones - tones[number]).sum(axis=1)
        distances[number] = np.inf
        yield _whole(photos[int(distances.argmin())]), _whole(photo)


def _pan(photo: np.ndarray, part: float, rng: np.random.Generator) -> Pair:
    height, width = photo.shape
    side = _VIEW * min(height, width)
    # Mostly sideways, as cameras pan.
    angle = rng.uniform(0, 2 * np.pi)
    dx, dy = part * side * np.cos(angle) / 2, part * side * np.sin(angle) * 0.3 / 2
    x, y = width / 2, height / 2
    return _view(photo, x - dx, y - dy, side), _view(photo, x + dx, y + dy, side)


def _zoom(photo: np.ndarray) -> Pair:
    height, width = photo.shape
    side = min(height, width)
    x, y = width / 2, height / 2
    return _view(photo, x, y, side), _view(photo, x, y, side / 1.15)


def _lit(photo: np.ndarray, gain: float, offset: float) -> Pair:
    cells = _whole(photo)
    return cells, np.clip(cells * np.float32(gain) + np.float32(offset), 0, 100)


def _noise(photo: np.ndarray, rng: np.random.Generator) -> Pair:
    cells = _whole(photo)
    noisy = [cells + rng.normal(0, 8, cells.shape).astype(np.float32) for _ in range(2)]
    return np.clip(noisy[0], 0, 100), np.clip(noisy[1], 0, 100)

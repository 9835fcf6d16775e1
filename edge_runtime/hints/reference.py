"""Take the colours of another picture: hints where it has places that look alike.

Places are alike by lightness through the tone view, by how lively that is around them, by where
they lie, and by what the network itself makes of them, which says sky from wall where lightness
does not. The colour of a hint is the median of those of the most alike places, and where these do
not agree there is none. How much it is worth: docs/hints.md.
"""

from collections.abc import Iterator

import cv2
import numpy as np

from edge_runtime.colour.cielab import lab_to_rgb, rgb_to_lab
from edge_runtime.colour.hints import Hint
from edge_runtime.colour.prints import Rectangle
from edge_runtime.colour.shrink import shrink
from edge_runtime.colour.spread import guide
from edge_runtime.colour.view import Print
from edge_runtime.hints.session import HintSession

# Hints a side, of each print.
_GRID = 6

# What one unit of unlikeness is: of lightness and its deviation around (hundredths of the tone
# view's range), of the place (parts of the picture), and of the network's own ab.
_LIGHTNESS, _DEVIATION, _PLACE, _AB = 12.0, 6.0, 0.4, 6.0

# The side of the square in which the deviation is taken, in cells.
_AROUND = 5

# Places that are asked, and what their colours may differ by from their median, in units of ab.
_ASKED, _AGREE = 9, 6.0

# More unlikeness than this, and no place of the reference is like it.
_LIKE = 1.5

_ALL = Rectangle(0, 0, 1, 1)


def reference_hints(session: HintSession, reference: HintSession) -> tuple[Hint, ...]:
    """Hints that give a picture the colours of another one.

    Args:
        session: of the picture.
        reference: of the other one, [H, W, 3] in colour, by the same network.
    Returns:
        at most 36 a print; none where nothing is alike.
    Raises:
        ModelError: the network fails.
    """
    features, colours = [], []
    for seen, own, place in _prints(reference):
        part = reference.picture[place.pixels(*reference.picture.shape[:2])]
        height, width = own.shape[:2]
        features.append(_features(seen, own).reshape(height * width, -1))
        small = rgb_to_lab(shrink(part, height, width))
        colours.append(small.reshape(-1, 3)[:, 1:])
    known, ab = np.concatenate(features), np.concatenate(colours)
    hints = []
    for seen, own, place in _prints(session):
        for row, column, wanted in _chosen(_features(seen, own)):
            unlike = ((known - wanted) ** 2).sum(axis=1)
            nearest = np.argpartition(unlike, _ASKED - 1)[:_ASKED]
            said = np.median(ab[nearest], axis=0)
            apart = np.hypot(*(ab[nearest] - said).T).mean()
            if unlike[nearest].mean() > _LIKE**2 or apart > _AGREE:
                continue
            y, x = (row + 0.5) / own.shape[0], (column + 0.5) / own.shape[1]
            hints.append(
                Hint(
                    place.left + x * (place.right - place.left),
                    place.top + y * (place.bottom - place.top),
                    _spelled(seen.lightness, x, y, said),
                )
            )
    return tuple(hints)


def _prints(session: HintSession) -> Iterator[tuple[Print, np.ndarray, Rectangle]]:
    """Of each print: what was seen, the network's own ab, and where it lies."""
    places = session.view.places or (_ALL,)
    return zip(session.view.prints, session.prints_ab, places, strict=True)


def _features(seen: Print, own: np.ndarray) -> np.ndarray:
    """What makes cells alike, in units of unlikeness: float32 [h, w, 6]."""
    height, width = own.shape[:2]
    lightness = guide(seen.lightness, height, width)
    mean, of_squares = (cv2.blur(plane, (_AROUND, _AROUND)) for plane in (lightness, lightness**2))
    deviation = np.sqrt(np.maximum(of_squares - mean**2, 0))
    down = np.broadcast_to(np.linspace(0, 1, height)[:, None], (height, width))
    across = np.broadcast_to(np.linspace(0, 1, width), (height, width))
    planes = (
        lightness / _LIGHTNESS,
        deviation / _DEVIATION,
        down / _PLACE,
        across / _PLACE,
        own[..., 0] / _AB,
        own[..., 1] / _AB,
    )
    return np.dstack(planes).astype(np.float32)


def _chosen(features: np.ndarray) -> Iterator[tuple[int, int, np.ndarray]]:
    """The calmest cell of each part of a grid: row, column and its features."""
    height, width = features.shape[:2]
    for rows in np.array_split(np.arange(height), _GRID):
        for columns in np.array_split(np.arange(width), _GRID):
            calm = features[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1, 1]
            down, across = np.unravel_index(calm.argmin(), calm.shape)
            row, column = rows[down], columns[across]
            yield int(row), int(column), features[row, column]


def _spelled(lightness: np.ndarray, x: float, y: float, ab: np.ndarray) -> tuple[int, int, int]:
    """A colour at the lightness of its place: three levels, 0..255."""
    height, width = lightness.shape
    level = lightness[min(int(y * height), height - 1), min(int(x * width), width - 1)]
    rgb = lab_to_rgb(np.array([[[level, *ab]]], np.float32))[0, 0]
    red, green, blue = np.round(rgb * 255).astype(int).tolist()
    return red, green, blue

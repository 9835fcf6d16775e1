"""Take the colours of another picture: hints where it has places that look alike.

Places are alike by lightness through the tone view, by how lively that is around them, by where
they lie, and by what the network itself makes of them, which says sky from wall where lightness
does not. The colour of a hint is the median of those of the most alike places, and where these do
not agree there is none. How much it is worth: docs/measurements/hints.md.
"""

import numpy as np

from edge_runtime.colour.cielab import rgb_to_lab
from edge_runtime.colour.hinted import prints_of, said_at
from edge_runtime.colour.hints import Hint
from edge_runtime.colour.shrink import shrink
from edge_runtime.colour.spread import guide
from edge_runtime.colour.view import Print
from edge_runtime.hints.calm import calm_cells, deviation
from edge_runtime.hints.session import HintSession

# Hints a side, of each print.
_GRID = 6

# What one unit of unlikeness is: of lightness and its deviation around (hundredths of the tone
# view's range), of the place (parts of the picture), and of the network's own ab.
_LIGHTNESS, _DEVIATION, _PLACE, _AB = 12.0, 6.0, 0.4, 6.0

# Places that are asked, and what their colours may differ by from their median, in units of ab.
_ASKED, _AGREE = 9, 6.0

# More unlikeness than this, and no place of the reference is like it.
_LIKE = 1.5


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
    for seen, own, place in prints_of(reference.view, reference.prints_ab):
        part = reference.picture[place.pixels(*reference.picture.shape[:2])]
        height, width = own.shape[:2]
        features.append(_features(seen, own).reshape(height * width, -1))
        small = rgb_to_lab(shrink(part, height, width))
        colours.append(small.reshape(-1, 3)[:, 1:])
    known, ab = np.concatenate(features), np.concatenate(colours)
    hints = []
    for seen, own, place in prints_of(session.view, session.prints_ab):
        wanted = _features(seen, own)
        for row, column in calm_cells(wanted[..., 1], _GRID):
            unlike = ((known - wanted[row, column]) ** 2).sum(axis=1)
            nearest = np.argpartition(unlike, _ASKED - 1)[:_ASKED]
            said = np.median(ab[nearest], axis=0)
            apart = np.hypot(*(ab[nearest] - said).T).mean()
            if unlike[nearest].mean() > _LIKE**2 or apart > _AGREE:
                continue
            y, x = (row + 0.5) / own.shape[0], (column + 0.5) / own.shape[1]
            hints.append(said_at(seen, place, x, y, said))
    return tuple(hints)


def _features(seen: Print, own: np.ndarray) -> np.ndarray:
    """What makes cells alike, in units of unlikeness: float32 [h, w, 6]."""
    height, width = own.shape[:2]
    lightness = guide(seen.lightness, height, width)
    down = np.broadcast_to(np.linspace(0, 1, height)[:, None], (height, width))
    across = np.broadcast_to(np.linspace(0, 1, width), (height, width))
    planes = (
        lightness / _LIGHTNESS,
        deviation(lightness) / _DEVIATION,
        down / _PLACE,
        across / _PLACE,
        own[..., 0] / _AB,
        own[..., 1] / _AB,
    )
    return np.dstack(planes).astype(np.float32)

"""Golden values of a file of hints: how it is read, and what colours come of it on a picture."""

import numpy as np

from edge_runtime.colour.hints import Hint
from edge_runtime.colour.spread import Spot, guide
from edge_runtime.colour.view import lightness_at
from edge_runtime.hints.file import hints_json
from export.golden_spread import spread_exactly

HINTS = (
    Hint(0.42, 0.61, "#8c1d2f"),
    Hint(0.1, 0.125, "#7fb2e5", 0.15),
    Hint(0.93, 0.8, "#00ff00"),
    Hint(1, 0, "grey"),
)

# Apart, so that the file stays small.
_STEP = 7


def hinted_case(picture: np.ndarray, name: str) -> tuple[dict[str, object], bytes]:
    """A picture with hints, whatever the network is: its ab is a formula.

    Args:
        picture: uint8 [H, W].
        name: of its files.
    Returns:
        The case, and the file of hints that it names.
    """
    size, side = 160, 80
    lightness = lightness_at(picture, size, size)
    rows, columns = np.mgrid[0:side, 0:side].astype(np.float32)
    own = np.stack([30 * np.sin(rows / 9), 30 * np.cos(columns / 7)], -1).astype(np.float32)
    spots = []
    for hint in HINTS:
        seen = lightness[min(int(hint.y * size), size - 1), min(int(hint.x * size), size - 1)]
        reach = hint.radius * side
        said = hint.ab_at(float(seen))
        spots.append(Spot(hint.y * side, hint.x * side, reach, reach, said))
    ab = spread_exactly(guide(lightness, side, side), own, spots, side)
    case = {
        "grey": f"{name}.grey.u8",
        "hints": f"{name}.hints.json",
        "width": picture.shape[1],
        "height": picture.shape[0],
        "input_size": size,
        "output_size": side,
        "own": ["30 sin(row / 9)", "30 cos(column / 7)"],
        "spots": [[round(float(value), 2) for value in spot.ab] for spot in spots],
        "cells": [
            [row, column, *(round(float(value), 3) for value in ab[row, column])]
            for row in range(0, side, _STEP)
            for column in range(0, side, _STEP)
        ],
    }
    return case, hints_json(HINTS, picture)

"""Golden values of spreading said colours: in float64, cell by cell, apart from the runtime's way.

Formulas: tests/golden/README.md.
"""

import heapq
import math
from collections.abc import Sequence

import cv2
import numpy as np

from edge_runtime.colour.spread import Spot


def spread_cases() -> list[dict[str, object]]:
    """Small cases: a guide, the network's own ab, spots, and the ab that must come out.

    `{"name", "height", "width", "side", "guide": [...], "own": [a*, b*, ...], "spots": [{"row",
    "column", "rows", "columns", "ab"}, ...], "ab": [a*, b*, ...]}`, row by row.
    """
    rng = np.random.default_rng(0)
    height, width = 9, 12
    smooth = cv2.resize(rng.uniform(0, 100, (3, 4)).astype(np.float32), (width, height))
    wall = np.full((height, width), 30, np.float32)
    wall[:, 6] = 90
    own = rng.normal(0, 12, (height, width, 2)).astype(np.float32)
    none = np.zeros_like(own)
    point, edge = _spot(4.3, 2.8, 0, (40, -20)), _spot(0, width, 0, (0, 0))
    disc, other = _spot(6.1, 8.7, 2.2, (-15, 35)), _spot(4.3, 2.8, 0, (-40, 20))
    cases = {
        "one point": (smooth, own, [point]),
        "a wall": (wall, none, [point]),
        "a corner and a disc": (smooth, own, [edge, disc]),
        "two that contradict": (smooth, own, [point, other, disc]),
    }
    return [_case(name, *parts) for name, parts in cases.items()]


def spread_exactly(
    guide: np.ndarray, own: np.ndarray, spots: Sequence[Spot], side: int
) -> np.ndarray:
    """As `colour.spread.spread`, but that every way is the shortest: float64 [h, w, 2]."""
    height, width = guide.shape
    result = np.zeros((height, width, 2))
    ways = [least_ways(guide, spot.cell(height, width)) for spot in spots]
    for row in range(height):
        for column in range(width):
            total, change = 0.08, np.zeros(2)
            for spot, way in zip(spots, ways, strict=True):
                cell = spot.cell(height, width)
                down, across = row + 0.5 - spot.row, column + 0.5 - spot.column
                apart = (down**2 + across**2) / (0.56 * side) ** 2
                apart += ((float(guide[row, column]) - float(guide[cell])) / 12) ** 2
                apart += (way[row, column] / 25) ** 2
                apart += float(np.sum(((own[row, column] - own[cell]) / 12) ** 2))
                alike = 0.95 * math.exp(-apart / 2) + 0.05 / (1 + apart)
                weight, there = alike / (1.001 - alike), own[cell]
                in_disc = (
                    spot.rows > 0 and (down / spot.rows) ** 2 + (across / spot.columns) ** 2 <= 1
                )
                if in_disc or (abs(down) < 1 and abs(across) < 1):
                    weight, there = 1000.0, own[row, column]
                total += weight
                change += weight * (spot.ab - there)
            result[row, column] = own[row, column] + change / total
    return result


def least_ways(guide: np.ndarray, cell: tuple[int, int]) -> np.ndarray:
    """Dijkstra's least sums of what the guide goes up and down from a cell: float64 [h, w]."""
    ways = np.full(guide.shape, np.inf)
    reached = [(0.0, cell)]
    while reached:
        way, (row, column) = heapq.heappop(reached)
        if way >= ways[row, column]:
            continue
        ways[row, column] = way
        for y, x in ((row - 1, column), (row + 1, column), (row, column - 1), (row, column + 1)):
            if 0 <= y < guide.shape[0] and 0 <= x < guide.shape[1]:
                step = abs(float(guide[y, x]) - float(guide[row, column]))
                heapq.heappush(reached, (way + step, (y, x)))
    return ways


def _spot(row: float, column: float, reach: float, ab: tuple[float, float]) -> Spot:
    return Spot(row, column, reach, reach, np.float32(ab))


def _case(
    name: str, guide: np.ndarray, own: np.ndarray, spots: Sequence[Spot]
) -> dict[str, object]:
    height, width = guide.shape
    ab = spread_exactly(guide, own, spots, height)
    return {
        "name": name,
        "height": height,
        "width": width,
        "side": height,
        "guide": [float(str(value)) for value in guide.ravel()],
        "own": [float(str(value)) for value in own.ravel()],
        "spots": [
            {
                "row": spot.row,
                "column": spot.column,
                "rows": spot.rows,
                "columns": spot.columns,
                "ab": spot.ab.tolist(),
            }
            for spot in spots
        ],
        "ab": np.round(ab, 4).ravel().tolist(),
    }

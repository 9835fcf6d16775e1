"""Find the prints in a picture: white borders, black film edges and album pages are left out.

The network should see a picture and not its mount. A margin is a band along a side of one level,
near enough, that ends in a straight and sharp edge. Each side votes: a column of pixels that leaves
the margin's level gives its vote to the place where it does so, and the edge is the line, tilted
by two degrees at most, that has the votes of most columns. So neither handwriting nor perforations
in a film's edge, nor dark parts of a picture that run into it, hide it; while a sky, a snow field
or a backdrop, whose outline is no line on three sides, is no margin.

Pages with several prints are taken apart by the contours of what differs from the page.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from edge_runtime.colour import cielab
from edge_runtime.colour.prints import Rectangle
from edge_runtime.colour.shrink import shrink

# The longest side of the lightness in which margins are looked for, in pixels: finer finds no more.
VIEW_SIDE = 320

# What has a shorter side in the view, in pixels, has no margins that could be told.
_LEAST_SIDE = 24

# How many pixels along a side tell the margin's level.
_RING = 2

# L*: how far a margin may be from its level; more where it is noisy. Below the first and above the
# second of the bounds, what is yet darker or lighter is margin too.
_TOLERANCE = (4.0, 8.0)
_DARK, _LIGHT = 20.0, 90.0

# The part of a side's ring that has the margin's level, and of the band up to the edge, by whether
# the margin is dark and narrow: that of a film, with numbers and perforations in it.
_RING_SHARE = 0.7
_BAND_SHARE = {True: 0.5, False: 0.75}
_NARROW = 0.1

# How deep a margin may be, as part of the side.
_DEEPEST = 0.45

# Slopes of an edge that are tried, rows a column, the least ones first.
_SLOPES = np.array(sorted(np.linspace(-0.035, 0.035, 17), key=abs))

# The same of the deepest margin of a picture: what is thinner takes no colour away.
_LEAST_MARGIN = 0.01

# L*: what the picture differs by from its margin at the edge, as median of the votes.
_LEAST_STEP = 5.0

# No margin has sides whose levels differ by more, in L*.
_LEVELS_APART = 15.0

# A clean margin: the part of the bands that has its level, and how much the sides may differ, in L*
# and in slope.
_CLEAN_BAND, _CLEAN_LEVELS, _CLEAN_SLOPES = 0.95, 3.0, 0.01

# Where only two edges are found, opposite each other, as in a letterbox: they must be straight, and
# black or white through and through; a little less so where the sides between have the same level.
_PAIR_SLOPE = 0.005
_PAIR_LEVELS = (8.0, 95.0)
_LETTERBOX_VOTES, _LETTERBOX_BAND = 0.95, 0.85
_FRAMED_VOTES, _FRAMED_BAND = 0.9, 0.8

# Where an edge is not seen, the part of a row that shows that the picture begins there.
_SHOWN = 0.1

# How many margins may lie inside each other: a white rim, a black film edge, a border.
_MOST_NESTED = 4

# The part of a page that a print has at least; what is smaller is a caption or a stain.
_PRINT_AREA = 0.015

# How much of the page around a print is looked at to see its edges, in pixels.
_RIM = 4

# How far the edge of a print may be from that in the view, in pixels of the view; in how many parts
# a side is looked at; and how many of them must agree.
_REACH = 1.5
_PARTS = 24
_AGREE = 0.6


def view_of(picture: np.ndarray) -> np.ndarray:
    """The lightness in which margins are looked for.

    Args:
        picture: uint8 or uint16, [H, W] grey or [H, W, 3] sRGB.
    Returns:
        float32 [h, w], CIE L*, at most `VIEW_SIDE` a side.
    """
    height, width = picture.shape[:2]
    # By a whole number first, which takes a tenth of the time; a few last rows do not matter.
    factor = max(height, width) // (2 * VIEW_SIDE)
    if min(height, width) >= factor > 1:
        rows, columns = height // factor, width // factor
        picture = shrink(picture[: rows * factor, : columns * factor], rows, columns)
    scale = min(1.0, VIEW_SIDE / max(height, width))
    size = max(1, round(height * scale)), max(1, round(width * scale))
    return cielab.lightness(shrink(picture, *size))


def find_prints(lightness: np.ndarray) -> list[Rectangle]:
    """The prints on a page, or the one picture inside its margins.

    Args:
        lightness: float32 [h, w], CIE L*, 0..100, of `view_of`.
    Returns:
        where they lie, from the top down; nothing where there are no margins.
    """
    height, width = lightness.shape
    boxes = _several(lightness)
    if boxes:
        boxes = [_inside(lightness, box) for box in boxes]
    else:
        box = _inside(lightness, _Box(0, 0, height, width))
        deepest = max(
            box.top / height, box.left / width, 1 - box.bottom / height, 1 - box.right / width
        )
        if deepest < _LEAST_MARGIN:
            return []
        boxes = [box]
    return [
        Rectangle(b.top / height, b.left / width, b.bottom / height, b.right / width)
        for b in sorted(boxes)
    ]


def at_full_resolution(picture: np.ndarray, places: Sequence[Rectangle]) -> list[Rectangle]:
    """Bring the edges of prints, which are those of the view, to where they are in the picture.

    Args:
        picture: uint8 or uint16, [H, W] grey or [H, W, 3] sRGB.
        places: of `find_prints` for its `view_of`.
    """
    height, width = picture.shape[:2]
    reach = math.ceil(_REACH * max(height, width) / VIEW_SIDE)
    if max(height, width) <= VIEW_SIDE:
        return list(places)
    across = picture.swapaxes(0, 1)
    exact = []
    for place in places:
        rows, columns = place.pixels(height, width)
        top, bottom = (
            _step_near(picture, edge, columns, reach) for edge in (rows.start, rows.stop)
        )
        left, right = (
            _step_near(across, edge, rows, reach) for edge in (columns.start, columns.stop)
        )
        exact.append(Rectangle(top / height, left / width, bottom / height, right / width))
    return exact


def _step_near(picture: np.ndarray, edge: int, along: slice, reach: int) -> int:
    """The row near an edge at which most parts of a side have their greatest step, else the edge.

    Args:
        picture: as above; its columns where that is the side's way.
        edge: where the edge is, near enough.
        along: the columns between which the side lies.
        reach: how many rows it may be off.
    """
    first = edge - reach
    if first < 0 or edge + reach > len(picture):  # there is no margin on this side
        return edge
    strip = picture[first : edge + reach, along]
    strip = strip if strip.ndim == 2 else strip[..., 1]
    parts = np.array_split(strip.astype(np.float32), min(_PARTS, strip.shape[1]), axis=1)
    steps = np.abs(np.diff([part.mean(axis=1) for part in parts], axis=1)).argmax(axis=1)
    found = np.median(steps)
    if (np.abs(steps - found) <= max(1, reach / 4)).mean() < _AGREE:
        return edge
    return first + 1 + int(found)


@dataclass(frozen=True, order=True)
class _Box:
    """A rectangle in pixels of the view."""

    top: int
    left: int
    bottom: int
    right: int

    def without(self, depths: Sequence[int]) -> "_Box":
        """What is left without so many pixels on top, right, bottom, left."""
        top, right, bottom, left = depths
        return _Box(self.top + top, self.left + left, self.bottom - bottom, self.right - right)

    def with_rim(self, height: int, width: int) -> "_Box":
        """The box and a rim around it, as far as there is one."""
        return _Box(
            max(self.top - _RIM, 0),
            max(self.left - _RIM, 0),
            min(self.bottom + _RIM, height),
            min(self.right + _RIM, width),
        )

    def is_near(self, other: "_Box") -> bool:
        return (
            max(self.top, other.top) < min(self.bottom, other.bottom) + _RIM
            and max(self.left, other.left) < min(self.right, other.right) + _RIM
        )

    @classmethod
    def around(cls, boxes: Sequence["_Box"]) -> "_Box":
        return cls(
            min(box.top for box in boxes),
            min(box.left for box in boxes),
            max(box.bottom for box in boxes),
            max(box.right for box in boxes),
        )


def _inside(lightness: np.ndarray, box: _Box) -> _Box:
    """What is left of a box without its margins, one after the other."""
    searched = box
    for _ in range(_MOST_NESTED):
        trimmed = _trimmed(lightness, searched)
        if trimmed is None:
            break
        box, searched = trimmed
    return box


def _trimmed(lightness: np.ndarray, box: _Box) -> tuple[_Box, _Box] | None:
    """What of a box lies inside its outermost margin, or None if there is none.

    Twice: by the middles of its edges, and so far inside that nothing of a tilted margin is left.
    """
    edges = _margin(lightness[box.top : box.bottom, box.left : box.right])
    if edges is None:
        return None
    return box.without([depth for depth, _ in edges]), box.without([inner for _, inner in edges])


def _margin(lightness: np.ndarray) -> list[tuple[int, int]] | None:
    """The one margin around a picture, or None if there is none.

    Returns:
        of the top, right, bottom and left, in pixels: how deep it is in the middle of the side,
        and how deep at its deepest.
    """
    if min(lightness.shape) < _LEAST_SIDE:
        return None
    # Turned so that each side is on top.
    turned = [np.ascontiguousarray(np.rot90(lightness, turns)) for turns in range(4)]
    sides = [_Side.of(view) for view in turned]
    if sum(side is not None for side in sides) < 2:
        return None
    # Roughly at first: the columns beside the picture do not vote, and count until it is known.
    rough = [side.edge(0, side.width) if side else None for side in sides]
    depths = [edge.depth if edge else 0 for edge in rough]
    edges: list[_Edge | None] = []
    for turns, side in enumerate(sides):
        first, last = depths[turns - 1], turned[turns].shape[1] - depths[(turns + 1) % 4]
        edges.append(side.edge(first, last) if side and last - first >= _LEAST_SIDE // 2 else None)
    sure = _agreed(edges, [side.level if side else None for side in sides])
    if sure is None:
        return None
    deepest = max(edge.depth for edge in sure if edge)
    margins = []
    for turns, (edge, side) in enumerate(zip(sure, sides, strict=True)):
        if edge:
            margins.append((edge.depth, edge.deepest))
        elif side:
            # The picture is as dark, or as light, as its margin: what has its level is no loss.
            last = turned[turns].shape[1] - depths[(turns + 1) % 4]
            margins.append((min(deepest, side.shows(depths[turns - 1], last)),) * 2)
        else:
            margins.append((0, 0))
    return margins


def _agreed(
    edges: Sequence["_Edge | None"], levels: Sequence[float | None]
) -> list["_Edge | None"] | None:
    """The edges that make a margin together, with None for the others; or None.

    Args:
        edges, levels: of the top, right, bottom and left, as far as there are any.
    """
    for fits, (least, total) in _RULES:
        sure = [edge if edge and edge.votes >= least else None for edge in edges]
        weakest = min((edge for edge in sure if edge), key=lambda edge: edge.votes, default=None)
        for chosen in (sure, [None if edge is weakest else edge for edge in sure]):
            found = [edge for edge in chosen if edge]
            if (
                len(found) >= 3
                and fits(found)
                and _apart([edge.level for edge in found]) <= _LEVELS_APART
                and sum(edge.votes for edge in found) >= total[len(found)]
            ):
                return chosen
    for one, other in ((0, 2), (1, 3)):
        pair = [edge for edge in (edges[one], edges[other]) if edge]
        between = [level for level in (levels[1 - one], levels[3 - one]) if level is not None]
        if len(pair) < 2:
            continue
        framed = len(between) == 2 and _apart([*between, *(e.level for e in pair)]) <= _CLEAN_LEVELS
        if all(edge.is_one_of_two(framed) for edge in pair):
            return [edge if edge in pair else None for edge in edges]
    return None


def _is_clean(edges: Sequence["_Edge"]) -> bool:
    return (
        min(edge.band for edge in edges) >= _CLEAN_BAND
        and _apart([edge.level for edge in edges]) <= _CLEAN_LEVELS
        and _apart([edge.slope for edge in edges]) <= _CLEAN_SLOPES
    )


def _is_dark(edges: Sequence["_Edge"]) -> bool:
    return all(edge.level <= _DARK for edge in edges)


def _is_any(edges: Sequence["_Edge"]) -> bool:
    return True


def _apart(values: Sequence[float]) -> float:
    return max(values) - min(values)


# The votes that edges need, as part of the columns: each, and all together where three or four are
# found. Few are enough for a clean margin, and for a dark one: dark parts of a picture run into the
# edge of a film and do not vote.
_RULES = (
    (_is_clean, (0.45, {3: 2.1, 4: 2.4})),
    (_is_dark, (0.45, {3: 2.1, 4: 2.6})),
    (_is_any, (0.7, {3: 2.7, 4: 3.2})),
)


@dataclass(frozen=True)
class _Edge:
    """Where the margin on top ends.

    Attributes:
        depth: rows of the margin, in the middle of the side.
        deepest: rows of the margin at the deeper end of the side, and the row in which it ends.
        slope: rows a column.
        votes: the part of the columns that leave the margin there.
        level: of the margin, L*.
        band: the part of the pixels up to the edge that have this level.
    """

    depth: int
    deepest: int
    slope: float
    votes: float
    level: float
    band: float

    def is_one_of_two(self, framed: bool) -> bool:
        """Whether it may stand with the one opposite alone; less is asked where all is framed."""
        votes = _FRAMED_VOTES if framed else _LETTERBOX_VOTES
        band = _FRAMED_BAND if framed else _LETTERBOX_BAND
        dark, light = _PAIR_LEVELS
        return (
            self.votes >= votes
            and self.band >= band
            and abs(self.slope) <= _PAIR_SLOPE
            and not dark < self.level < light
        )


@dataclass(frozen=True)
class _Side:
    """The top of a picture that may have a margin there.

    Attributes:
        lightness: float32 [h, w].
        level: of the margin, L*.
        margin: bool [h, w]: what has this level.
        rows, columns: int [n]: where a column leaves it; it may do so several times.
    """

    lightness: np.ndarray
    level: float
    margin: np.ndarray
    rows: np.ndarray
    columns: np.ndarray

    @property
    def width(self) -> int:
        return self.lightness.shape[1]

    @classmethod
    def of(cls, lightness: np.ndarray) -> "_Side | None":
        """Look at the top of a picture; None where its ring is not of one level."""
        ring = lightness[:_RING]
        level, tolerance = _level_of(ring)
        if _has_level(ring, level, tolerance).mean() < _RING_SHARE:
            return None
        margin = _has_level(lightness, level, tolerance)
        # To leave means: for some rows, most of which are another level. Thin lines are passed by.
        stay = max(3, round(0.03 * len(margin)))
        reach = min(round(len(margin) * _DEEPEST), len(margin) - stay)
        summed = np.zeros((reach + stay, margin.shape[1]), np.int16)
        np.cumsum(~margin[: reach + stay - 1], axis=0, dtype=np.int16, out=summed[1:])
        outside = summed[stay : stay + reach] - summed[:reach] >= 0.7 * stay
        leaves = margin[: reach - 1] & ~margin[1:reach] & outside[1:]
        rows, columns = np.nonzero(leaves)
        return cls(lightness, level, margin, rows + 1, columns)

    def edge(self, first: int, last: int) -> _Edge | None:
        """The line that most of some columns vote for; None if there is no vote, or no step."""
        inside = (self.columns >= first) & (self.columns < last)
        rows, columns = self.rows[inside], self.columns[inside]
        if not len(rows):
            return None
        height, width = self.lightness.shape
        columns = columns - (width - 1) / 2
        places = np.clip(np.rint(rows - np.outer(_SLOPES, columns)), 0, height).astype(np.intp)
        places += np.arange(0, len(_SLOPES) * (height + 1), height + 1)[:, None]
        counts = np.bincount(places.ravel(), minlength=len(_SLOPES) * (height + 1))
        counts = counts.reshape(len(_SLOPES), height + 1)
        votes = counts.copy()  # within a pixel
        votes[:, 1:] += counts[:, :-1]
        votes[:, :-1] += counts[:, 1:]
        # Of lines with the same votes the least tilted, and of its like the one in the middle.
        tilt = int(votes[:, 1:].max(axis=1).argmax())
        depth = int((votes[tilt] * (len(rows) + 1) + counts[tilt])[1:].argmax()) + 1
        slope, found = float(_SLOPES[tilt]), int(votes[tilt, depth])
        voted = np.abs(rows - slope * columns - depth) <= 1.5
        rows, columns = rows[voted], self.columns[inside][voted]
        inner = self.lightness[np.minimum(rows + 1, height - 1), columns]
        outer = self.lightness[np.maximum(rows - 2, 0), columns]
        if np.median(np.abs(inner - outer)) < _LEAST_STEP:
            return None
        band = self.margin[: max(depth - 1, 1), first:last].mean()
        if band < _BAND_SHARE[self.level <= _DARK and depth <= _NARROW * height]:
            return None
        deepest = depth + 1 + math.ceil(abs(slope) * width / 2)
        share = min(found / (last - first), 1.0)
        return _Edge(depth, deepest, slope, share, self.level, float(band))

    def shows(self, first: int, last: int) -> int:
        """The first row that shows more than the margin between two columns."""
        other = ~self.margin[:, first:last]
        return int(np.argmax(other.mean(axis=1) > _SHOWN))


def _level_of(ring: np.ndarray) -> tuple[float, float]:
    """The level of most pixels and how far from it they may be, both in L*."""
    level = float(np.median(ring))
    deviation = float(np.median(np.abs(ring - level))) * 1.4826
    return level, min(max(4 * deviation, _TOLERANCE[0]), _TOLERANCE[1])


def _has_level(lightness: np.ndarray, level: float, tolerance: float) -> np.ndarray:
    if level <= _DARK:
        return lightness <= level + tolerance
    if level >= _LIGHT:
        return lightness >= level - tolerance
    return np.abs(lightness - level) <= tolerance


def _several(lightness: np.ndarray) -> list[_Box]:
    """The prints of a page that holds more than one; nothing where something else lies there."""
    height, width = lightness.shape
    sides = (lightness[:_RING], lightness[-_RING:], lightness[:, :_RING].T, lightness[:, -_RING:].T)
    ring = np.hstack([side.ravel() for side in sides])
    level, tolerance = _level_of(ring)
    if min(_has_level(side, level, tolerance).mean() for side in sides) < _RING_SHARE:
        return []
    other = (~_has_level(lightness, level, tolerance)).astype(np.uint8)
    # Noise and handwriting go, holes in the prints close.
    other = cv2.morphologyEx(other, cv2.MORPH_OPEN, np.ones((3, 3), np.uint8))
    contours, _ = cv2.findContours(other, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    boxes = _joined([_Box(y, x, y + h, x + w) for x, y, w, h in map(cv2.boundingRect, contours)])
    least = _PRINT_AREA * height * width
    boxes = [b for b in boxes if (b.bottom - b.top) * (b.right - b.left) >= least]
    if len(boxes) < 2:
        return []
    # With a rim of the page around it, a print is a picture inside a margin.
    trimmed = [_trimmed(lightness, box.with_rim(height, width)) for box in boxes]
    sure = sum(found is not None for found in trimmed)
    if sure < 2 or 2 * sure < len(boxes):
        return []
    return [found[0] if found else box for box, found in zip(boxes, trimmed, strict=True)]


def _joined(boxes: list[_Box]) -> list[_Box]:
    """The boxes, with one in place of all that lie within a rim of each other."""
    joined: list[_Box] = []
    for box in boxes:
        near = [other for other in joined if box.is_near(other)]
        while near:
            joined = [other for other in joined if other not in near]
            box = _Box.around([box, *near])
            near = [other for other in joined if box.is_near(other)]
        joined.append(box)
    return joined

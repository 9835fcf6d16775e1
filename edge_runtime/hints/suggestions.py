"""Suggest several colourings of a picture: what a network alone cannot choose between.

A table says of a few kinds of regions which true colours training pictures had there, and how often
in each of a few moods: pictures that are warm, muted, or cool as a whole (`python -m train moods`
makes it). In each mood a region gets the colour that is likely there, and likelier than elsewhere;
in one or two smaller ones the latter counts more, so that an overall may be blue. Regions that look
alike change together. What comes out are hints like others.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from edge_runtime.colorizer import Colorizer
from edge_runtime.colour.hinted import prints_of, said_at
from edge_runtime.colour.hints import MAX_HINTS, Hint
from edge_runtime.colour.spread import guide
from edge_runtime.colour.view import View
from edge_runtime.errors import ArgumentError
from edge_runtime.hints.regions import MOST_REGIONS, Regions, find_regions
from edge_runtime.hints.session import HintSession

TABLE = Path(__file__).with_name("moods.json")

# The automatic one, and one a mood.
MOST_SUGGESTIONS = 4

# How much it counts that a colour is likelier in a mood than elsewhere, and how far the change
# goes: in most regions, and in those that may stand out.
_LIKELIER = np.array([0.3, 1.5], np.float32)
_FAR = np.array([0.75, 1.0], np.float32)

# No farther in any, units of ab: white clothes are not to be orange.
_FARTHEST = 18.0

# How many may stand out, and their part of the picture.
_OUTSTANDING, _SMALL = 2, 0.3

# So much less a*, and more b*, than grey has is green: leaves, of which the network is sure.
_GREEN = 2.0

# A colour that fewer regions of a kind have in a mood is not suggested.
_RARE = 0.08

# What is taken for zero, of which there is no logarithm, and by which nothing is divided.
_NEVER = 1e-3


@dataclass(frozen=True)
class Moods:
    """The table.

    Attributes:
        kinds: float32 [kinds, 7], features of regions (`Regions.features`).
        colours: float32 [kinds, colours, 2], a* and b* that such regions have.
        usual: float32 [kinds, colours], the part of them that has each.
        moods: float32 [moods, kinds, colours], and in each mood, the commonest mood first.
    """

    kinds: np.ndarray
    colours: np.ndarray
    usual: np.ndarray
    moods: np.ndarray

    @classmethod
    @cache
    def shipped(cls) -> "Moods":
        values = json.loads(TABLE.read_text("utf-8"))
        names = ("kinds", "colours", "usual", "moods")
        return cls(*(np.array(values[name], np.float32) for name in names))

    def changes(self, regions: Regions, mood: int) -> np.ndarray:
        """How a mood changes the colours of regions: float32 [n, 2], a* and b*."""
        apart = ((regions.features[:, None] - self.kinds) ** 2).sum(axis=2)
        kind = apart.argmin(axis=1)
        here = np.maximum(self.moods[mood, kind], _NEVER)
        outstanding = np.zeros(len(regions), int)
        outstanding[self._unsure(regions)[:_OUTSTANDING]] = 1
        counts = _LIKELIER[outstanding, None]
        score = np.log(here) + counts * np.log(here / self.usual[kind])
        score[(here < _RARE) & (here < here.max(axis=1, keepdims=True))] = -np.inf
        wanted = self.colours[kind, score.argmax(axis=1)]
        change = _FAR[outstanding, None] * (wanted - regions.mean)
        change *= np.minimum(1, _FARTHEST / np.maximum(np.hypot(*change.T), _NEVER))[:, None]
        weights = regions.alike**2 * regions.areas
        return weights / weights.sum(axis=1, keepdims=True) @ change

    @staticmethod
    def _unsure(regions: Regions) -> list[int]:
        """The regions that may stand out, the largest first: none that the network calls green."""
        green = (regions.mean[:, 0] < -_GREEN) & (regions.mean[:, 1] > _GREEN)
        largest = np.argsort(-regions.areas, kind="stable")
        return [one for one in largest if regions.areas[one] <= _SMALL and not green[one]]


def suggest(
    colorizer: Colorizer, picture: np.ndarray, count: int = MOST_SUGGESTIONS
) -> list[list[Hint]]:
    """Several ways to colour a picture.

    Args:
        colorizer: the network.
        picture: as for `Colorizer.colorize`.
        count: how many, 2 to 4.
    Returns:
        the hints of each; the first has none: it is what the network says.
    Raises:
        ArgumentError: another count; or as for `Colorizer.see`.
        ModelError: the network fails.
    """
    session = HintSession(colorizer, picture)
    return suggested_hints(session.view, session.prints_ab, count)


def suggested_hints(
    view: View, parts: Sequence[np.ndarray], count: int = MOST_SUGGESTIONS
) -> list[list[Hint]]:
    """The same of what was seen of a picture.

    Args:
        view: of `Colorizer.see`.
        parts: float32 [h, w, 2], the network's a* and b* of each print.
        count: as above.
    Raises:
        ArgumentError: another count.
    """
    check_count(count)
    hints: list[list[Hint]] = [[] for _ in range(count)]
    for mood, hint in _hints(view, parts, count - 1):
        hints[mood + 1].append(hint)
    return hints


def check_count(count: int) -> None:
    """See that there are as many suggestions.

    Raises:
        ArgumentError: there are not.
    """
    if not 2 <= count <= MOST_SUGGESTIONS:
        raise ArgumentError(f"there are 2 to {MOST_SUGGESTIONS} suggestions, not {count}")


def _hints(view: View, parts: Sequence[np.ndarray], moods: int) -> Iterator[tuple[int, Hint]]:
    """The hints of all prints, each with the number of its mood."""
    most = min(MOST_REGIONS, MAX_HINTS // len(parts))
    table = Moods.shipped()
    for seen, own, place in prints_of(view, parts):
        light = guide(seen.lightness, *own.shape[:2])
        regions = find_regions(light, own, seen.framing.output_size, most)
        for mood in range(moods):
            said = regions.own + table.changes(regions, mood)
            for (x, y), ab in zip(regions.places.tolist(), said, strict=True):
                yield mood, said_at(seen, place, x, y, ab)

"""Bring hints to the prints of a picture, and spread them there."""

from collections.abc import Iterable, Iterator, Sequence

import numpy as np

from edge_runtime.colour.cielab import lab_to_rgb
from edge_runtime.colour.hints import Hint, checked
from edge_runtime.colour.prints import Rectangle, join_prints
from edge_runtime.colour.spread import Spot, guide, spread
from edge_runtime.colour.view import Print, View
from edge_runtime.errors import ArgumentError

_ALL = Rectangle(0, 0, 1, 1)


def joined(view: View, parts: Sequence[np.ndarray], hints: Iterable[Hint] = ()) -> np.ndarray:
    """The ab of a picture from that of its prints, with what was said of its colours.

    Args:
        view: of `Colorizer.see`.
        parts: float32 [h, w, 2], the network's a* and b* of each print.
        hints: in places of the whole picture.
    Returns:
        float32 [H, W, 2], a* and b* of the whole picture.
    Raises:
        ArgumentError: a hint lies on the margin, which has no colour; or as `hints.checked`.
    """
    parts = hinted(view, parts, checked(hints))
    return join_prints(parts, view.places) if view.places else parts[0]


def prints_of(
    view: View, parts: Sequence[np.ndarray]
) -> Iterator[tuple[Print, np.ndarray, Rectangle]]:
    """Of each print: what was seen, the network's own ab, and where it lies."""
    return zip(view.prints, parts, view.places or (_ALL,), strict=True)


def said_at(seen: Print, place: Rectangle, x: float, y: float, ab: np.ndarray) -> Hint:
    """A hint for some colour, at the lightness of its place.

    Args:
        seen: the print.
        place: where it lies in the picture.
        x, y: where the hint lies, as shares of the print.
        ab: float [2], a* and b*.
    """
    rgb = lab_to_rgb(np.array([[[_level_at(seen, x, y), *ab]]], np.float32))[0, 0]
    red, green, blue = np.round(rgb * 255).astype(int).tolist()
    return Hint(
        place.left + x * (place.right - place.left),
        place.top + y * (place.bottom - place.top),
        (red, green, blue),
    )


def hinted(view: View, parts: Sequence[np.ndarray], hints: Sequence[Hint]) -> Sequence[np.ndarray]:
    """The ab of each print with its hints spread; see `joined`."""
    if not hints:
        return parts
    places = view.places or (_ALL,)
    of_print: list[list[Spot]] = [[] for _ in places]
    for hint in hints:
        number = _print_of(hint, places)
        of_print[number].append(
            _spot(hint, view.prints[number], places[number], *parts[number].shape[:2])
        )
    return [
        spread(guide(seen.lightness, *own.shape[:2]), own, spots, seen.framing.output_size)
        for seen, own, spots in zip(view.prints, parts, of_print, strict=True)
    ]


def _print_of(hint: Hint, places: Sequence[Rectangle]) -> int:
    for number, place in enumerate(places):
        if place.left <= hint.x <= place.right and place.top <= hint.y <= place.bottom:
            return number
    raise ArgumentError(
        f"the hint at {hint.x:.3g},{hint.y:.3g} lies on the picture's margin, "
        "which gets no colour unless the picture is taken whole"
    )


def _spot(hint: Hint, seen: Print, place: Rectangle, rows: int, columns: int) -> Spot:
    """A hint in the cells of a print's ab, which has so many rows and columns."""
    width, height = place.right - place.left, place.bottom - place.top
    x, y = (hint.x - place.left) / width, (hint.y - place.top) / height
    across, down = hint.radius / width, hint.radius / height
    said = hint.ab_at(_level_at(seen, x, y))
    return Spot(y * rows, x * columns, down * rows, across * columns, said)


def _level_at(seen: Print, x: float, y: float) -> float:
    """The lightness at a place, as shares of a print."""
    height, width = seen.lightness.shape
    return float(seen.lightness[min(int(y * height), height - 1), min(int(x * width), width - 1)])

"""What an upload asks for, read from its query and form."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

from edge_runtime.errors import ArgumentError
from edge_runtime.pictures import Format, format_called
from edge_runtime.serve.settings import Models, Settings, change

SHORTEST_SIDE = 16


@dataclass(frozen=True)
class PhotoOptions:
    """How to colour one photo.

    Attributes:
        settings: model, threads and saturation.
        format: what to write, or None for the upload's own.
        side_by_side: whether grey and colour are given beside each other.
        longest: the longest side of the result in pixels, or None for full resolution.
    """

    settings: Settings
    format: Format | None = None
    side_by_side: bool = False
    longest: int | None = None


def read_options(given: Mapping[str, str], settings: Settings, models: Models) -> PhotoOptions:
    """Read options from the words of a query or form; what is not given is as in `settings`.

    Raises:
        ModelError, PictureError: no such model or format.
        ValueError: a word that is no usable number or choice.
    """
    model = given.get("model") or None
    saturation = _number(given, "saturation")
    longest = _number(given, "longest")
    if longest is not None and not longest >= SHORTEST_SIDE:
        raise ArgumentError(f"longest is a number of pixels, at least {SHORTEST_SIDE}")
    return PhotoOptions(
        change(settings, models, model=model, saturation=saturation),
        format_called(given["format"]) if given.get("format") else None,
        given.get("side_by_side", "").lower() in ("1", "true", "yes", "on"),
        None if longest is None else int(longest),
    )


def _number(given: Mapping[str, str], name: str) -> float | None:
    word = given.get(name)
    if not word:
        return None
    try:
        number = float(word)
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise ArgumentError(f"{name} is a number, not '{word[:20]}'")
    return number

"""What an upload asks for, read from its query and form."""

import math
from collections.abc import Mapping

from edge_runtime.errors import ArgumentError
from edge_runtime.photo import PhotoOptions
from edge_runtime.pictures import format_called
from edge_runtime.serve.settings import Models, Settings, change

SHORTEST_SIDE = 16


def read_options(
    given: Mapping[str, str], settings: Settings, models: Models
) -> tuple[Settings, PhotoOptions]:
    """Read options from the words of a query or form; what is not given is as in `settings`.

    Raises:
        ModelError, PictureError: no such model or format.
        ArgumentError: a word that is no usable number or choice.
    """
    model = given.get("model") or None
    saturation = _number(given, "saturation")
    longest = _number(given, "longest")
    if longest is not None and not longest >= SHORTEST_SIDE:
        raise ArgumentError(f"longest is a number of pixels, at least {SHORTEST_SIDE}")
    quality = _number(given, "quality")
    if quality is not None and not 1 <= quality <= 100:
        raise ArgumentError("quality is 1 to 100")
    settings = change(settings, models, model=model, saturation=saturation)
    return settings, PhotoOptions(
        look=settings.look,
        side_by_side=_is_on(given, "side_by_side"),
        corner_mark=_is_on(given, "corner_mark"),
        longest=None if longest is None else int(longest),
        format=format_called(given["format"]) if given.get("format") else None,
        quality=None if quality is None else int(quality),
    )


def _is_on(given: Mapping[str, str], name: str) -> bool:
    return given.get(name, "").lower() in ("1", "true", "yes", "on")


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

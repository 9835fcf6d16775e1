"""Read a time in a film as a person writes it."""

import re

from edge_runtime.errors import ArgumentError

_CLOCK = re.compile(r"(?:(?:(\d+):)?(\d+):)?(\d+(?:\.\d*)?|\.\d+)")


def parse_time(text: str) -> float:
    """Seconds of `12.5`, `1:02` (minutes) or `1:02:03.5` (hours).

    Raises:
        ValueError: it is none of these.
    """
    match = _CLOCK.fullmatch(text.strip())
    if not match:
        raise ArgumentError(f"'{text}' is no time: seconds, m:s or h:m:s")
    hours, minutes, seconds = match.groups()
    return int(hours or 0) * 3600 + int(minutes or 0) * 60 + float(seconds)

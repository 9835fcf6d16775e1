"""Read figures out of result rows, which come from files and may hold anything."""

import math
from collections.abc import Mapping
from typing import Any

NOT_MEASURED = "not measured"


def number(row: Mapping[str, Any], key: str) -> float | None:
    """A finite number; None where there is none."""
    value = row.get(key)
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return None
    return float(value)


def text(row: Mapping[str, Any], key: str) -> str:
    """A text; empty where there is none."""
    value = row.get(key)
    return value if isinstance(value, str) else ""


def shown(row: Mapping[str, Any], key: str, digits: int) -> str:
    """A number as text with so many digits behind the point, or that it was not measured."""
    value = number(row, key)
    return NOT_MEASURED if value is None else f"{value:,.{digits}f}"


def megabytes(size: float) -> str:
    """A file's size in MB, 10^6 bytes."""
    return f"{size / 1e6:.2f}" if size < 1e8 else f"{size / 1e6:.0f}"

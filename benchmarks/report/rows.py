"""Read figures out of result rows, which come from files and may hold anything."""

import math
from collections.abc import Mapping
from typing import Any

from edge_runtime.bench.machine import Machine

NOT_MEASURED = "not measured"

Row = Mapping[str, Any]


def number(row: Row, key: str) -> float | None:
    """A finite number; None where there is none."""
    value = row.get(key)
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return None
    return float(value)


def text(row: Row, key: str) -> str:
    """A text; empty where there is none."""
    value = row.get(key)
    return value if isinstance(value, str) else ""


def shown(row: Row, key: str, digits: int) -> str:
    """A number as text with so many digits behind the point, or that it was not measured."""
    value = number(row, key)
    return NOT_MEASURED if value is None else f"{value:,.{digits}f}"


def or_dash(row: Row, key: str, digits: int) -> str:
    """A number as text with so many digits behind the point, or a dash."""
    return "-" if number(row, key) is None else shown(row, key, digits)


def good_rows(rows: list[Row]) -> list[Row]:
    """The rows with figures."""
    return [row for row in rows if not text(row, "error")]


def megabytes(size: float) -> str:
    """A file's size in MB, 10^6 bytes."""
    return f"{size / 1e6:.2f}" if size < 1e8 else f"{size / 1e6:.0f}"


def machine_text(machine: Machine) -> str:
    """A machine in a few words: the board or the processor, its cores, its GPU."""
    cores = f"{machine.cores} core{'' if machine.cores == 1 else 's'}"
    parts = [machine.board or machine.cpu, cores, machine.architecture]
    return ", ".join([*parts, *([machine.gpu] if machine.gpu else [])])

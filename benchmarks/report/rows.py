"""Read figures out of result rows, which come from files and may hold anything."""

import math
from collections.abc import Mapping, Sequence
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


def or_dash(row: Row, key: str, digits: int) -> str:
    """A number as text with so many digits behind the point, or a dash."""
    value = number(row, key)
    return "-" if value is None else f"{value:,.{digits}f}"


def good_rows(rows: Sequence[Row]) -> list[Row]:
    """The rows with figures."""
    return [row for row in rows if not text(row, "error")]


def machine_text(machine: Machine) -> str:
    """A machine in a few words: the board or the processor, its cores, its GPU."""
    cores = f"{machine.cores} core{'' if machine.cores == 1 else 's'}"
    parts = [machine.board or machine.cpu, cores, machine.architecture]
    return ", ".join([*parts, *([machine.gpu] if machine.gpu else [])])

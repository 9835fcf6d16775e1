"""What one check of a model file found."""

from dataclasses import dataclass, field
from typing import Any, Literal

# `told` is a figure without a limit; `skipped` was not done, and its detail says why.
Status = Literal["pass", "warning", "fail", "skipped", "told"]


@dataclass(frozen=True)
class Result:
    """One line of the report.

    Attributes:
        check: what was looked at, as in `xnnpack`.
        status: how it went; `fail` alone makes the report fail.
        detail: one or more sentences for a person, with the layer that breaks a rule.
        figures: the same in numbers and names, for programs: what `json.dumps` takes.
    """

    check: str
    status: Status
    detail: str
    figures: dict[str, Any] = field(default_factory=dict)


def listed(names: list[str], most: int = 3) -> str:
    """The first few of some names, and how many more there are."""
    more = len(names) - most
    return ", ".join(names[:most]) + (f" and {more} more" if more > 0 else "")

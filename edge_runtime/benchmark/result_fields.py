"""Check every value of a result file: it may come from anywhere."""

import math
import re
from collections.abc import Callable, Mapping
from typing import Any

from edge_runtime.benchmark.machine import Machine
from edge_runtime.benchmark.model_facts import ModelFacts

KINDS = ("accuracy", "latency", "video", "device")

# Of any whole number: what a double, and so JavaScript, holds exactly.
_MAX_WHOLE = 2**53

_OPTIONAL = ("pictures", "per_picture")
_MOST_SHOWN = 40  # characters of what is not ours

# Gives the value as Python has it. The text is what it is called in an error.
Check = Callable[[Any, str], Any]


class FlawError(Exception):
    """What is wrong with a value: the end of a sentence that begins with "it has"."""


def parse_fields(values: dict[str, Any]) -> dict[str, Any]:
    """The fields of a `BenchmarkResult` of what JSON gave.

    Args:
        values: all but the schema and its version.
    Raises:
        FlawError: a field that is missing, unknown or of another type.
    """
    unknown = sorted(set(values) - set(_FIELDS))
    if unknown:
        raise FlawError(f"an unknown field {unknown[0][:_MOST_SHOWN]!r}")
    missing = [name for name in _FIELDS if name not in values and name not in _OPTIONAL]
    if missing:
        raise FlawError(f"no {missing[0]}")
    found = {name: check(values[name], name) for name, check in _FIELDS.items() if name in values}
    count = len(found.get("pictures", []))
    for figures in found.get("per_picture", {}).values():
        if any(len(numbers) != count for numbers in figures.values()):
            raise FlawError("a list of figures that is not as long as that of the pictures")
    return found


def _text(value: Any, what: str) -> str:
    # Printable only: these words are shown on terminals, which obey control characters.
    if not isinstance(value, str) or not value.isprintable():
        raise FlawError(f"{what} that is not plain text")
    return value


def _number(value: Any, what: str) -> float:
    fits = type(value) is int and abs(value) <= _MAX_WHOLE
    if not fits and not (type(value) is float and math.isfinite(value)):
        raise FlawError(f"{what} that is not a number")
    return value


def _whole(value: Any, what: str) -> int:
    if type(value) is not int or not 0 <= value <= _MAX_WHOLE:
        raise FlawError(f"{what} that is not a whole number")
    return value


def _list(value: Any, what: str) -> list:
    if not isinstance(value, list):
        raise FlawError(f"{what} that is not a list")
    return value


def _object(value: Any, what: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise FlawError(f"{what} that is not an object")
    for key in value:
        _text(key, f"a name in {what}")
    return value


def _table_of(each: Check) -> Check:
    return lambda value, what: {
        key: each(inner, what) for key, inner in _object(value, what).items()
    }


def _list_of(each: Check) -> Check:
    return lambda value, what: [each(inner, what) for inner in _list(value, what)]


def _kind(value: Any, what: str) -> str:
    if value not in KINDS:
        raise FlawError(f"a kind that is none of {', '.join(KINDS)}")
    return value


def _made(value: Any, what: str) -> str:
    text = _text(value, what)
    if not re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|\+00:00)", text):
        raise FlawError("a time that is not ISO 8601 in UTC")
    return text


def _record(value: Any, what: str, record: type, checks: Mapping[str, Check]) -> Any:
    found = _object(value, what)
    if set(found) != set(checks):
        raise FlawError(f"{what} that has not the fields {', '.join(checks)}")
    return record(**{name: check(found[name], name) for name, check in checks.items()})


def _or_none(check: Check) -> Check:
    return lambda value, what: None if value is None else check(value, what)


def _machine(value: Any, what: str) -> Machine:
    checks = {
        "cpu": _text,
        "cores": _whole,
        "memory_gib": _or_none(_number),
        "architecture": _text,
        "system": _text,
        "board": _or_none(_text),
        "gpu": _or_none(_text),
    }
    return _record(value, what, Machine, checks)


def _model(value: Any, what: str) -> ModelFacts:
    checks = {
        "file": _text,
        "sha256": _digest,
        "bytes": _whole,
        "recipe": _text,
        "input_size": _whole,
    }
    return _record(value, what, ModelFacts, checks)


def _digest(value: Any, what: str) -> str:
    if not isinstance(value, str) or not re.fullmatch("[0-9a-f]{64}", value):
        raise FlawError(f"a {what} that is not one")
    return value


def _row(value: Any, what: str) -> dict[str, str | int | float | None]:
    row = _object(value, "a row")
    if not isinstance(row.get("model"), str):
        raise FlawError("a row without model")
    for key, inner in row.items():
        called = key[:_MOST_SHOWN]
        if isinstance(inner, str):
            _text(inner, called)
        elif inner is not None:
            _number(inner, called)
    return row


_FIELDS: dict[str, Check] = {
    "kind": _kind,
    "made": _made,
    "command": _text,
    "machine": _machine,
    "versions": _table_of(_text),
    "models": _table_of(_model),
    "rows": _list_of(_row),
    "notes": _list_of(_text),
    "pictures": _list_of(_text),
    "per_picture": _table_of(_table_of(_list_of(_number))),
}

"""What values of a result file may be, for pydantic: a file may come from anywhere."""

import math
from typing import Annotated, Any, TypeVar

from pydantic import AfterValidator, ConfigDict, FailFast, PlainValidator, StringConstraints
from pydantic_core import PydanticCustomError

# Of any whole number: what a double, and so JavaScript, holds exactly.
_MAX_WHOLE = 2**53

# Of the records of a file: no other fields than theirs.
CONFIG = ConfigDict(extra="forbid")


def _text(value: Any) -> str:
    # Printable only: these words are shown on terminals, which obey control characters.
    if not isinstance(value, str) or not value.isprintable():
        raise PydanticCustomError("text", "is not plain text")
    return value


def _number(value: Any) -> float:
    fits = type(value) is int and abs(value) <= _MAX_WHOLE
    if not fits and not (type(value) is float and math.isfinite(value)):
        raise PydanticCustomError("number", "is not a number")
    return value


def _whole(value: Any) -> int:
    if type(value) is not int or not 0 <= value <= _MAX_WHOLE:
        raise PydanticCustomError("whole", "is not a whole number")
    return value


def _value(value: Any) -> str | float | None:
    if value is None:
        return None
    return _text(value) if isinstance(value, str) else _number(value)


def _row(row: dict[str, Any]) -> dict[str, Any]:
    if not isinstance(row.get("model"), str):
        raise PydanticCustomError("row", "is a row without model")
    return row


_Each = TypeVar("_Each")

# A list is read up to its first flaw: pydantic keeps each that it finds, and there may be millions.
List = Annotated[list[_Each], FailFast()]
Text = Annotated[str, PlainValidator(_text)]
Number = Annotated[float, PlainValidator(_number)]
Whole = Annotated[int, PlainValidator(_whole)]
Digest = Annotated[str, StringConstraints(pattern="^[0-9a-f]{64}$")]
Time = Annotated[
    str,
    StringConstraints(
        pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?(Z|\+00:00)$"
    ),
]
Value = Annotated[str | int | float | None, PlainValidator(_value)]
Row = Annotated[dict[Text, Value], AfterValidator(_row)]

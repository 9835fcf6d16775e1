"""Result files: what a benchmark measured, with all that makes the figures comparable.

One JSON object, of this schema and version, whatever was measured; `python -m benchmarks report`
and `compare` read any set of them. They come from strangers too: nothing in them is trusted.
"""

import json
import os
import stat
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime, timezone
from pathlib import Path
from typing import Any, Literal

import numpy as np
from pydantic import TypeAdapter, ValidationError

from edge_runtime.bench.checked import CONFIG, List, Number, Row, Text, Time
from edge_runtime.bench.machine import Machine
from edge_runtime.bench.model_facts import ModelFacts
from edge_runtime.errors import TintLiteError
from edge_runtime.one_line import one_line
from edge_runtime.whole_file import write_whole

SCHEMA = "tintlite-benchmark"
SCHEMA_VERSION = 1
MAX_BYTES = 64 * 2**20
MAX_NAMES = 100_000  # in all objects of a file together; a large one has thousands

_MOST_SHOWN = 80  # characters of names that are not ours


class ResultFileError(TintLiteError):
    """A result file that cannot be read, or is none of ours."""


@dataclass(frozen=True)
class BenchmarkResult:
    """What one run of a benchmark measured.

    Attributes:
        kind: what was measured.
        made: when, as ISO 8601 in UTC.
        command: what was typed; no absolute paths.
        machine: what it ran on.
        versions: by package.
        models: by the name that the rows give them.
        rows: the figures; each has a `model`, and the same thing has the same key in all rows.
        notes: sentences for a person.
        pictures: the names of the pictures, in the order of `per_picture`; `accuracy` alone.
        per_picture: by model and by figure, one value a picture; `accuracy` alone.
    """

    __pydantic_config__ = CONFIG

    kind: Literal["accuracy", "latency", "video", "device"]
    made: Time
    command: Text
    machine: Machine
    versions: dict[Text, Text]
    models: dict[Text, ModelFacts]
    rows: List[Row]
    notes: List[Text]
    pictures: List[Text] = field(default_factory=list)
    per_picture: dict[Text, dict[Text, List[Number]]] = field(default_factory=dict)


_CHECK = TypeAdapter(BenchmarkResult)


def now() -> str:
    """The value of `made` for a result of this moment."""
    return datetime.now(timezone.utc).replace(microsecond=0).isoformat()


def check_target(file: Path, *, overwrite: bool = True) -> None:
    """See that a file can be written, before hours go into what is to be in it.

    Raises:
        ResultFileError: its folder is missing or closed, it is a folder itself, or it exists and
            must not be replaced.
    """
    if not file.name:
        reason = "that is no name of a file"
    elif not os.path.isdir(file.parent):
        reason = f"there is no folder {file.parent}"
    elif os.path.isdir(file):
        reason = "it is a folder"
    elif not overwrite and os.path.lexists(file):
        reason = "it exists (--overwrite replaces it)"
    elif not os.access(file.parent, os.W_OK):
        reason = "the folder is closed"
    else:
        return
    raise ResultFileError(f"{file} cannot be written: {reason}")


def write(result: BenchmarkResult, file: Path) -> None:
    """Write a result; the file appears under its name only when whole.

    Characters that do not print, which names of pictures may hold, are written as escapes.

    Raises:
        ResultFileError: `read` would refuse it, or it cannot be written.
    """
    values: dict[str, Any] = {"schema": SCHEMA, "schema_version": SCHEMA_VERSION, **asdict(result)}
    for optional in ("pictures", "per_picture"):
        if not values[optional]:
            del values[optional]
    values = _plain(values)
    _parse(values, f"{file}: no result")
    data = (json.dumps(values, indent=1, ensure_ascii=False) + "\n").encode()
    if len(data) > MAX_BYTES:
        raise ResultFileError(f"{file}: the result is larger than {MAX_BYTES >> 20} MiB")
    try:
        write_whole(file, data)
    except OSError as error:
        raise ResultFileError(f"{file}: cannot be written: {error.strerror}") from None


def read(file: Path) -> BenchmarkResult:
    """Read and check a result.

    Raises:
        ResultFileError: missing, too large, not JSON, of another schema or version, or with values
            of other types.
    """
    text = _read_text(file)
    try:
        values = json.loads(
            text, parse_constant=_refuse_constant, object_pairs_hook=_Objects(file).make
        )
    except (ValueError, RecursionError):
        raise ResultFileError(f"{file}: not a result file: not readable JSON") from None
    if not isinstance(values, dict) or values.get("schema") != SCHEMA:
        raise ResultFileError(f"{file}: not a result file of TintLite's benchmarks")
    version = values.get("schema_version")
    if type(version) is not int or version != SCHEMA_VERSION:
        raise ResultFileError(
            f"{file}: of schema version {one_line(repr(version))[:40]},"
            f" this TintLite reads {SCHEMA_VERSION}"
        )
    return _parse(values, f"{file}: a damaged result file")


def _read_text(file: Path) -> str:
    try:
        found = file.stat()
        if not stat.S_ISREG(found.st_mode):
            raise ResultFileError(f"{file}: cannot be read: not a file")
        if found.st_size > MAX_BYTES:
            raise ResultFileError(f"{file}: larger than any result file")
        with file.open("rb") as opened:
            return opened.read(MAX_BYTES).decode()
    except FileNotFoundError:
        raise ResultFileError(f"{file}: no such result file") from None
    except UnicodeDecodeError:
        raise ResultFileError(f"{file}: not a result file: not UTF-8") from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise ResultFileError(f"{file}: cannot be read: {reason}") from None


class _Objects:
    """Makes the objects of a file, as long as it has not too many names."""

    def __init__(self, file: Path) -> None:
        self._file, self._left = file, MAX_NAMES

    def make(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        self._left -= len(pairs)
        if self._left < 0:
            raise ResultFileError(f"{self._file}: has more names than any result file")
        return dict(pairs)


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


def _plain(value: Any) -> Any:
    """Lists, objects, numbers and texts as JSON has them; NumPy's numbers become Python's."""
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, str):
        return one_line(value)
    if isinstance(value, Mapping):
        return {_plain(key): _plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    return value


def _parse(values: dict[str, Any], otherwise: str) -> BenchmarkResult:
    """The result of what JSON gave; `otherwise` begins the error."""
    ours = ("schema", "schema_version")
    fields = {name: value for name, value in values.items() if name not in ours}
    try:
        result = _CHECK.validate_python(fields)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False, include_context=False)[0]
        where = one_line(".".join(map(str, first["loc"])))[:_MOST_SHOWN]
        raise ResultFileError(f"{otherwise}: {where}: {first['msg']}") from None
    for figures in result.per_picture.values():
        if any(len(numbers) != len(result.pictures) for numbers in figures.values()):
            raise ResultFileError(f"{otherwise}: a list is not as long as that of the pictures")
    return result

"""The ledger: one row for each picture, in Parquet files that are written whole."""

import io
import json
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, fields
from hashlib import blake2b
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from edge_runtime.bulk.place import Place, PlaceError, told_of

COLOURED = "coloured"
DAMAGED = "damaged"  # and coloured as far as it goes
REFUSED = "refused"  # no picture, too large, or what else `tintlite colorize` refuses
KILLED = "killed"  # it ended its worker, or took too long
UNREAD = "unread"  # its bytes could not be had: every run tries again

FOLDER = "tintlite-ledger"  # below the target
_SETTINGS = "settings.json"
_PARTS_AT_ONCE = 16


@dataclass(frozen=True)
class Row:
    """What became of a picture.

    Attributes:
        source: its name below the source, or its address in a list.
        hash: SHA-256 of its bytes, in hex; empty where they could not be had.
        outcome: coloured, damaged, refused, killed or unread.
        target: the name of its result below the target; empty where there is none.
        note: why there is no result, or what of the picture was not taken or kept.
        seconds: from having its bytes to having written the result.
        model: name, version, recipe and the beginning of the hash of what coloured it.
    """

    source: str
    hash: str
    outcome: str
    target: str
    note: str
    seconds: float
    model: str


_SCHEMA = pa.schema(
    {field.name: pa.float32() if field.type is float else pa.string() for field in fields(Row)}
)


class Ledger:
    """The ledger of a target. Safe to share between threads.

    Attributes:
        place: its folder.
    """

    def __init__(self, target: Place):
        self.place = target / FOLDER

    def outcomes(self, part: str) -> list[str]:
        """The outcomes of the rows of a part; none where there is no part of this name."""
        place = self._part(part)
        found: list[str] = []
        if place.fs.exists(place.path):
            found = _table(place)["outcome"].to_pylist()
        return found

    def write(self, part: str, rows: Sequence[Row]) -> None:
        """Write a part, whole; one of its name is replaced."""
        _write(self._part(part), pa.Table.from_pylist([asdict(row) for row in rows], _SCHEMA))

    def check_settings(self, settings: dict[str, Any]) -> None:
        """See that earlier runs had these settings too; the first one leaves them.

        Raises:
            PlaceError: they had others, or it cannot be written.
        """
        place = self.place / _SETTINGS
        with told_of(str(place)):
            if not place.fs.exists(place.path):
                place.write(json.dumps(settings, indent=1).encode())
                return
            earlier = json.loads(place.read())
        for name, value in settings.items():
            if earlier.get(name) != value:
                told = f"{name} {earlier.get(name)}, not {value}"
                raise PlaceError(f"{place}: this target was begun with {told}")

    def forget(self, outcomes: set[str]) -> tuple["Known", Counter[str]]:
        """Take rows of some outcomes out, so that their pictures are done again.

        Returns:
            the pictures of all other rows, and how many rows there are of each outcome.
        Raises:
            PlaceError: a part cannot be read or written.
        """
        known, counts = Known(), Counter[str]()

        def look(part: Place) -> tuple[list[str], list[str]]:
            table = _table(part)
            stay = [outcome not in outcomes for outcome in table["outcome"].to_pylist()]
            if not any(stay):
                part.remove()
            elif not all(stay):
                _write(part, table.filter(pa.array(stay)))
            table = table.filter(pa.array(stay))
            return table["source"].to_pylist(), table["outcome"].to_pylist()

        with ThreadPoolExecutor(_PARTS_AT_ONCE) as threads:
            for sources, kept in threads.map(look, self._parts()):
                counts.update(kept)
                for source in sources:
                    known.add(source)
        return known, counts

    def _parts(self) -> Iterator[Place]:
        with told_of(str(self.place)):
            files = self.place.files()
        return (file for file in files if file.path.endswith(".parquet"))

    def _part(self, name: str) -> Place:
        return self.place / f"{name}.parquet"


def part_name(sources: Sequence[str]) -> str:
    """The name of the part that holds the rows of these pictures: the same whoever writes it."""
    return blake2b("\0".join(sources).encode(), digest_size=16).hexdigest()


class Known:
    """A set of names that takes 16 bytes for each."""

    most_new = 1 << 20  # before they are sorted in

    def __init__(self) -> None:
        self._sorted = np.empty(0, "S16")
        self._new: set[bytes] = set()

    def add(self, name: str) -> bool:
        """Put a name in; whether it was not there before."""
        key = blake2b(name.encode(), digest_size=16).digest()
        place = int(np.searchsorted(self._sorted, np.array(key, "S16")))
        there = place < len(self._sorted) and self._sorted[place] == np.array(key, "S16")
        if there or key in self._new:
            return False
        self._new.add(key)
        if len(self._new) >= self.most_new:
            new = np.array(sorted(self._new), "S16")
            self._sorted = np.sort(np.concatenate([self._sorted, new]))
            self._new.clear()
        return True


def _table(place: Place) -> pa.Table:
    with told_of(f"{place}: no part of a ledger"):
        return pq.read_table(io.BytesIO(place.read())).cast(_SCHEMA)


def _write(place: Place, table: pa.Table) -> None:
    data = io.BytesIO()
    pq.write_table(table, data, compression="zstd")
    place.write(data.getbuffer())

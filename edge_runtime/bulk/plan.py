"""The plan of a run: what is missing, in files beside the ledger, shared out in units by number."""

import io
import secrets
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, replace
from functools import lru_cache
from itertools import islice

import pyarrow as pa
import pyarrow.parquet as pq

from edge_runtime.bulk.ledger import Known, Ledger
from edge_runtime.bulk.place import Place
from edge_runtime.bulk.sources import Item

# At most so many pictures are done before their rows are written: two minutes' work.
MOST = 64
# And each worker has so many units at least, so that all end at about the same time.
_TURNS = 8
_OF_FILE = 1 << 16  # items

_SCHEMA = pa.schema(
    {
        **dict.fromkeys(("source", "file", "name", "fault"), pa.string()),
        **dict.fromkeys(("start", "end"), pa.int64()),
    }
)


@dataclass(frozen=True)
class Plan:
    """What is to be done. Small: the pictures themselves stand in its files.

    Attributes:
        address: of the folder of its files.
        total: how many pictures there are.
        size: how many of them are a unit, of which the last one may have fewer.
    """

    address: str
    total: int
    size: int

    @property
    def units(self) -> int:
        return -(-self.total // self.size)

    def unit(self, number: int) -> list[Item]:
        """The pictures of a unit, from 0.

        Raises:
            OSError, or what else the target's file system raises.
        """
        first, items = number * self.size, []
        for index in range(first, min(first + self.size, self.total)):
            table = _read(self.address, index // _OF_FILE)
            items += table.slice(index % _OF_FILE, 1).to_pylist()
        return [Item(**item) for item in items]

    def remove(self) -> None:
        """Remove its files."""
        Place(self.address.rpartition("/")[0]).remove()


def make_plan(items: Iterable[Item], known: Known, ledger: Ledger, workers: int) -> Plan:
    """Write down which pictures have no row as yet, each once.

    Args:
        items: all that there are.
        known: those that have a row; those of the plan are put in.
        ledger: beside which the plan lies. What earlier runs left of theirs is removed.
        workers: how many share it.
    Raises:
        PlaceError: the source cannot be listed,
            or the target not be written.
    """
    plans = ledger.place / "_plan"
    plans.remove()
    place = plans / secrets.token_hex(8)
    missing = (item for item in map(_in_words, items) if known.add(item.source))
    total = 0
    for number, some in enumerate(_cut(missing, _OF_FILE)):
        data = io.BytesIO()
        table = pa.Table.from_pylist([asdict(item) for item in some], _SCHEMA)
        pq.write_table(table, data, compression="zstd")
        (place / _file_name(number)).write(data.getbuffer())
        total += len(some)
    return Plan(place.address, total, max(1, min(MOST, total // (workers * _TURNS))))


def _in_words(item: Item) -> Item:
    """The item; one whose name is no text that Parquet holds is at fault."""
    try:
        f"{item.source}{item.file}".encode()
    except UnicodeEncodeError:
        source = item.source.encode(errors="backslashreplace").decode()
        fault = "its name is not UTF-8: rename it"
        return replace(item, source=source, file="", name="", fault=fault)
    return item


def _cut(items: Iterator[Item], size: int) -> Iterator[list[Item]]:
    while some := list(islice(items, size)):
        yield some


@lru_cache(maxsize=2)
def _read(address: str, number: int) -> pa.Table:
    return pq.read_table(io.BytesIO((Place(address) / _file_name(number)).read()))


def _file_name(number: int) -> str:
    return f"{number:06}.parquet"

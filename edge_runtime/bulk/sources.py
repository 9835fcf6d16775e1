"""The pictures of a source: a folder with what lies in it, tars, or a list in Parquet."""

import tarfile
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import pyarrow.parquet as pq

from edge_runtime.bulk.names import is_safe
from edge_runtime.bulk.place import Place, PlaceError, told_of
from edge_runtime.pictures import ENDINGS
from edge_runtime.pictures.header import reason

TAR, LIST = ".tar", ".parquet"
COLUMN = "source"  # of a list

# Tars are looked through beside each other: on a store each header is an answer to wait for.
_TARS_AT_ONCE = 16
# What is read ahead of a header; more would fetch pictures for nothing.
_AHEAD = 64 * 1024


@dataclass(frozen=True)
class Item:
    """A picture to colour.

    Attributes:
        source: what the ledger calls it: its name below the source, or its address in a list.
        file: the address of the file that holds it.
        start, end: where it lies in that file, in bytes; an end of -1 is the file's.
        name: below the target, as yet without the result's ending.
        fault: why it is not to be coloured; mostly nothing.
    """

    source: str
    file: str
    start: int
    end: int
    name: str
    fault: str = ""


def check_source(source: Place, target: Place) -> None:
    """See that a source is there, and that results do not come among its pictures.

    Raises:
        PlaceError: it is not there, or cannot be reached; or one of the two lies in the other.
    """
    with told_of(str(source)):
        there = source.fs.exists(source.path)
    if not there:
        raise PlaceError(f"{source}: no such file or folder")
    one, other = f"{source.address}/", f"{target.address}/"
    if one.startswith(other) or other.startswith(one):
        raise PlaceError(f"{target}: source and target must not lie in each other")


def find_items(source: Place) -> Iterator[Item]:
    """The pictures of a source, in the order of their names.

    Args:
        source: a folder, of whose tars the pictures are taken too; a `.tar`; or a `.parquet` with a
            column `source` of addresses.
    Raises:
        PlaceError: it is of another kind, or cannot be listed; a list without that column.
    """
    kind = source.path[source.path.rfind(".") :].lower()
    with told_of(f"{source}: cannot be listed"):
        if kind == LIST and source.fs.isfile(source.path):
            yield from _of_list(source)
        elif kind == TAR and source.fs.isfile(source.path):
            yield from _of_tar(source, "")
        elif source.fs.isfile(source.path):
            raise PlaceError(f"{source}: neither a folder nor a {TAR} nor a {LIST}")
        else:
            yield from _of_folder(source)


def _of_folder(source: Place) -> Iterator[Item]:
    tars: list[tuple[Place, str]] = []
    closed: list[OSError] = []
    walk = source.fs.walk(source.path, detail=True, on_error=closed.append)
    for folder, folders, files in walk:
        below = folder.rstrip("/")[len(source.path) :].lstrip("/")
        for name, entry in list(folders.items()):
            if name.startswith(".") or entry.get("islink"):  # which may lead back to where it lies
                del folders[name]  # `walk` goes by what is left
        for name in sorted(files):
            path = f"{below}/{name}" if below else name
            if name.startswith(".") or files[name].get("type") != "file":
                continue
            if name.lower().endswith(TAR):
                tars.append((source / path, path))
            elif name.lower().endswith(ENDINGS):
                yield Item(path, (source / path).address, 0, -1, path)
    for error in closed:
        name = str(error.filename or source.path)
        yield Item(name, name, 0, 0, name, f"the folder cannot be listed: {reason(error)}")
    with ThreadPoolExecutor(_TARS_AT_ONCE) as threads:
        for items in threads.map(lambda tar: list(_of_tar(*tar)), tars):
            yield from items


def _of_tar(tar: Place, path: str) -> Iterator[Item]:
    """The pictures of a tar that lies at a path below the source; none for the source itself."""
    above = f"{path}/" if path else ""
    seen: Counter[str] = Counter()
    try:
        with (
            tar.fs.open(tar.path, "rb", cache_type="readahead", block_size=_AHEAD) as file,
            tarfile.open(fileobj=file, mode="r:") as members,
        ):
            for member in members:
                name = member.name.removeprefix("./")
                if not (member.isreg() and name.lower().endswith(ENDINGS)):
                    continue
                seen[name] += 1
                fault = "" if is_safe(name) else "its name leads out of the target"
                again = ""
                if seen[name] > 1:
                    again = f"#{seen[name]}"
                    fault = "the tar has this name twice, and the first one is taken"
                start = member.offset_data
                if member.issparse():
                    fault = "it is stored with holes in the tar"
                where = tar.address, start, start + member.size
                yield Item(f"{above}{name}{again}", *where, f"{above}{name}", fault)
    except Exception as error:  # a broken tar is a row, as a broken picture is
        told = f"cannot be read as a tar: {reason(error)}"
        if seen:
            told = f"broken after {seen.total()} pictures: {reason(error)}"
        yield Item(path or tar.address, tar.address, 0, 0, path, told)


def _of_list(source: Place) -> Iterator[Item]:
    folder = source.address.rpartition("/")[0]
    with source.fs.open(source.path, "rb") as file:
        table = pq.ParquetFile(file)
        if COLUMN not in table.schema_arrow.names:
            names = ", ".join(table.schema_arrow.names)
            raise PlaceError(f"{source}: no column '{COLUMN}' of addresses (only {names})")
        for batch in table.iter_batches(columns=[COLUMN]):
            for word in batch.column(0).to_pylist():
                yield _listed(str(word), folder)


def _listed(word: str, folder: str) -> Item:
    """A picture of a list; without a protocol or a leading slash it lies beside the list."""
    address = word if "://" in word or word.startswith("/") else f"{folder}/{word}"
    try:
        address = Place(address).address
    except PlaceError as error:
        return Item(address, address, 0, 0, "", str(error))
    protocol, _, path = address.partition("://")
    name = f"{protocol}/{path.lstrip('/')}"
    fault = "" if is_safe(name) else "its name leads out of the target"
    return Item(address, address, 0, -1, name, fault)

"""Files by an fsspec address: a folder here, a bucket, a server."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any

import fsspec
from fsspec.core import url_to_fs

from edge_runtime.errors import TintLiteError
from edge_runtime.pictures.header import reason
from edge_runtime.whole_file import write_whole

# Where an object is there when all of it is there. Elsewhere it is written beside, and renamed.
_WHOLE = frozenset(("abfs", "abfss", "adl", "az", "gcs", "gs", "memory", "oss", "s3", "s3a"))


class PlaceError(TintLiteError):
    """An address that cannot be used, or a target that takes no more."""


@contextmanager
def told_of(what: str) -> Iterator[None]:
    """Tell errors as those of a place: each file system has its own.

    Args:
        what: the place, and what of it is tried, if that is not clear.
    Raises:
        PlaceError: its cause is what was raised.
    """
    try:
        yield
    except PlaceError:
        raise
    except Exception as error:
        raise PlaceError(f"{what}: {reason(error)}") from error


class Place:
    """A folder or file of any file system that fsspec knows. Safe to share between threads.

    Attributes:
        address: with its protocol, as `file:///data/scans` or `s3://bucket/scans`.
        fs: the file system.
        path: the address as the file system itself calls it.
    """

    def __init__(self, address: str):
        """Connect to nothing yet, where the file system can wait.

        Raises:
            PlaceError: no such kind of address, or a package for it is missing.
        """
        try:
            self.fs, path = _file_system(address)
            self.address: str = self.fs.unstrip_protocol(path).rstrip("/")
        except Exception as error:  # each kind of address has its own errors
            package = re.search(r"nstall (\S+)", str(error))
            told = f"pip install {package[1]}, which reads such addresses" if package else ""
            raise PlaceError(f"{address}: {told or reason(error)}") from None
        self.path = path.rstrip("/")

    def __truediv__(self, name: str) -> "Place":
        """What lies in it under a name; the name may have folders in it."""
        below = object.__new__(Place)
        below.fs = self.fs
        below.path = f"{self.path}/{name}"
        below.address = f"{self.address}/{name}"
        return below

    def __str__(self) -> str:
        """What a person calls it."""
        return self.path if self.is_local else self.address

    @property
    def is_local(self) -> bool:
        return "file" in _protocols(self.fs)

    def read(self, start: int = 0, end: int | None = None) -> bytes:
        """The bytes of a file, or some of them.

        Raises:
            OSError, or what else its file system raises.
        """
        data: bytes = self.fs.cat_file(self.path, start=start or None, end=end)
        return data

    def write(self, data: bytes | memoryview) -> None:
        """Write a file: whole under its name, or not at all. One of that name is replaced.

        Raises:
            PlaceError: it cannot be written; its cause is what the file system raised.
        """
        with told_of(f"{self}: cannot be written"):
            if self.is_local:
                path = Path(self.path)
                path.parent.mkdir(parents=True, exist_ok=True)
                write_whole(path, data)
            elif _protocols(self.fs) & _WHOLE:
                self.fs.pipe_file(self.path, bytes(data))
            else:
                folder, _, name = self.path.rpartition("/")
                self.fs.makedirs(folder, exist_ok=True)
                unfinished = f"{folder}/.{name}.part"
                self.fs.pipe_file(unfinished, bytes(data))
                self.fs.mv(unfinished, self.path)

    def files(self) -> list["Place"]:
        """The files that lie in it, and not in its folders; none where it does not exist.

        Raises:
            OSError, or what else its file system raises.
        """
        try:
            found: list[dict[str, Any]] = self.fs.ls(self.path, detail=True)
        except FileNotFoundError:
            return []
        names = (str(entry["name"]) for entry in found if entry["type"] == "file")
        return [self / name.rpartition("/")[2] for name in sorted(names)]

    def remove(self) -> None:
        """Remove a file, or a folder with all that is in it, if it is there.

        Raises:
            PlaceError: it cannot be removed.
        """
        with told_of(f"{self}: cannot be removed"):
            if self.fs.exists(self.path):
                self.fs.rm(self.path, recursive=True)


@lru_cache(maxsize=1024)
def _file_system(address: str) -> tuple[fsspec.AbstractFileSystem, str]:
    # What others write, another node say, is seen at once.
    fs, path = url_to_fs(address, use_listings_cache=False)
    return fs, str(path)


def _protocols(fs: fsspec.AbstractFileSystem) -> set[str]:
    return {fs.protocol} if isinstance(fs.protocol, str) else set(fs.protocol)

"""Pictures from folders, `.tar` and `.zip` files, one after another, undecoded."""

import tarfile
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from train.errors import SourceError

PICTURE_SUFFIXES = frozenset({".jpg", ".jpeg", ".png", ".webp", ".bmp", ".tif", ".tiff"})

# A compressed picture larger than this is not read into memory.
MAX_FILE_BYTES = 64 * 2**20


def _is_picture(name: str) -> bool:
    path = Path(name)
    return path.suffix.lower() in PICTURE_SUFFIXES and not path.name.startswith(".")


def _from_folder(folder: Path) -> Iterator[tuple[str, bytes]]:
    for path in sorted(folder.rglob("*")):
        if path.is_file() and _is_picture(path.name) and path.stat().st_size <= MAX_FILE_BYTES:
            yield path.relative_to(folder).as_posix(), path.read_bytes()


def _from_zip(file: Path) -> Iterator[tuple[str, bytes]]:
    with zipfile.ZipFile(file) as shard:
        for entry in shard.infolist():
            if _is_picture(entry.filename) and entry.file_size <= MAX_FILE_BYTES:
                yield entry.filename, shard.read(entry)


def _from_tar(file: Path) -> Iterator[tuple[str, bytes]]:
    with tarfile.open(file) as shard:
        for entry in shard:
            if entry.isfile() and _is_picture(entry.name) and entry.size <= MAX_FILE_BYTES:
                stream = shard.extractfile(entry)
                if stream is not None:
                    yield entry.name, stream.read()


def check_sources(sources: Sequence[Path]) -> None:
    """Refuse a source that does not exist or is of an unknown kind, before any work is done.

    Raises:
        SourceError: names the first bad source.
    """
    for source in sources:
        if not source.exists():
            raise SourceError(f"{source} does not exist")
        if source.is_file() and not (zipfile.is_zipfile(source) or tarfile.is_tarfile(source)):
            raise SourceError(f"{source} is neither a folder nor a .tar or .zip file")


def count_pictures(sources: Sequence[Path]) -> int:
    """How many pictures `iter_pictures` will give, without reading their contents."""
    total = 0
    for source in sources:
        if source.is_dir():
            total += sum(_is_picture(path.name) for path in source.rglob("*"))
        elif zipfile.is_zipfile(source):
            with zipfile.ZipFile(source) as shard:
                total += sum(map(_is_picture, shard.namelist()))
        else:
            with tarfile.open(source) as shard:
                total += sum(map(_is_picture, shard.getnames()))
    return total


def iter_pictures(sources: Sequence[Path]) -> Iterator[tuple[str, bytes]]:
    """The pictures of all sources in a fixed order, as (name inside the source, file bytes).

    Raises:
        SourceError: a source is missing, of an unknown kind or damaged.
    """
    check_sources(sources)
    for source in sources:
        try:
            if source.is_dir():
                yield from _from_folder(source)
            elif zipfile.is_zipfile(source):
                yield from _from_zip(source)
            else:
                yield from _from_tar(source)
        except (OSError, zipfile.BadZipFile, tarfile.TarError) as error:
            raise SourceError(f"{source} cannot be read: {error}") from None

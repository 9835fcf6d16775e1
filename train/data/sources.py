"""Pictures from folders, `.tar` and `.zip` files, one after another, undecoded."""

import lzma
import tarfile
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from train.errors import PictureSourceError

PICTURE_SUFFIXES = frozenset({".jpg", ".jpeg", ".png", ".webp", ".bmp", ".tif", ".tiff"})

# A compressed picture larger than this is not read into memory.
MAX_FILE_BYTES = 64 * 2**20

# Stands for a picture that cannot be read out of its source: it will count as broken.
UNREADABLE = b""


def _is_picture(name: str) -> bool:
    path = Path(name)
    return path.suffix.lower() in PICTURE_SUFFIXES and not path.name.startswith(".")


@contextmanager
def _readable(source: Path) -> Iterator[None]:
    """Turn what the archive modules raise for damaged or locked files into one sentence."""
    try:
        yield
    except (
        OSError,
        EOFError,
        RuntimeError,
        NotImplementedError,
        zipfile.BadZipFile,
        tarfile.TarError,
        zlib.error,
        lzma.LZMAError,
    ) as error:
        raise PictureSourceError(f"{source} cannot be read: {error or 'it is damaged'}") from None


def _folder_files(folder: Path) -> list[Path]:
    return sorted(p for p in folder.rglob("*") if _is_picture(p.name) and p.is_file())


def _zip_entries(shard: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    return [e for e in shard.infolist() if _is_picture(e.filename) and not e.is_dir()]


def _from_folder(folder: Path) -> Iterator[tuple[str, bytes]]:
    for path in _folder_files(folder):
        name = path.relative_to(folder).as_posix()
        try:
            fits = path.stat().st_size <= MAX_FILE_BYTES
            yield name, path.read_bytes() if fits else UNREADABLE
        except OSError:
            yield name, UNREADABLE


def _from_zip(file: Path) -> Iterator[tuple[str, bytes]]:
    with zipfile.ZipFile(file) as shard:
        for entry in _zip_entries(shard):
            data = UNREADABLE
            if entry.file_size <= MAX_FILE_BYTES:
                # A damaged or locked entry is one broken picture; the others are still good.
                with suppress(zipfile.BadZipFile, RuntimeError, NotImplementedError, zlib.error):
                    data = shard.read(entry)
            yield entry.filename, data


def _from_tar(file: Path) -> Iterator[tuple[str, bytes]]:
    with tarfile.open(file) as shard:
        for entry in shard:
            if entry.isfile() and _is_picture(entry.name):
                stream = shard.extractfile(entry) if entry.size <= MAX_FILE_BYTES else None
                yield entry.name, stream.read() if stream else UNREADABLE


def check_sources(sources: Sequence[Path]) -> None:
    """Refuse a source that does not exist or is of an unknown kind, before any work is done.

    Raises:
        PictureSourceError: names the first bad source.
    """
    for source in sources:
        if not source.exists():
            raise PictureSourceError(f"{source} does not exist")
        if source.is_file() and not (zipfile.is_zipfile(source) or tarfile.is_tarfile(source)):
            raise PictureSourceError(f"{source} is neither a folder nor a .tar or .zip file")


def count_pictures(sources: Sequence[Path]) -> int:
    """How many pictures `iter_pictures` will give, without reading their contents.

    Raises:
        PictureSourceError: as `iter_pictures`.
    """
    check_sources(sources)
    total = 0
    for source in sources:
        with _readable(source):
            if source.is_dir():
                total += len(_folder_files(source))
            elif zipfile.is_zipfile(source):
                with zipfile.ZipFile(source) as shard:
                    total += len(_zip_entries(shard))
            else:
                with tarfile.open(source) as shard:
                    total += sum(entry.isfile() and _is_picture(entry.name) for entry in shard)
    return total


def iter_pictures(sources: Sequence[Path]) -> Iterator[tuple[str, bytes]]:
    """The pictures of all sources in a fixed order, as (name inside the source, file bytes).

    A file that is over `MAX_FILE_BYTES` or cannot be read has the bytes `UNREADABLE`.

    Raises:
        PictureSourceError: a source is missing, of an unknown kind or damaged.
    """
    check_sources(sources)
    for source in sources:
        with _readable(source):
            if source.is_dir():
                yield from _from_folder(source)
            elif zipfile.is_zipfile(source):
                yield from _from_zip(source)
            else:
                yield from _from_tar(source)

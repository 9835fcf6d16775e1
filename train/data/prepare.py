"""Prepare pictures for training: decode once, drop what teaches nothing, resize, split, store.

Dropped, with a count for each reason: broken files, tiny pictures, grey ones, pictures of a single
tint (sepia, toned scans), and duplicates. The split is decided by each file's own content, so that
a picture stays on its side when others are added, and two copies never stand on both sides.
"""

import csv
import hashlib
import json
import multiprocessing
import os
import shutil
import signal
import tempfile
import threading
from collections import Counter, deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass, replace
from itertools import accumulate, islice
from pathlib import Path

import cv2
import numpy as np

from edge_runtime.colour.cielab import rgb_to_lab
from edge_runtime.colour.shrink import shrink
from edge_runtime.engine.threads import usable_cores
from train.data.decode import UndecodableError, decode
from train.data.sources import check_sources, iter_pictures
from train.data.store import FIELDS, MANIFEST, PIXELS, REPORT, Entry
from train.errors import ConfigError, PictureSourceError

SPLITS = ("train", "val", "test")

# What is handed to a process at once.
_PICTURES_A_PART = 32
_BYTES_A_PART = 4 * 2**20


@dataclass(frozen=True)
class PrepareOptions:
    """What `prepare` keeps and how.

    Attributes:
        short_side: pictures are reduced to this short side, in pixels; never enlarged.
        max_aspect: longer pictures are cut to this ratio around their centre.
        min_side: a picture with a shorter side is tiny, and dropped.
        min_chroma: a picture whose mean chroma (CIE Lab) is lower is grey, and dropped.
        min_spread: a picture whose ab lie closer along one line through grey (root mean square
            distance) is of one tint, and dropped.
        fractions: shares of train, val and, if there are three, test; they sum to 1.
    """

    short_side: int = 160
    max_aspect: float = 1.5
    min_side: int = 96
    min_chroma: float = 3.0
    min_spread: float = 0.8
    fractions: tuple[float, ...] = (0.98, 0.02)


@dataclass(frozen=True)
class PrepareReport:
    """What `prepare` did: pictures read, kept by split, dropped by reason."""

    read: int
    kept: dict[str, int]
    dropped: dict[str, int]
    options: PrepareOptions


@dataclass(frozen=True)
class _Candidate:
    name: str
    sha1: str
    dropped: str | None
    pixels: np.ndarray | None = None
    fingerprint: int = 0
    thumb: np.ndarray | None = None


def parse_fractions(text: str) -> tuple[float, ...]:
    """Read a split as people write it: `98/2`, `60/40`, `80/10/10`.

    Raises:
        ConfigError: not two or three positive numbers that sum to 100.
    """
    try:
        parts = [float(part) for part in text.split("/")]
    except ValueError:
        parts = []
    if len(parts) not in (2, 3) or min(parts) <= 0 or not abs(sum(parts) - 100) <= 1e-6:
        raise ConfigError(f"a split is two or three percentages that sum to 100, not {text!r}")
    return tuple(part / 100 for part in parts)


def split_of(sha1: str, fractions: Sequence[float]) -> str:
    """The split that a file belongs to, by its content alone: a uniform number from its SHA-1."""
    position = int(sha1[:13], 16) / 16**13
    for split, bound in zip(SPLITS, accumulate(fractions), strict=False):
        if position < bound:
            return split
    return SPLITS[len(fractions) - 1]


def why_colourless(pixels: np.ndarray, options: PrepareOptions) -> str | None:
    """`grey`, `one tint`, or None for a colour picture. uint8 [H, W, 3] RGB."""
    small = cv2.resize(pixels, (32, 32), interpolation=cv2.INTER_AREA)
    ab = rgb_to_lab(small)[..., 1:].reshape(-1, 2)
    if np.hypot(ab[:, 0], ab[:, 1]).mean() < options.min_chroma:
        return "grey"
    # A toned picture's ab grow with its lightness, along one line through grey: what counts is how
    # far they lie beside the line that fits them best. Measured: toned scans 0.2, photos over 0.9.
    beside = np.linalg.eigvalsh(ab.T @ ab / len(ab))[0]
    if np.sqrt(max(beside, 0)) < options.min_spread:
        return "one tint"
    return None


def difference_hash(pixels: np.ndarray) -> tuple[int, np.ndarray]:
    """A fingerprint that survives resizing and recompression.

    Args:
        pixels: uint8 [H, W, 3] RGB.
    Returns:
        64 bits, each saying whether grey falls from one cell of a 9x8 grid to its right neighbour
        (dHash), and a 6x6 colour thumb, int16 [108], to confirm a match with.
    """
    grey = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY)
    cells = cv2.resize(grey, (9, 8), interpolation=cv2.INTER_AREA)
    bits = np.packbits(cells[:, 1:] > cells[:, :-1])
    thumb = cv2.resize(pixels, (6, 6), interpolation=cv2.INTER_AREA)
    return int.from_bytes(bits.tobytes(), "big"), thumb.astype(np.int16).ravel()


def _resized(pixels: np.ndarray, options: PrepareOptions) -> np.ndarray:
    """Cut to `max_aspect` around the centre, and reduced to `short_side`."""
    height, width = pixels.shape[:2]
    longest = round(min(width, height) * options.max_aspect)
    rows, columns = min(height, longest), min(width, longest)
    top, left = (height - rows) // 2, (width - columns) // 2
    pixels = pixels[top : top + rows, left : left + columns]
    scale = min(1.0, options.short_side / min(rows, columns))
    return shrink(pixels, max(1, round(rows * scale)), max(1, round(columns * scale)))


def _examine(name: str, data: bytes, options: PrepareOptions) -> _Candidate:
    sha1 = hashlib.sha1(data, usedforsecurity=False).hexdigest()
    try:
        # Twice the size that is wanted keeps the average over areas true.
        pixels = decode(data, min_side=options.min_side, at_least=2 * options.short_side)
    except UndecodableError as error:
        return _Candidate(name, sha1, str(error))
    pixels = _resized(pixels, options)
    reason = why_colourless(pixels, options)
    if reason:
        return _Candidate(name, sha1, reason)
    return _Candidate(name, sha1, None, pixels, *difference_hash(pixels))


def _examine_part(part: list[tuple[str, bytes]], options: PrepareOptions) -> list[_Candidate]:
    return [_examine(name, data, options) for name, data in part]


def _in_parts(pictures: Iterator[tuple[str, bytes]]) -> Iterator[list[tuple[str, bytes]]]:
    """Pictures in lists of `_PICTURES_A_PART`, fewer where they are large."""
    part: list[tuple[str, bytes]] = []
    size = 0
    for name, data in pictures:
        part.append((name, data))
        size += len(data)
        if len(part) == _PICTURES_A_PART or size >= _BYTES_A_PART:
            yield part
            part, size = [], 0
    if part:
        yield part


@contextmanager
def _no_interrupts() -> Iterator[None]:
    """Processes that are begun within it never hear ctrl-C: their parent ends them."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _begin_worker() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # on Windows it is not inherited
    cv2.setNumThreads(1)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    # A parent that was killed cannot tell its workers to end.
    multiprocessing.parent_process().join()
    os._exit(1)


def _examine_all(
    sources: Sequence[Path], options: PrepareOptions, workers: int
) -> Iterator[_Candidate]:
    """Examine in processes, in order, few pictures ahead in memory.

    Raises:
        PictureSourceError: a source is damaged, or a process died.
    """
    parts = _in_parts(iter_pictures(sources))
    # Few pictures are done sooner than a process has begun.
    for part in parts if workers == 1 else islice(parts, 2):
        yield from _examine_part(part, options)
    ahead = list(islice(parts, workers * 3))
    if not ahead:
        return
    pool = ProcessPoolExecutor(
        min(workers, len(ahead)), multiprocessing.get_context("spawn"), initializer=_begin_worker
    )
    try:
        with _no_interrupts():
            waiting = deque(pool.submit(_examine_part, part, options) for part in ahead)
        while waiting:
            yield from waiting.popleft().result()
            waiting += [pool.submit(_examine_part, part, options) for part in islice(parts, 1)]
    except BrokenProcessPool:
        raise PictureSourceError(
            "a process that decodes pictures was ended from outside (out of memory?): nothing was"
            " written"
        ) from None
    finally:
        pool.shutdown(cancel_futures=True)


class _Duplicates:
    """Says whether a picture was seen before: the same bytes, or nearly the same look."""

    # Recompression flips a bit or two of 64 and moves a thumb by 1 to 3 of 255 levels; another
    # photo differs in tens of both.
    _MAX_BITS, _MAX_THUMB = 3, 6

    def __init__(self) -> None:
        self._sha1: set[str] = set()
        # Fingerprints that differ in 3 bits at most have one of four 16-bit bands in common.
        self._bands: dict[tuple[int, int], list[_Candidate]] = {}

    def seen(self, candidate: _Candidate) -> bool:
        if candidate.sha1 in self._sha1:
            return True
        self._sha1.add(candidate.sha1)
        places = [
            self._bands.setdefault((band, candidate.fingerprint >> (16 * band) & 0xFFFF), [])
            for band in range(4)
        ]
        if any(self._alike(candidate, other) for place in places for other in place):
            return True
        without_pixels = replace(candidate, pixels=None)
        for place in places:
            place.append(without_pixels)
        return False

    def _alike(self, one: _Candidate, other: _Candidate) -> bool:
        bits = (one.fingerprint ^ other.fingerprint).bit_count()
        return bits <= self._MAX_BITS and np.abs(one.thumb - other.thumb).mean() < self._MAX_THUMB


def prepare(
    sources: Sequence[Path],
    out: Path,
    options: PrepareOptions | None = None,
    *,
    overwrite: bool = False,
    workers: int | None = None,
    on_picture: Callable[[], None] = lambda: None,
) -> PrepareReport:
    """Read pictures, keep the useful ones, write a store (see `train.data.store`) at `out`.

    The store appears under its name only when it is whole.

    Args:
        sources: folders, `.tar` and `.zip` files.
        out: the folder to make.
        options: what to keep; the defaults if None.
        overwrite: replace a store that is there already.
        workers: processes that decode; one for each core if None.
        on_picture: called after every picture, for a progress bar.
    Raises:
        PictureSourceError: a source is bad, no picture was kept, or `out` is in the way.
    """
    options = options or PrepareOptions()
    check_sources(sources)
    out = Path(out)
    if out.exists():
        is_store = out.is_dir() and {p.name for p in out.iterdir()} == {PIXELS, MANIFEST, REPORT}
        if not (is_store and overwrite):
            hint = "--overwrite replaces it" if is_store else "and is no prepared data alone"
            raise PictureSourceError(f"{out} exists already, {hint}")
    out.parent.mkdir(parents=True, exist_ok=True)
    part = Path(tempfile.mkdtemp(prefix=f".{out.name}-", dir=out.parent))
    try:
        report = _write(sources, part, options, workers or usable_cores(), on_picture)
        part.chmod(0o755)
        old = part.with_name(f"{part.name}-old")
        if out.exists():
            out.replace(old)
        part.replace(out)
        shutil.rmtree(old, ignore_errors=True)
    finally:
        shutil.rmtree(part, ignore_errors=True)
    return report


def _write(
    sources: Sequence[Path],
    part: Path,
    options: PrepareOptions,
    workers: int,
    on_picture: Callable[[], None],
) -> PrepareReport:
    duplicates = _Duplicates()
    kept: Counter[str] = Counter()
    dropped: Counter[str] = Counter()
    offset = 0
    with (
        open(part / PIXELS, "wb") as pixels_file,
        # A file name may hold bytes that are no text.
        open(
            part / MANIFEST, "w", newline="", encoding="utf-8", errors="backslashreplace"
        ) as manifest_file,
        closing(_examine_all(sources, options, workers)) as candidates,
    ):
        manifest = csv.DictWriter(manifest_file, FIELDS)
        manifest.writeheader()
        for candidate in candidates:
            on_picture()
            pixels = candidate.pixels
            if pixels is None:
                dropped[candidate.dropped or "broken"] += 1
                continue
            if duplicates.seen(candidate):
                dropped["duplicate"] += 1
                continue
            split = split_of(candidate.sha1, options.fractions)
            height, width = pixels.shape[:2]
            entry = Entry(split, candidate.name, candidate.sha1, offset, height, width)
            manifest.writerow(vars(entry))
            pixels_file.write(np.ascontiguousarray(pixels))
            offset += pixels.nbytes
            kept[split] += 1
    if not kept:
        raise PictureSourceError(
            "no picture was kept: "
            + (", ".join(f"{n} {why}" for why, n in dropped.items()) or "the sources hold none")
        )
    report = PrepareReport(kept.total() + dropped.total(), dict(kept), dict(dropped), options)
    details = {**asdict(report), "sources": [source.name for source in sources]}
    (part / REPORT).write_text(json.dumps(details, indent=2) + "\n", encoding="utf-8")
    return report

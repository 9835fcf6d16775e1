"""Decode the pictures of any source for measuring: folders, `.tar`, `.zip`, prepared data."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from train.decode import UndecodableError, decode
from train.errors import SourceError
from train.prepare import PrepareOptions, why_colourless
from train.sources import check_sources, count_pictures, iter_pictures
from train.store import MANIFEST, Store

# A truth without any colour would score an infinite PSNR; pale pictures count like all others.
_ALL_BUT_GREY = PrepareOptions(min_chroma=1.0, min_spread=0)


class TruePictures:
    """Colour pictures to measure on; broken and colourless ones are passed over and counted.

    Args:
        source: a folder, a `.tar` or `.zip`, or prepared data; `DATA:val` takes one split of it.
        limit: take at most this many, spread evenly.
    Raises:
        SourceError, StoreError: the source is bad.
    """

    def __init__(self, source: str, limit: int | None = None) -> None:
        folder, _, split = source.rpartition(":")
        self._store: Store | None = None
        self._path = Path(source)
        if (Path(source) / MANIFEST).exists():
            self._store = Store(Path(source))
        elif folder and (Path(folder) / MANIFEST).exists():
            self._store = Store(Path(folder), split)
        else:
            check_sources([self._path])
        total = len(self._store) if self._store else count_pictures([self._path])
        if total == 0:
            raise SourceError(f"{source} holds no pictures")
        count = min(limit or total, total)
        self._chosen = set(np.linspace(0, total - 1, count).astype(int).tolist())
        self.passed_over = 0

    def __len__(self) -> int:
        return len(self._chosen)

    def __iter__(self) -> Iterator[np.ndarray]:
        """uint8 [H, W, 3] RGB each."""
        self.passed_over = 0
        if self._store:
            yield from (self._store[index] for index in sorted(self._chosen))
            return
        for index, (_, data) in enumerate(iter_pictures([self._path])):
            if index not in self._chosen:
                continue
            try:
                pixels = decode(data)
            except UndecodableError:
                self.passed_over += 1
                continue
            if why_colourless(pixels, _ALL_BUT_GREY):
                self.passed_over += 1
            else:
                yield pixels

"""Decode the pictures of any source for measuring: folders, `.tar`, `.zip`, prepared data."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from train.data.decode import UndecodableError, decode
from train.data.prepare import PrepareOptions, why_colourless
from train.data.sources import check_sources, count_pictures, iter_pictures
from train.data.store import MANIFEST, Store
from train.errors import PictureSourceError

# A truth without any colour would score an infinite PSNR; pale pictures count like all others.
_ALL_BUT_GREY = PrepareOptions(min_chroma=1.0, min_spread=0)


class TruePictures:
    """Colour pictures to measure on; broken and colourless ones are passed over and counted.

    Args:
        source: a folder, a `.tar` or `.zip`, or prepared data; `DATA:val` takes one split of it.
        limit: take at most this many, spread evenly.
        min_side: pictures with a shorter side are passed over as well.
    Raises:
        PictureSourceError, StoreError: the source is bad.
    """

    def __init__(self, source: str, limit: int | None = None, min_side: int = 1) -> None:
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
            raise PictureSourceError(f"{source} holds no pictures")
        count = min(limit or total, total)
        self._chosen = set(np.linspace(0, total - 1, count).astype(int).tolist())
        self._min_side = min_side
        self.passed_over = 0

    def __len__(self) -> int:
        return len(self._chosen)

    def __iter__(self) -> Iterator[np.ndarray]:
        """uint8 [H, W, 3] RGB each."""
        for _, pixels in self.named():
            yield pixels

    def named(self) -> Iterator[tuple[str, np.ndarray]]:
        """The name inside the source, and uint8 [H, W, 3] RGB, of each."""
        self.passed_over = 0
        if self._store:
            for index in sorted(self._chosen):
                entry = self._store.entries[index]
                if min(entry.height, entry.width) < self._min_side:
                    self.passed_over += 1
                else:
                    yield entry.name, self._store[index]
            return
        for index, (name, data) in enumerate(iter_pictures([self._path])):
            if index not in self._chosen:
                continue
            try:
                pixels = decode(data, min_side=self._min_side)
            except UndecodableError:
                self.passed_over += 1
                continue
            if why_colourless(pixels, _ALL_BUT_GREY):
                self.passed_over += 1
            else:
                yield name, pixels

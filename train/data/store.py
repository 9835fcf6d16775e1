"""Prepared pictures on disk: one flat file of uint8 RGB pixels, memory-mapped, and a manifest.

DATA/pixels.u8      all pictures, one after another, each height * width * 3 bytes
DATA/manifest.csv   split, name, sha1 of the original file, offset, height, width
DATA/prepare.json   how it was made, and what was dropped and why
"""

import csv
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from train.errors import StoreError

PIXELS = "pixels.u8"
MANIFEST = "manifest.csv"
REPORT = "prepare.json"
FIELDS = ("split", "name", "sha1", "offset", "height", "width")


@dataclass(frozen=True)
class Entry:
    """One row of the manifest: where a picture lies in `pixels.u8`."""

    split: str
    name: str
    sha1: str
    offset: int
    height: int
    width: int


class Store:
    """The pictures of one split, read through a memory map.

    Args:
        folder: what `python -m train prepare` wrote.
        split: `train`, `val` or `test`; None for all of them.
    Raises:
        StoreError: not prepared data, cut off, of parts that do not fit, or nothing in that split.
    """

    def __init__(self, folder: Path, split: str | None = None) -> None:
        self.folder = Path(folder)
        try:
            with open(self.folder / MANIFEST, newline="", encoding="utf-8") as file:
                rows = [
                    Entry(
                        row["split"],
                        row["name"],
                        row["sha1"],
                        int(row["offset"]),
                        int(row["height"]),
                        int(row["width"]),
                    )
                    for row in csv.DictReader(file)
                ]
            size = (self.folder / PIXELS).stat().st_size
        except (OSError, KeyError, TypeError, ValueError):
            raise StoreError(
                f"{self.folder} is not prepared data (make it with: python -m train prepare)"
            ) from None
        # Pictures lie one after another and fill the file: a manifest of other pixels would show.
        end, apart = 0, False
        for entry in rows:
            apart |= entry.offset != end or min(entry.height, entry.width) < 1
            end += entry.height * entry.width * 3
        if end > size and not apart:
            raise StoreError(f"{self.folder / PIXELS} is cut off: prepare it again")
        if end != size or apart:
            raise StoreError(
                f"{self.folder} is mixed up: {MANIFEST} and {PIXELS} do not belong together"
            )
        self.entries = [entry for entry in rows if split is None or entry.split == split]
        if not self.entries:
            raise StoreError(f"{self.folder} has no pictures in the split {split!r}")
        # All pixels of all splits, uint8 [bytes], memory-mapped and read only.
        self.pixels = np.memmap(self.folder / PIXELS, np.uint8, "r")

    def __len__(self) -> int:
        return len(self.entries)

    def spread(self, count: int) -> list[np.ndarray]:
        """At most so many pictures, spread evenly over the store."""
        chosen = np.linspace(0, len(self) - 1, min(count, len(self))).astype(int)
        return [self[index] for index in chosen]

    def __getitem__(self, index: int) -> np.ndarray:
        """One picture: uint8 [H, W, 3] RGB, a read-only view."""
        entry = self.entries[index]
        end = entry.offset + entry.height * entry.width * 3
        return self.pixels[entry.offset : end].reshape(entry.height, entry.width, 3)

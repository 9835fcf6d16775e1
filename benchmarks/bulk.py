"""How near `tintlite bulk` comes to workers that had nothing else to do than to colour."""

import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

import cv2
import numpy as np

from edge_runtime import Colorizer, Device, PhotoOptions, colorize_photo
from edge_runtime.keep_memory import keep_freed_memory

WIDTH, HEIGHT = 4000, 3000
GRAIN = 6.0  # grey levels
DIFFERENT = 4  # pictures; the others are the same files under other names


@dataclass(frozen=True)
class BulkTime:
    """What a run took.

    Attributes:
        workers: how many worked beside each other.
        pictures: how many they coloured.
        alone: seconds that one picture takes one process that does nothing else, from file to file.
        seconds: of the whole command, its start too.
        again: of the same command given once more, when nothing is left: what is no colouring.
    """

    workers: int
    pictures: int
    alone: float
    seconds: float
    again: float

    @property
    def share(self) -> float:
        """Of the speed of so many processes that only colour."""
        return self.alone * self.pictures / self.workers / self.seconds

    @property
    def overhead(self) -> float:
        """Seconds of a worker that a picture takes beside its colouring."""
        return self.seconds * self.workers / self.pictures - self.alone


def make_scans(folder: Path, count: int) -> None:
    """Write grey JPEGs of 12 megapixels with the grain of film."""
    folder.mkdir(parents=True)
    rng = np.random.default_rng(1)
    for number in range(count):
        path = folder / f"{number:06}.jpg"
        if number >= DIFFERENT:
            path.hardlink_to(folder / f"{number % DIFFERENT:06}.jpg")
            continue
        coarse = rng.uniform(0, 255, (HEIGHT // 100, WIDTH // 100)).astype(np.float32)
        pixels = cv2.resize(coarse, (WIDTH, HEIGHT), interpolation=cv2.INTER_CUBIC)
        pixels += rng.normal(0, GRAIN, pixels.shape)
        cv2.imwrite(str(path), np.clip(pixels, 0, 255).astype(np.uint8))


def time_bulk(
    folder: Path, model: str, count: int, workers: Sequence[int], ray: str | None
) -> list[BulkTime]:
    """Time runs of several numbers of workers over the same pictures.

    Args:
        folder: a new one, for pictures and results.
        model: a shipped model's name, or a file.
        count: how many pictures each run colours.
        workers: each number is one run.
        ray: the address of a cluster to run on, or None for this machine.
    """
    scans = folder / "scans"
    make_scans(scans, count)
    alone = _alone(scans, folder / "alone.jpg", model)
    found = []
    for number in workers:
        words = ["bulk", scans, folder / f"by-{number}", "--model", model, "--workers", str(number)]
        command = [sys.executable, "-m", "edge_runtime", *words, *(("--ray", ray) if ray else ())]
        first, again = (_seconds(command) for _ in range(2))
        found.append(BulkTime(number, count, alone, first, again))
    return found


def _alone(scans: Path, target: Path, model: str) -> float:
    keep_freed_memory()
    cv2.setNumThreads(1)
    colorizer = Colorizer(model, Device(threads=1))
    times = []
    for path in sorted(scans.iterdir())[: 4 * DIFFERENT]:
        begin = perf_counter()
        colorize_photo(path, target, colorizer, PhotoOptions())
        times.append(perf_counter() - begin)
    return float(np.mean(times[1:]))


def _seconds(command: list) -> float:
    begin = perf_counter()
    subprocess.run(  # noqa: S603 (our own command)
        command, check=True, stdout=subprocess.DEVNULL, env=os.environ | {"OMP_NUM_THREADS": "1"}
    )
    return perf_counter() - begin

"""Checkpoints that survive being cut off: written whole beside the last one, then put in place."""

import json
import os
import shutil
from dataclasses import asdict, dataclass
from pathlib import Path
from zipfile import BadZipFile

import numpy as np

from train.engines import Engine
from train.errors import FitError


@dataclass(frozen=True)
class Progress:
    """How far a run is.

    Attributes:
        step: batches seen.
        seconds: trained.
        best_gain: the best gain on val so far, dB.
        rounds: done.
        stale_rounds: since the best gain.
    """

    step: int = 0
    seconds: float = 0.0
    best_gain: float = float("-inf")
    rounds: int = 0
    stale_rounds: int = 0


def save_checkpoint(
    folder: Path, engine: Engine, average: list[np.ndarray], progress: Progress
) -> None:
    """Write weights, optimizer, average and progress; the old ones stay until it is done.

    After any failure they are all that is left.
    """
    part = folder.with_name(folder.name + ".part")
    old = folder.with_name(folder.name + ".old")
    shutil.rmtree(part, ignore_errors=True)
    try:
        part.mkdir(parents=True)
        engine.save(part)
        np.savez(part / "average.npz", *average)
        (part / "progress.json").write_text(json.dumps(asdict(progress)), encoding="utf-8")
        for file in part.iterdir():
            with open(file, "rb+") as opened:
                os.fsync(opened.fileno())
    except BaseException:
        shutil.rmtree(part, ignore_errors=True)
        raise
    shutil.rmtree(old, ignore_errors=True)
    if folder.exists():
        os.replace(folder, old)
    os.replace(part, folder)
    shutil.rmtree(old, ignore_errors=True)


def load_checkpoint(folder: Path, engine: Engine) -> tuple[list[np.ndarray], Progress] | None:
    """Fill the engine; give the averaged weights and the progress.

    None if there is no checkpoint yet.

    Raises:
        FitError: the checkpoint is damaged.
    """
    old = folder.with_name(folder.name + ".old")
    if not folder.exists() and old.exists():  # cut off between the two renames
        os.replace(old, folder)
    if not folder.exists():
        return None
    try:
        engine.load(folder)
        with np.load(folder / "average.npz", allow_pickle=False) as file:
            average = [file[name] for name in file.files]
        progress = Progress(**json.loads((folder / "progress.json").read_text("utf-8")))
    except (OSError, EOFError, ValueError, TypeError, KeyError, BadZipFile):
        raise FitError(f"the checkpoint {folder} is damaged: remove it to start again") from None
    return average, progress

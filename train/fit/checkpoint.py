"""Checkpoints that survive being cut off: written whole beside the last one, then put in place."""

import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from zipfile import BadZipFile

import numpy as np

from train.errors import FitError
from train.fit.engines import TrainingEngine


@dataclass(frozen=True)
class RunProgress:
    """How far a run is.

    Attributes:
        step: batches seen.
        seconds: trained.
        done: the share of the run, 0..1.
        rounds: done.
        adversarial: whether the discriminator has joined.
        stage_step: when it did; 0 in the first stage.
        best_gain: the best gain on val so far in this stage, dB.
        best_step: when that was.
    """

    step: int = 0
    seconds: float = 0.0
    done: float = 0.0
    rounds: int = 0
    adversarial: bool = False
    stage_step: int = 0
    best_gain: float = float("-inf")
    best_step: int = 0

    def joined(self) -> "RunProgress":
        """The same when the discriminator joins: what is best starts anew."""
        return replace(
            self,
            adversarial=True,
            stage_step=self.step,
            best_gain=float("-inf"),
            best_step=self.step,
        )


def save_checkpoint(
    folder: Path, engine: TrainingEngine, average: list[np.ndarray], progress: RunProgress
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


def find_progress(folder: Path) -> RunProgress | None:
    """How far the run of a checkpoint is; None if there is no checkpoint yet.

    Raises:
        FitError: the checkpoint is damaged.
    """
    old = folder.with_name(folder.name + ".old")
    if not folder.exists() and old.exists():  # cut off between the two renames
        os.replace(old, folder)
    if not folder.exists():
        return None
    with _undamaged(folder):
        return RunProgress(**json.loads((folder / "progress.json").read_text("utf-8")))


def load_checkpoint(folder: Path, engine: TrainingEngine) -> list[np.ndarray]:
    """Fill an engine of the checkpoint's stage; gives the averaged weights.

    Raises:
        FitError: the checkpoint is damaged.
    """
    with _undamaged(folder):
        engine.load(folder)
        with np.load(folder / "average.npz", allow_pickle=False) as file:
            return [file[name] for name in file.files]


@contextmanager
def _undamaged(folder: Path) -> Iterator[None]:
    try:
        yield
    except (OSError, EOFError, ValueError, TypeError, KeyError, BadZipFile):
        raise FitError(f"the checkpoint {folder} is damaged: remove it to start again") from None

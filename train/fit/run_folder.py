"""The folder of a training run: what was asked, and what came of it round by round.

config.json, environment.json   what was asked, and where it ran
history.csv, tensorboard/       losses, learning rate, images/s, gain on val, for each round
loss.png                        the curves of the history
sheets/                         val pictures in grey, ours and true, every few rounds
checkpoint/                     where a run that was cut off goes on
best.weights.h5                 the averaged weights with the highest gain on val
plain.weights.h5                the same of a GAN's generator before its discriminator joined
"""

import csv
import errno
import hashlib
import json
import os
import platform
import shutil
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict
from importlib.util import find_spec
from io import StringIO
from pathlib import Path
from types import ModuleType
from typing import Any

import keras
import numpy as np

from edge_runtime.whole_file import write_whole
from train.config import FitConfig
from train.data.store import MANIFEST
from train.errors import FitError
from train.fit.checkpoint import find_progress
from train.measure.evaluate import OpenNetwork
from train.measure.sheet import draw_sheet
from train.networks.load import BEST_WEIGHTS


def _tensorboard(folder: Path) -> Any:
    """Writes TensorBoard's logs; None where it is not installed."""
    if find_spec("tensorboard") is None:
        return None
    if "tensorflow" not in sys.modules:
        # Where it finds this module it writes without TensorFlow, whose loading takes seconds.
        name = "tensorboard.compat.notf"
        sys.modules.setdefault(name, ModuleType(name))
    from tensorboard.summary import Writer

    return Writer(str(folder))


def _environment() -> dict[str, str]:
    return {
        "keras": keras.__version__,
        "backend": keras.backend.backend(),
        "python": platform.python_version(),
        "machine": platform.machine(),
        "system": platform.system(),
    }


PLAIN_WEIGHTS = "plain.weights.h5"

_LEFT_BY_A_ROUND = ("checkpoint", "checkpoint.old", "history.csv", BEST_WEIGHTS)
_NO_ROOM = os.strerror(errno.ENOSPC)


@contextmanager
def _one_sentence(out: Path, hint: Callable[[], str]) -> Iterator[None]:
    """What goes wrong on the disk within it, as a FitError."""
    try:
        yield
    except Exception as error:
        # h5py's and TensorBoard's errors are not all OSErrors.
        if _NO_ROOM in str(error):
            reason = _NO_ROOM
        elif isinstance(error, OSError):
            reason = error.strerror or str(error)
        else:
            raise
        raise FitError(f"{out} cannot be written ({reason}): {hint()}") from None


def _store_facts(name: str, folder: Path) -> dict[str, str]:
    manifest = (Path(folder) / MANIFEST).read_bytes()
    return {name: Path(folder).name, f"{name}_sha256": hashlib.sha256(manifest).hexdigest()}


class RunFolder:
    """Writes a run's files; each is whole or not there.

    Args:
        out: the folder; made if it is not there.
        config: the recipe.
        data: prepared data.
        start: what the weights start from, in a word.
        extra: other prepared data, or none.
        teacher: another run that is learnt from, or its weights, or none.
    Raises:
        FitError: something else ran here (the message says what differs), or the folder cannot be
            written.
    """

    def __init__(
        self,
        out: Path,
        config: FitConfig,
        data: Path,
        start: str,
        *,
        extra: Path | None = None,
        teacher: Path | None = None,
    ) -> None:
        self.checkpoint = out / "checkpoint"
        self._out = out
        wanted = {
            **asdict(config),
            **_store_facts("data", data),
            "extra_sha256": None,
            **({} if extra is None else _store_facts("extra", extra)),
            "teacher": None if teacher is None else Path(teacher).name,
            "start": start,
        }
        wanted = json.loads(json.dumps(wanted))
        file = out / "config.json"
        with _one_sentence(out, lambda: "choose another --out, or make room"):
            # What ended before its first round, as by a wrong path to weights, may be begun anew.
            if file.exists() and any((out / name).exists() for name in _LEFT_BY_A_ROUND):
                self._compare(file, wanted)
            else:
                out.mkdir(parents=True, exist_ok=True)
                environment = json.dumps(_environment(), indent=2)
                write_whole(out / "environment.json", environment.encode())
                write_whole(file, json.dumps(wanted, indent=2).encode())
            self._tensorboard = _tensorboard(out / "tensorboard")

    def _compare(self, file: Path, wanted: dict[str, Any]) -> None:
        try:
            there = json.loads(file.read_text("utf-8"))
            if there.get("until_seconds") and wanted["until_seconds"]:
                # Each command has its own end.
                there["until_seconds"] = wanted["until_seconds"]
            differ = ", ".join(key for key in wanted if there.get(key) != wanted[key])
        except (AttributeError, ValueError):
            raise FitError(f"{file} is damaged: choose another --out") from None
        if differ:
            raise FitError(
                f"{file.parent} holds another run (other {differ}): choose another --out"
            )

    def __enter__(self) -> "RunFolder":
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        # On a full disk the writer complains once more; the first error says enough.
        with suppress(*([] if kind is None else [Exception])):
            if self._tensorboard is not None:
                self._tensorboard.close()

    def what_is_kept(self) -> str:
        """What a run that ends now has, as the end of a sentence."""
        if find_progress(self.checkpoint) is None:
            return "there is no checkpoint yet"
        return "the last checkpoint is whole"

    def _what_goes_on(self) -> str:
        goes_on = "goes on from it" if find_progress(self.checkpoint) else "begins anew"
        return f"{self.what_is_kept()}, and the same command {goes_on}"

    @contextmanager
    def writing(self, weights: Sequence[np.ndarray]) -> Iterator[None]:
        """For the files of one round: a full disk is one sentence, and the last checkpoint stays.

        Args:
            weights: the network's.
        Raises:
            FitError: the disk is full, or cannot be written for another reason.
        """
        with _one_sentence(self._out, self._what_goes_on):
            # Asked beforehand: h5py, when it runs out of room, prints tracebacks of its own.
            own = sum(weight.nbytes for weight in weights)
            there = sum(file.stat().st_size for file in self.checkpoint.glob("*"))
            if shutil.disk_usage(self._out).free < own + max(there, 4 * own):
                raise OSError(errno.ENOSPC, _NO_ROOM)
            yield

    def save_best(self, network: Any) -> None:
        """Keep a Keras model's weights as the best so far."""
        part = self._out / f"part-{BEST_WEIGHTS}"
        try:
            network.save_weights(part)
            part.replace(self._out / BEST_WEIGHTS)
        finally:
            part.unlink(missing_ok=True)

    def keep_plain(self) -> None:
        """Keep the best weights so far as those of the stage before the discriminator."""
        best = self._out / BEST_WEIGHTS
        if best.exists():
            with _one_sentence(self._out, self._what_goes_on):
                write_whole(self._out / PLAIN_WEIGHTS, best.read_bytes())

    def add_round(self, values: dict[str, float | None]) -> None:
        """Add a line to the history, in CSV and TensorBoard, and draw the curves anew.

        TensorBoard and Matplotlib are used where they are installed.

        Args:
            values: by column, `step` among them; None leaves a field empty.
        """
        file = self._out / "history.csv"
        lines = StringIO(newline="")
        writer = csv.DictWriter(lines, list(values))
        if file.exists():
            lines.write(file.read_bytes().decode())
        else:
            writer.writeheader()
        writer.writerow(values)
        write_whole(file, lines.getvalue().encode())
        if self._tensorboard is not None:
            for name, value in values.items():
                if value is not None:
                    self._tensorboard.add_scalar(name, value, int(values["step"] or 0))
            self._tensorboard.flush()
        if find_spec("matplotlib") is not None:
            from train.fit.loss_curve import draw_loss_curve

            draw_loss_curve(file, self._out / "loss.png")

    def add_sheet(self, network: OpenNetwork, pictures: Sequence[np.ndarray], step: int) -> None:
        """Draw a sheet of val pictures (see `measure.sheet`) as it is after `step` batches."""
        folder = self._out / "sheets"
        folder.mkdir(exist_ok=True)
        draw_sheet({"ours": network}, pictures, folder / f"{step:07}.png")

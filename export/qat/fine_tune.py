"""Fine-tune a rounded network until its eight bits say what the float network says.

The loss is distillation from the float network beside the true colours, on random crops of prepared
pictures (`train.data.batches`), at the size that the file will see. BatchNorm keeps its statistics.
"""

import hashlib
import json
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from math import cos, isfinite, pi
from pathlib import Path
from typing import Any

import numpy as np
import tensorflow as tf

from edge_runtime.model.contract import AB_SCALE
from edge_runtime.whole_file import write_whole
from export.errors import ExportError
from export.qat.fine_tuned import FineTuned
from export.qat.options import QatOptions
from export.qat.ranges import Range
from export.qat.scheme import RoundedTwin
from export.tensor_ranges import LIGHTNESS_RANGE
from train.data.batches import Batches, Pictures, RoundBatches
from train.data.keras_batches import KerasBatches
from train.data.store import MANIFEST, Store
from train.fit.checkpoint import RunProgress, find_progress, load_checkpoint, save_checkpoint

# Of the steps or minutes, the share in which the learning rate rises.
_WARMUP = 0.03

# As in `train.fit.losses.huber`.
_HUBER_DELTA = 0.1


@dataclass(frozen=True)
class Step:
    """How far fine-tuning is.

    Attributes:
        number: of batches seen.
        done: share, 0..1.
        loss: of the last batch.
        distance: root mean square of the last batch's distance from the float network's ab, in CIE
            units.
        seconds_left: at the pace so far.
    """

    number: int
    done: float
    loss: float
    distance: float
    seconds_left: float


def fine_tune(
    rounded: RoundedTwin,
    options: QatOptions,
    on_step: Callable[[Step], None] = lambda step: None,
) -> FineTuned:
    """Train, or go on where an earlier call was cut off.

    Args:
        rounded: changed in place.
        options: see each.
        on_step: called after each batch.
    Raises:
        ExportError: the folder holds another run or cannot be written, or the loss is no number.
        FitError: the checkpoint is damaged.
        StoreError: no prepared data.
    """
    store = Store(options.data, "train")
    _claim(options, rounded)
    trainer = _Trainer(rounded, options)
    checkpoint = options.folder / "checkpoint"
    progress = find_progress(checkpoint)
    if progress is None:
        progress = RunProgress()
    else:
        load_checkpoint(checkpoint, trainer)
    size = int(rounded.model.input_shape[1])
    step, seconds = progress.step, progress.seconds
    total = options.steps
    crops = Batches(
        Pictures(store),
        batch_size=options.batch_size,
        seed=options.seed,
        film=options.film,
        view=options.view,
    )
    # By minutes, nobody knows how many there will be.
    batches = KerasBatches(RoundBatches(crops, 0, total or sys.maxsize, size))

    def save() -> None:
        try:
            save_checkpoint(checkpoint, trainer, [], RunProgress(step=step, seconds=seconds))
        except OSError as error:
            raise ExportError(f"{checkpoint} cannot be written: {error.strerror}") from None

    def done() -> float:
        return min(1.0, step / total if total else seconds / (60 * (options.minutes or 1)))

    started, saved = time.monotonic() - seconds, seconds
    while done() < 1:
        rate = options.learning_rate * min(1.0, (done() + 1e-3) / _WARMUP)
        loss, squared = trainer.step(*batches[step], rate * 0.5 * (1 + cos(pi * done())))
        if not isfinite(loss):
            raise ExportError(
                f"the loss became {loss} at step {step + 1} of fine-tuning: lower the learning rate"
            )
        step += 1
        seconds = time.monotonic() - started
        left = seconds * (1 - done()) / done()
        on_step(Step(step, done(), loss, AB_SCALE * squared**0.5, left))
        if seconds - saved >= options.checkpoint_seconds or done() >= 1:
            save()
            saved = seconds
    ranges = {
        name: Range(*(float(end) for end in each.ends())) for name, each in rounded.ranges.items()
    }
    return FineTuned(rounded.weights(), ranges, step)


class _Trainer:
    """Takes the steps; its weights and its optimizer travel with the checkpoint."""

    def __init__(self, rounded: RoundedTwin, options: QatOptions) -> None:
        import tf_keras

        self._variables = rounded.variables()
        self._starts = rounded.starts()
        self._optimizer = tf_keras.optimizers.Adam(options.learning_rate)
        self._optimizer.build(self._variables)
        share = options.distillation_share

        @tf.function
        def step(lightness: Any, true: Any) -> tuple[Any, Any]:
            wanted = rounded.float_twin(lightness, training=False)
            seen = tf.quantization.fake_quant_with_min_max_args(lightness, *LIGHTNESS_RANGE)
            with tf.GradientTape() as tape:
                ab = rounded.model(seen, training=False)
                squared = tf.reduce_mean(tf.square(ab - wanted))
                loss = share * squared + (1 - share) * _huber(true, ab)
            gradients = tape.gradient(loss, self._variables)
            self._optimizer.apply_gradients(zip(gradients, self._variables, strict=True))
            return loss, squared

        self._step = step

    def step(
        self, lightness: np.ndarray, true: np.ndarray, learning_rate: float
    ) -> tuple[float, float]:
        """Take one step; the loss, and the mean squared distance from the float network."""
        self._optimizer.learning_rate.assign(learning_rate)
        loss, squared = self._step(tf.constant(lightness), tf.constant(true))
        return float(loss), float(squared)

    def _state(self) -> list[Any]:
        return [*self._variables, *self._starts, *self._optimizer.variables]

    def get_weights(self) -> list[np.ndarray]:
        """See `train.fit.engines.TrainingEngine`."""
        return [each.numpy() for each in self._variables]

    def save(self, folder: Path) -> None:
        """See `train.fit.engines.TrainingEngine`."""
        np.savez(folder / "state.npz", *(each.numpy() for each in self._state()))

    def load(self, folder: Path) -> None:
        """See `train.fit.engines.TrainingEngine`."""
        with (
            open(folder / "state.npz", "rb") as opened,
            np.load(opened, allow_pickle=False) as file,
        ):
            values = [file[name] for name in file.files]
        for variable, value in zip(self._state(), values, strict=True):
            variable.assign(value)


def _huber(true: Any, ab: Any) -> Any:
    error = tf.abs(true - ab)
    inside = tf.minimum(error, _HUBER_DELTA)
    return tf.reduce_mean(inside * (error - 0.5 * inside))


def _claim(options: QatOptions, rounded: RoundedTwin) -> None:
    """See that the folder is new, or of this very run.

    Raises:
        ExportError: it is another run's, damaged, or cannot be written.
    """
    digest = hashlib.sha256()
    for weight in rounded.float_twin.get_weights():
        digest.update(weight.tobytes())
    wanted = {
        "weights_sha256": digest.hexdigest(),
        "input_size": int(rounded.model.input_shape[1]),
        "data_sha256": hashlib.sha256((options.data / MANIFEST).read_bytes()).hexdigest(),
        "minutes": options.minutes,
        "steps": options.steps,
        "learning_rate": options.learning_rate,
        "batch_size": options.batch_size,
        "distillation_share": options.distillation_share,
        "tone_view": options.view is not None,
        "film": asdict(options.film),
        "seed": options.seed,
    }
    file = options.folder / "qat.json"
    try:
        if file.exists():
            there = json.loads(file.read_text("utf-8"))
            differ = ", ".join(key for key in wanted if there.get(key) != wanted[key])
            if differ:
                raise ExportError(
                    f"{options.folder} holds another fine-tuning (other {differ}): choose another"
                    " --qat-run"
                )
        else:
            options.folder.mkdir(parents=True, exist_ok=True)
            write_whole(file, json.dumps(wanted, indent=2).encode())
    except (AttributeError, ValueError):
        raise ExportError(f"{file} is damaged: choose another --qat-run") from None
    except OSError as error:
        raise ExportError(f"{options.folder} cannot be written: {error.strerror}") from None

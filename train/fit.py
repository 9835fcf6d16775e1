"""Train a generator by a recipe, in rounds; resumable at each; the best average of weights is kept.

A run is one folder:
    config.json, environment.json   what was asked, and where it ran
    history.csv, tensorboard/       loss, learning rate, images/s, gain on val, for each round
    checkpoint/                     where a run that was cut off goes on
    best.weights.h5                 the averaged weights with the highest gain on val
"""

import csv
import hashlib
import json
import platform
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from math import cos, isfinite, pi
from pathlib import Path
from typing import Any

import keras
import numpy as np
from tensorboard.summary import Writer

from edge_runtime.whole_file import write_whole
from train.checkpoint import Progress, load_checkpoint, save_checkpoint
from train.config import FitConfig
from train.data import CropBatches
from train.ema import WeightAverage
from train.encoder_weights import load_encoder
from train.errors import FitError
from train.evaluate import Scores, evaluate
from train.losses import LOSSES
from train.models.pix2pix_mobilenetv2 import build_generator
from train.networks import keras_network, load_weights
from train.store import MANIFEST, Store


@dataclass(frozen=True)
class Round:
    """One line of the history.

    Attributes:
        step: batches seen since the beginning.
        seconds: trained since the beginning.
        crop_size: side of the crops, pixels.
        learning_rate: at the end of the round.
        loss: mean over the round.
        images_per_second: of training, data included.
        val_rgb_psnr: of the averaged weights, dB.
        val_gain: the same less that of the grey pictures, dB.
        val_colourfulness_ratio: of the averaged weights.
    """

    step: int
    seconds: float
    crop_size: int
    learning_rate: float
    loss: float
    images_per_second: float
    val_rgb_psnr: float
    val_gain: float
    val_colourfulness_ratio: float


class _Clock(keras.callbacks.Callback):
    """Sets the learning rate by the run's progress, counts, averages weights, stops at the end."""

    def __init__(self, config: FitConfig, progress: Progress, average: WeightAverage) -> None:
        super().__init__()
        self._config = config
        self.average = average
        self._started = time.monotonic() - progress.seconds
        self.step = progress.step
        self.seconds = progress.seconds
        self.on_step: Callable[[float, float], None] = lambda done, loss: None

    def restart(self) -> None:
        """Leave out the time spent between two rounds."""
        self._started = time.monotonic() - self.seconds

    @property
    def done(self) -> float:
        """The share of the run that is done, 0..1."""
        if self._config.steps is not None:
            return min(1.0, self.step / self._config.steps)
        return min(1.0, self.seconds / (60 * (self._config.minutes or 1)))

    @property
    def learning_rate(self) -> float:
        """Linear warm-up, then half a cosine down to zero."""
        warm = min(1.0, (self.done + 1e-3) / self._config.warmup) if self._config.warmup else 1.0
        return self._config.learning_rate * warm * 0.5 * (1 + cos(pi * self.done))

    def on_train_batch_begin(self, batch: int, logs: Any = None) -> None:
        self.model.optimizer.learning_rate = self.learning_rate

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        self.step += 1
        self.seconds = time.monotonic() - self._started
        self.average.step(self.model)
        loss = float((logs or {}).get("loss", float("nan")))
        if not isfinite(loss):
            raise FitError(
                f"the loss became {loss} at step {self.step}, learning rate"
                f" {self.learning_rate:.2g}: lower the learning rate; the checkpoint is whole"
            )
        self.on_step(self.done, loss)
        if self.done >= 1:
            self.model.stop_training = True


def _environment() -> dict[str, str]:
    return {
        "keras": keras.__version__,
        "backend": keras.backend.backend(),
        "python": platform.python_version(),
        "machine": platform.machine(),
        "system": platform.system(),
    }


def _open_run(out: Path, config: FitConfig, data: Path, start: str) -> None:
    """Make the run's folder, or check that the one there is of the same recipe, data and start.

    Raises:
        FitError: something else ran here; the message says what differs.
    """
    manifest = (Path(data) / MANIFEST).read_bytes()
    wanted = {
        **asdict(config),
        "data": Path(data).name,
        "data_sha256": hashlib.sha256(manifest).hexdigest(),
        "start": start,
    }
    wanted = json.loads(json.dumps(wanted))
    file = out / "config.json"
    if file.exists():
        try:
            there = json.loads(file.read_text("utf-8"))
        except ValueError:
            raise FitError(f"{file} is damaged: choose another --out") from None
        differ = ", ".join(key for key in wanted if there.get(key) != wanted[key])
        if differ:
            raise FitError(f"{out} holds another run (other {differ}): choose another --out")
        return
    out.mkdir(parents=True, exist_ok=True)
    write_whole(out / "environment.json", json.dumps(_environment(), indent=2).encode())
    write_whole(file, json.dumps(wanted, indent=2).encode())


def fit(
    config: FitConfig,
    data: Path,
    out: Path,
    *,
    encoder_weights: str | None = "imagenet",
    start_from: Path | None = None,
    on_step: Callable[[float, float], None] = lambda done, loss: None,
    on_round: Callable[[Round], None] = lambda row: None,
) -> list[Round]:
    """Train, or go on where an earlier call was cut off.

    Args:
        config: the recipe.
        data: a store with the splits `train` and `val` (see `train.prepare`).
        out: the run's folder.
        encoder_weights: see `train.encoder_weights`; None starts from random numbers.
        start_from: a `.weights.h5` of the whole generator to start from instead.
        on_step: called with the share done and the loss, for a progress bar.
        on_round: called with each line of the history.
    Returns:
        The rounds trained by this call.
    Raises:
        FitError, StoreError, WeightsError: see each.
    """
    train_store, val_store = Store(data, "train"), Store(data, "val")
    start = Path(start_from or encoder_weights or "random numbers").name
    _open_run(out, config, data, start)
    keras.utils.set_random_seed(config.seed)
    # Measured as it will be exported: in float32, whatever the training computes in.
    judge = build_generator(keras, alpha=config.alpha, input_size=config.val_size)
    keras.config.set_dtype_policy(config.dtype_policy)
    model = _compiled(config, config.crop_sizes[0][1])
    checkpoint = out / "checkpoint"
    resumed = load_checkpoint(checkpoint, model)
    if resumed is None:
        if start_from is not None:
            load_weights(judge, start_from)
            model.set_weights(judge.get_weights())
        elif encoder_weights is not None:
            load_encoder(model, alpha=config.alpha, source=encoder_weights)
    weights, progress = resumed or (model.get_weights(), Progress())
    average = WeightAverage(weights, config.ema, progress.step)
    clock = _Clock(config, progress, average)
    clock.on_step = on_step

    rounds: list[Round] = []
    with _History(out) as history:
        while clock.done < 1:
            crop_size = config.crop_size(clock.done)
            if model.input_shape[1] != crop_size:
                # A graph is made for one size: a new one takes over where the last checkpoint is.
                model = _compiled(config, crop_size)
                load_checkpoint(checkpoint, model)
            row = _train_round(model, judge, train_store, val_store, config, clock)
            best = max(progress.best_gain, row.val_gain)
            if row.val_gain > progress.best_gain:
                _save_whole(judge, out / "best.weights.h5")
            progress = replace(progress, step=clock.step, seconds=clock.seconds, best_gain=best)
            save_checkpoint(checkpoint, model, average.weights, progress)
            history.add(row)
            rounds.append(row)
            on_round(row)
    return rounds


def _compiled(config: FitConfig, crop_size: int) -> Any:
    model = build_generator(keras, alpha=config.alpha, input_size=crop_size)
    model.compile(
        keras.optimizers.AdamW(config.learning_rate, weight_decay=config.weight_decay),
        loss=LOSSES[config.loss],
        # XLA on the CPU makes depthwise convolutions four times slower.
        jit_compile=False if keras.backend.backend() == "tensorflow" else "auto",
    )
    model.optimizer.build(model.trainable_variables)  # so that a checkpoint can fill it
    return model


def _train_round(
    model: Any,
    judge: Any,
    train_store: Store,
    val_store: Store,
    config: FitConfig,
    clock: _Clock,
) -> Round:
    first_step, began, crop_size = clock.step, clock.seconds, model.input_shape[1]
    steps = config.round_steps
    if config.steps is not None:
        steps = min(steps, config.steps - first_step)
    batches = CropBatches(
        train_store,
        batch_size=config.batch_size,
        crop_size=crop_size,
        first_step=first_step,
        steps=steps,
        seed=config.seed,
    )
    clock.restart()
    losses = model.fit(batches, epochs=1, verbose=0, shuffle=False, callbacks=[clock])
    judge.set_weights(clock.average.weights)
    scores = _measure(judge, val_store, config)
    seconds = max(clock.seconds - began, 1e-9)
    return Round(
        step=clock.step,
        seconds=round(clock.seconds, 1),
        crop_size=crop_size,
        learning_rate=clock.learning_rate,
        loss=float(losses.history["loss"][-1]),
        images_per_second=(clock.step - first_step) * config.batch_size / seconds,
        val_rgb_psnr=scores.rgb_psnr,
        val_gain=scores.gain,
        val_colourfulness_ratio=scores.colourfulness_ratio,
    )


def _measure(judge: Any, store: Store, config: FitConfig) -> Scores:
    """Scores on pictures spread evenly over the val split."""
    chosen = np.linspace(0, len(store) - 1, min(config.val_pictures, len(store))).astype(int)
    pictures = (store[i] for i in chosen)
    return evaluate({"ours": (keras_network(judge), config.val_size)}, pictures)["ours"]


def _save_whole(model: Any, file: Path) -> None:
    """Write weights so that the file is never half-written under its name."""
    part = file.with_name(f"part-{file.name}")
    model.save_weights(part)
    part.replace(file)


class _History:
    """The rounds as CSV and as TensorBoard scalars."""

    def __init__(self, out: Path) -> None:
        self._file = out / "history.csv"
        self._writer = Writer(str(out / "tensorboard"))

    def __enter__(self) -> "_History":
        return self

    def __exit__(self, *_: object) -> None:
        self._writer.close()

    def add(self, row: Round) -> None:
        values = asdict(row)
        new = not self._file.exists()
        with open(self._file, "a", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, list(values))
            if new:
                writer.writeheader()
            writer.writerow(values)
        for name, value in values.items():
            self._writer.add_scalar(name, value, row.step)
        self._writer.flush()

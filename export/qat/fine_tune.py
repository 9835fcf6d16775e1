"""Fine-tune a rounded network until its eight bits say what the float network says.

The loss is distillation from the float network beside the true colours, on random crops of prepared
pictures (`train.data.batches`), at the size that the file will see; the schedule is that of
`train.fit`. BatchNorm keeps its statistics.
"""

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import tensorflow as tf

from edge_runtime.model.contract import AB_SCALE
from edge_runtime.whole_file import write_whole
from export.errors import ExportError
from export.qat.fine_tuned import FineTuned
from export.qat.options import QatOptions
from export.qat.scheme import RoundedTwin, rounded_twin
from export.qat.twin import twin_of
from export.tensor_ranges import LIGHTNESS_RANGE
from train.config import FitConfig
from train.data.batches import Batches, RoundBatches
from train.data.keras_batches import KerasBatches
from train.data.store import MANIFEST, Store
from train.fit.checkpoint import RunProgress, find_progress, load_checkpoint, save_checkpoint
from train.fit.clock import Clock, DivergedError
from train.fit.engines import AfterStep, BeforeStep
from train.networks.load import run_config
from train.networks.registry import NETWORKS

# As in `train.fit.losses.huber`.
_HUBER_DELTA = 0.1

# Of the progress shown: how much of the mean so far stays when a batch comes.
_SMOOTHING = 0.95

# Pictures on which twin and network are compared.
_COMPARED = 8


def quantization_aware(
    keras_model: Any,
    source: Path,
    *,
    inputs: Sequence[np.ndarray],
    options: QatOptions,
    on_stage: Callable[[str], None] = lambda stage: None,
    on_progress: Callable[[str], None] = lambda text: None,
) -> FineTuned:
    """Fine-tune a network for eight bits; the Keras model itself stays as it is.

    Args:
        keras_model: lightness [N, S, S, 1] to ab [N, S', S', 2].
        source: the run that it is of. Lightness is seen and aged as the network learnt it: among
            others flat pictures without colour, which rounding would fill with some otherwise.
        inputs: lightness float32 [S, S] each, to measure ranges on.
        options: see each.
        on_stage: called with a word for each stage.
        on_progress: called after each batch with a line for the screen.
    Raises:
        ExportError, FitError, StoreError: see `export.qat.twin` and `fine_tune`.
    """
    run, size = run_config(source), int(keras_model.input_shape[1])
    network = run["network"]
    config = FitConfig(
        name=run["name"],
        network=network,
        alpha=run["alpha"],
        minutes=options.minutes,
        steps=options.steps,
        batch_size=16,
        crop_sizes=((1.0, size),),
        learning_rate=options.learning_rate,
        loss=NETWORKS[network].loss,
        teacher_share=0.999,
        film=run["film"],
        tone_view=run["tone_view"],
        checkpoint_seconds=60.0,
        val_size=size,
    )
    on_stage("int8_qat: building the tf_keras twin")
    twin = twin_of(keras_model, network=network, alpha=config.alpha, inputs=inputs[:_COMPARED])
    on_stage("int8_qat: measuring ranges")
    rounded = rounded_twin(twin, NETWORKS[network].float_layers, inputs)
    on_stage("int8_qat: fine-tuning")
    mean = 0.0

    def on_step(step: Step) -> None:
        nonlocal mean
        mean = step.distance if not mean else _SMOOTHING * mean + (1 - _SMOOTHING) * step.distance
        minutes, seconds = divmod(round(step.seconds_left), 60)
        on_progress(
            f"int8_qat: fine-tuning, batch {step.number}, {step.done:.0%},"
            f" {mean:.2f} from the float ab (CIE), {minutes}:{seconds:02} left"
        )

    return fine_tune(rounded, config, options.data, options.folder, on_step)


@dataclass(frozen=True)
class Step:
    """How far fine-tuning is.

    Attributes:
        number: of batches seen.
        done: share, 0..1.
        distance: root mean square of the last batch's distance from the float network's ab, in CIE
            units.
        seconds_left: at the pace so far.
    """

    number: int
    done: float
    distance: float
    seconds_left: float


def fine_tune(
    rounded: RoundedTwin,
    config: FitConfig,
    data: Path,
    folder: Path,
    on_step: Callable[[Step], None] = lambda step: None,
) -> FineTuned:
    """Train, or go on where an earlier call was cut off.

    Args:
        rounded: changed in place.
        config: the length, the schedule and the crops; the rounded network's teacher is the float
            one, and its share of the loss is `teacher_share`.
        data: prepared pictures.
        folder: for the checkpoint.
        on_step: called after each batch.
    Raises:
        ExportError: the folder holds another run or cannot be written, or the loss is no number.
        FitError: the checkpoint is damaged.
        StoreError: no prepared data.
    """
    store = Store(data, "train")
    _claim(folder, config, data, rounded)
    trainer = _Trainer(rounded, config)
    checkpoint = folder / "checkpoint"
    progress = find_progress(checkpoint)
    if progress is None:
        progress = RunProgress()
    else:
        load_checkpoint(checkpoint, trainer)
        # Earlier versions did not write it.
        length = config.steps or 60 * config.minutes
        done = min(1.0, (progress.step if config.steps else progress.seconds) / length)
        progress = replace(progress, done=done)
    batches = Batches(config, store)

    def told(done: float, loss: float) -> None:
        left = clock.seconds * (1 - done) / done
        on_step(Step(clock.step, done, trainer.distance, left))

    clock = Clock(config, config.steps, progress, None, told)
    while clock.done < 1:
        clock.begin_round(builds=False)
        part = RoundBatches(
            batches, clock.step, clock.steps_of_round(), config.crop_size(clock.done)
        )
        try:
            trainer.train(part, lambda: clock.learning_rate, clock.after_step)
        except DivergedError as error:
            found = str(error).partition(",")[0]
            raise ExportError(f"{found} of fine-tuning: lower the learning rate") from None
        progress = RunProgress(step=clock.step, seconds=clock.seconds, done=clock.done)
        try:
            save_checkpoint(checkpoint, trainer, [], progress)
        except OSError as error:
            raise ExportError(f"{checkpoint} cannot be written: {error.strerror}") from None
    ranges = {}
    for name, each in rounded.ranges.items():
        low, high = each.ends()
        ranges[name] = float(low), float(high)
    return FineTuned(rounded.weights(), ranges)


class _Trainer:
    """Takes the steps, as the engines of `train.fit` do: see `TrainingEngine`."""

    def __init__(self, rounded: RoundedTwin, config: FitConfig) -> None:
        import tf_keras

        self._variables = rounded.variables()
        self._starts = rounded.starts()
        self._optimizer = tf_keras.optimizers.Adam(config.learning_rate)
        self._optimizer.build(self._variables)
        share = config.teacher_share
        self.distance = 0.0  # see `Step`

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

    def train(self, batches: RoundBatches, before: BeforeStep, after: AfterStep) -> None:
        made = KerasBatches(batches)
        for index in range(len(made)):
            lightness, true = made[index]
            self._optimizer.learning_rate.assign(before())
            loss, squared = self._step(tf.constant(lightness), tf.constant(true))
            self.distance = AB_SCALE * float(squared) ** 0.5
            if after(float(loss)):
                break

    def _state(self) -> list[Any]:
        return [*self._variables, *self._starts, *self._optimizer.variables]

    def save(self, folder: Path) -> None:
        np.savez(folder / "state.npz", *(each.numpy() for each in self._state()))

    def load(self, folder: Path) -> None:
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


def _claim(folder: Path, config: FitConfig, data: Path, rounded: RoundedTwin) -> None:
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
        "data_sha256": hashlib.sha256((data / MANIFEST).read_bytes()).hexdigest(),
        "minutes": config.minutes,
        "steps": config.steps,
        "learning_rate": config.learning_rate,
        "batch_size": config.batch_size,
        "distillation_share": config.teacher_share,
        "tone_view": config.tone_view,
        "film": asdict(config.film),
        "seed": config.seed,
    }
    file = folder / "qat.json"
    try:
        if file.exists():
            there = json.loads(file.read_text("utf-8"))
            differ = ", ".join(key for key in wanted if there.get(key) != wanted[key])
            if differ:
                raise ExportError(
                    f"{folder} holds another fine-tuning (other {differ}): choose another --qat-run"
                )
        else:
            folder.mkdir(parents=True, exist_ok=True)
            write_whole(file, json.dumps(wanted, indent=2).encode())
    except (AttributeError, ValueError):
        raise ExportError(f"{file} is damaged: choose another --qat-run") from None
    except OSError as error:
        raise ExportError(f"{folder} cannot be written: {error.strerror}") from None

"""Train a network by a recipe, in rounds; resumable at each; the best average of weights is kept.

`train.fit.run_folder` says what a run leaves.
"""

import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from math import isfinite
from pathlib import Path
from typing import Any

import keras

from edge_runtime.model.tone import TONE_VIEW, ToneView
from train.config import FitConfig
from train.data.batches import Batches, RoundBatches
from train.data.store import Store
from train.errors import ConfigError, FitError
from train.fit.checkpoint import RunProgress, find_progress, load_checkpoint, save_checkpoint
from train.fit.clock import Clock, DivergedError
from train.fit.engines import TrainingEngine, make_engine
from train.fit.rebalancing import colour_prior, rebalancing_weights
from train.fit.run_folder import RunFolder
from train.fit.seed import set_seed
from train.fit.val_loss import ValLoss
from train.measure.evaluate import evaluate
from train.measure.open_networks import open_generator
from train.networks.encoder_weights import load_encoder
from train.networks.load import build_network, load_generator, load_weights, run_view
from train.networks.registry import NETWORKS

_ON_SHEET = 8  # val pictures

# Scores of fewer val pictures say little.
_FEW = 50


@dataclass(frozen=True)
class Round:
    """One line of the history.

    Attributes:
        step: batches seen since the beginning.
        seconds: trained since the beginning.
        crop_size: side of the crops, pixels.
        learning_rate: at the end of the round.
        loss: what is minimized, mean over the round.
        val_loss: of the averaged weights, see `train.fit.val_loss`.
        generator_loss, discriminator_loss: the same for the two of a GAN, else None.
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
    val_loss: float
    images_per_second: float
    val_rgb_psnr: float
    val_gain: float
    val_colourfulness_ratio: float
    generator_loss: float | None = None
    discriminator_loss: float | None = None


def fit(
    config: FitConfig,
    data: Path,
    out: Path,
    *,
    extra: Path | None = None,
    teacher: Path | None = None,
    vgg16: Path | None = None,
    encoder_weights: str | None = "imagenet",
    start_from: Path | None = None,
    device: str = "auto",
    began: float | None = None,
    on_note: Callable[[str], None] = lambda note: None,
    on_step: Callable[[float, float], None] = lambda done, loss: None,
    on_round: Callable[[Round], None] = lambda row: None,
) -> list[Round]:
    """Train, or go on where an earlier call was cut off.

    Args:
        config: the recipe.
        data: a store with the splits `train` and `val` (see `train.data.prepare`).
        out: the run's folder.
        extra: another store, of whose split `train` each batch has `config.extra_share`.
        teacher: another run, or its weights, whose ab count for `config.teacher_share` of the loss.
        vgg16: VGG16's weights, for a recipe with a `feature_weight`.
        encoder_weights: see `networks.encoder_weights`; None starts from random numbers, as the
            networks without a pretrained encoder always do.
        start_from: a `.weights.h5` of the whole network to start from instead.
        device: see `train.fit.engines.make_engine`.
        began: what `time.monotonic` said when the command began, for `until_seconds`; now if None.
        on_note: called with a line to be read: what trains, and what is doubtful.
        on_step: called with the share done and the loss, for a progress bar.
        on_round: called with each line of the history.
    Returns:
        The rounds trained by this call.
    Raises:
        ConfigError: the recipe and the device, or the teacher, do not go together.
        FitError, StoreError, WeightsError: see each.
    """
    began = time.monotonic() if began is None else began
    train_store, val_store = Store(data, "train"), Store(data, "val")
    extra_store = None if extra is None else Store(extra, "train")
    if NETWORKS[config.network].encoder is None:
        encoder_weights = None
    start = Path(start_from or encoder_weights or "random numbers").name
    with RunFolder(out, config, data, start, extra=extra, teacher=teacher) as folder:
        # Measured as it will be exported: in float32, whatever the training computes in.
        keras.config.set_dtype_policy("float32")
        set_seed(config.seed)
        network, colorizing = build_network(
            keras, network=config.network, alpha=config.alpha, input_size=config.val_size
        )
        view = TONE_VIEW if config.tone_view else None
        judge = open_generator(colorizing, view)
        val_pictures = val_store.spread(config.val_pictures)
        bin_weights = rebalancing_weights(colour_prior(train_store)) if config.rebalancing else None
        val_loss = ValLoss(config, network, val_pictures, view, bin_weights)

        learnt_from = None if teacher is None else _opened(teacher, config, view)

        def engine_of(stage: FitConfig) -> TrainingEngine:
            set_seed(config.seed)
            return make_engine(
                stage,
                config.crop_sizes[0][1],
                bin_weights,
                device=device,
                teacher=learnt_from,
                vgg16=vgg16,
            )

        progress = find_progress(folder.checkpoint)
        if progress is None:
            at_once = config.adversarial_loss is not None and config.adversarial_from == 0
            progress = RunProgress(adversarial=at_once)
            if start_from is not None:
                load_weights(network, start_from)
            elif encoder_weights is not None:
                load_encoder(network, config.network, config.alpha, encoder_weights)
            engine = engine_of(config.stage(progress.adversarial))
            engine.set_weights(network.get_weights())
        else:
            engine = engine_of(config.stage(progress.adversarial))
            average = load_checkpoint(folder.checkpoint, engine)
            engine.set_average(average, progress.step - progress.stage_step)
        on_note(f"training on: {engine.device_name}")
        if len(val_pictures) < max(_FEW, config.val_pictures):
            on_note(
                f"val has {len(val_store)} pictures and {len(val_pictures)} of them are measured"
                f" ({config.val_pictures} asked for): the scores are rough"
            )
        batches = Batches(config, train_store, extra_store, engine.data_device)
        ends_at = None if config.until_seconds is None else began + config.until_seconds
        clock = Clock(config, config.total_steps(len(train_store)), progress, ends_at, on_step)

        rounds: list[Round] = []
        crop_size = 0  # what the engine has built its graphs for
        while clock.done < 1 and not _at_plateau(config, progress, len(train_store)):
            if clock.adversarial and not progress.adversarial:
                folder.keep_plain()
                average = engine.get_average()
                engine = engine_of(config)
                engine.set_weights(average)
                progress = progress.joined()
                crop_size = 0
            builds = crop_size != config.crop_size(clock.done)
            crop_size = config.crop_size(clock.done)
            clock.begin_round(builds=builds)
            if clock.done >= 1:  # no time is left
                break
            part = RoundBatches(batches, clock.step, clock.steps_of_round(), crop_size)
            losses = _train_round(engine, part, clock, folder)
            images_per_second = clock.steps_per_second() * config.batch_size
            with clock.follows("validation"):
                average = engine.get_average()
                network.set_weights(average)
                scores = evaluate({"ours": judge}, val_pictures)["ours"]
                row = Round(
                    step=clock.step,
                    seconds=round(clock.seconds, 1),
                    crop_size=crop_size,
                    learning_rate=clock.learning_rate,
                    loss=losses["loss"],
                    val_loss=val_loss(),
                    images_per_second=images_per_second,
                    val_rgb_psnr=scores.rgb_psnr,
                    val_gain=scores.gain,
                    val_colourfulness_ratio=scores.colourfulness_ratio,
                    generator_loss=losses.get("generator_loss"),
                    discriminator_loss=losses.get("discriminator_loss"),
                )
            better = row.val_gain > progress.best_gain
            progress = replace(
                progress,
                step=clock.step,
                seconds=clock.seconds,
                done=clock.done,
                rounds=progress.rounds + 1,
                best_gain=row.val_gain if better else progress.best_gain,
                best_step=clock.step if better else progress.best_step,
            )
            with folder.writing(average):
                with clock.follows("writing"):
                    if better:
                        folder.save_best(network)
                    save_checkpoint(folder.checkpoint, engine, average, progress)
                    folder.add_round(asdict(row))
                if progress.rounds % config.sheet_rounds == 1 % config.sheet_rounds or (
                    clock.done >= 1
                ):
                    with clock.follows("sheet"):
                        folder.add_sheet(judge, val_store.spread(_ON_SHEET), clock.step)
            rounds.append(row)
            on_round(row)
        if clock.step == 0:
            raise FitError(
                f"no time was left for a first step: {time.monotonic() - began:.0f} s went into"
                " loading"
            )
    return rounds


def _opened(teacher: Path, config: FitConfig, view: ToneView | None) -> Any:
    """A Keras network of ab that is shown what the recipe's is shown."""
    if run_view(teacher) != view:
        other = "without" if view else "through"
        raise ConfigError(f"{teacher} cannot teach {config.name}: it sees {other} the tone view")
    return load_generator(teacher, config.crop_sizes[0][1])


def _at_plateau(config: FitConfig, progress: RunProgress, pictures: int) -> bool:
    """Whether the last stage of the run has brought nothing for as long as `patience` says."""
    if config.patience is None or config.stage(progress.adversarial) != config:
        return False
    passes = (progress.step - progress.best_step) * config.batch_size / pictures
    return passes >= config.patience


def _train_round(
    engine: TrainingEngine, batches: RoundBatches, clock: Clock, folder: RunFolder
) -> dict[str, float]:
    """The mean losses of a round by name."""
    try:
        losses = engine.train(batches, lambda: clock.learning_rate, clock.after_step)
        # A GPU's loss is not read at every step.
        if not all(map(isfinite, losses.values())):
            raise DivergedError(f"the loss became {losses['loss']} before step {clock.step}")
    except DivergedError as error:
        raise FitError(
            f"{error}: lower the learning rate, in another --out; {folder.what_is_kept()}"
        ) from None
    except Exception as error:
        # torch, TensorFlow and XLA have an error of their own each.
        if not any(
            word in str(error) for word in ("out of memory", "RESOURCE_EXHAUSTED", "OOM when")
        ):
            raise
        raise FitError(
            f"batches of {batches.batches.batch_size} crops of {batches.crop_size} px do not fit"
            f" into memory: give a smaller --batch-size; {folder.what_is_kept()}"
        ) from None
    return losses

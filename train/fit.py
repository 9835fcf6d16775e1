"""Train a network by a recipe, in rounds; resumable at each; the best average of weights is kept.

`train.run_folder` says what a run leaves.
"""

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import keras
import numpy as np

from edge_runtime.tone import TONE_VIEW
from train.ab_bins import rebalancing_weights
from train.checkpoint import Progress, load_checkpoint, save_checkpoint
from train.clock import Clock
from train.colour_prior import colour_prior
from train.config import FitConfig
from train.data import CropBatches
from train.ema import WeightAverage
from train.encoder_weights import has_encoder, load_encoder
from train.engines import Engine, make_engine
from train.evaluate import OpenNetwork, evaluate
from train.networks import build_network, keras_network, load_weights
from train.run_folder import RunFolder
from train.store import Store

_ON_SHEET = 8  # val pictures


@dataclass(frozen=True)
class Round:
    """One line of the history.

    Attributes:
        step: batches seen since the beginning.
        seconds: trained since the beginning.
        crop_size: side of the crops, pixels.
        learning_rate: at the end of the round.
        loss: what is minimized, mean over the round.
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
        encoder_weights: see `train.encoder_weights`; None starts from random numbers, as the
            networks without a pretrained encoder always do.
        start_from: a `.weights.h5` of the whole network to start from instead.
        on_step: called with the share done and the loss, for a progress bar.
        on_round: called with each line of the history.
    Returns:
        The rounds trained by this call.
    Raises:
        FitError, StoreError, WeightsError: see each.
    """
    train_store, val_store = Store(data, "train"), Store(data, "val")
    if not has_encoder(config.network):
        encoder_weights = None
    start = Path(start_from or encoder_weights or "random numbers").name
    with RunFolder(out, config, data, start) as folder:
        keras.utils.set_random_seed(config.seed)
        # Measured as it will be exported: in float32, whatever the training computes in.
        keras.config.set_dtype_policy("float32")
        network, colorizing = build_network(
            keras, network=config.network, alpha=config.alpha, input_size=config.val_size
        )
        view = TONE_VIEW if config.tone_view else None
        judge = OpenNetwork(keras_network(colorizing), config.val_size, view)
        bin_weights = rebalancing_weights(colour_prior(train_store)) if config.rebalancing else None
        engine = make_engine(config, config.crop_sizes[0][1], bin_weights)
        resumed = load_checkpoint(folder.checkpoint, engine)
        if resumed is None:
            if start_from is not None:
                load_weights(network, start_from)
            elif encoder_weights is not None:
                load_encoder(network, config.network, config.alpha, encoder_weights)
            engine.set_weights(network.get_weights())
        weights, progress = resumed or (engine.get_weights(), Progress())
        average = WeightAverage(weights, config.ema, progress.step)
        total_steps = config.total_steps(len(train_store))
        clock = Clock(config, total_steps, progress, average, on_step)

        rounds: list[Round] = []
        while clock.done < 1 and not _at_plateau(config, progress):
            trained = _train_round(engine, train_store, config, clock)
            network.set_weights(average.weights)
            row = _row(trained, judge, val_store, config, clock)
            better = row.val_gain > progress.best_gain
            progress = Progress(
                step=clock.step,
                seconds=clock.seconds,
                best_gain=row.val_gain if better else progress.best_gain,
                rounds=progress.rounds + 1,
                stale_rounds=0 if better else progress.stale_rounds + 1,
            )
            with folder.writing(average.weights):
                if better:
                    folder.save_best(network)
                save_checkpoint(folder.checkpoint, engine, average.weights, progress)
                folder.add_round(asdict(row))
                if progress.rounds % config.sheet_rounds == 0 or clock.done >= 1:
                    pictures = list(_spread(val_store, _ON_SHEET))
                    folder.add_sheet(judge, pictures, clock.step)
            rounds.append(row)
            on_round(row)
    return rounds


def _at_plateau(config: FitConfig, progress: Progress) -> bool:
    return config.patience is not None and progress.stale_rounds >= config.patience


@dataclass(frozen=True)
class _Trained:
    """What a round's steps were: see `Round`."""

    losses: dict[str, float]
    crop_size: int
    images_per_second: float


def _train_round(engine: Engine, store: Store, config: FitConfig, clock: Clock) -> _Trained:
    first_step, began = clock.step, clock.seconds
    batches = CropBatches(
        store,
        batch_size=config.batch_size,
        crop_size=config.crop_size(clock.done),
        first_step=first_step,
        steps=clock.steps_of_round(),
        seed=config.seed,
        film=config.film,
    )
    clock.restart()
    losses = engine.train(
        batches, lambda: clock.learning_rate, lambda loss: clock.after_step(engine, loss)
    )
    seconds = max(clock.seconds - began, 1e-9)
    pictures = (clock.step - first_step) * config.batch_size
    return _Trained(losses, batches.crop_size, pictures / seconds)


def _row(
    trained: _Trained,
    judge: OpenNetwork,
    store: Store,
    config: FitConfig,
    clock: Clock,
) -> Round:
    """Measure the averaged weights on pictures spread evenly over the val split."""
    pictures = _spread(store, config.val_pictures)
    scores = evaluate({"ours": judge}, pictures)["ours"]
    return Round(
        step=clock.step,
        seconds=round(clock.seconds, 1),
        crop_size=trained.crop_size,
        learning_rate=clock.learning_rate,
        loss=trained.losses["loss"],
        images_per_second=trained.images_per_second,
        val_rgb_psnr=scores.rgb_psnr,
        val_gain=scores.gain,
        val_colourfulness_ratio=scores.colourfulness_ratio,
        generator_loss=trained.losses.get("generator_loss"),
        discriminator_loss=trained.losses.get("discriminator_loss"),
    )


def _spread(store: Store, count: int) -> Iterator[np.ndarray]:
    """At most so many pictures, spread evenly over the store."""
    chosen = np.linspace(0, len(store) - 1, min(count, len(store))).astype(int)
    return (store[index] for index in chosen)

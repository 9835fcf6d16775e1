"""What a training run needs to know. Each recipe in `train/configs/` makes one."""

import importlib
import pkgutil
from dataclasses import dataclass, replace
from math import ceil

import train.configs
from train.data.old_film import AS_IT_IS, OldFilm
from train.errors import ConfigError
from train.fit.adversarial import ADVERSARIAL_LOSSES
from train.fit.losses import LOSSES
from train.networks.pix2pix_mobilenetv2 import DECODER_WIDTHS
from train.networks.registry import NETWORKS

OPTIMIZERS = ("adamw", "adam", "sgd")

# The one loss of networks that classify colours: see `train.fit.classification_loss`.
SOFT_CROSS_ENTROPY = "soft_cross_entropy"

# The 70x70 discriminator judges ab of half the crop's side, and needs 24 of its pixels.
LEAST_GAN_CROP = 48


@dataclass(frozen=True)
class FitConfig:
    """A training recipe.

    Attributes:
        name: of the model that it makes.
        network: one of `train.networks.registry.NETWORKS`.
        alpha: width of the encoder of `pix2pix_mobilenetv2`; None for the other networks.
        minutes: time to train, in which the learning rate falls along a cosine to zero; or None.
        steps: batches to train instead; or None.
        epochs: passes over the training pictures instead; or None.
        until_seconds: the whole command's, from its beginning to its end, instead; or None.
        batch_size: pictures in a batch.
        crop_sizes: (share of the run, side of the crops in pixels), in order; the last share is 1.
        optimizer: one of `OPTIMIZERS`.
        learning_rate: its peak, after a warm-up of `warmup` of the run.
        weight_decay: of AdamW.
        momentum: of SGD; the beta_1 of Adam and AdamW.
        loss: one of `train.fit.losses.LOSSES`; `SOFT_CROSS_ENTROPY` for `ab_classifier`.
        rebalancing: count rare colours more, for `ab_classifier`.
        teacher_share: of the loss, 0..1: how near to a teacher's ab, where one is given.
        adversarial_loss: one of `train.fit.adversarial.ADVERSARIAL_LOSSES`, to train a pix2pix
            generator against a discriminator; None trains it by its loss on ab alone.
        adversarial_from: the share of the run that the generator learns by its loss on ab alone
            before the discriminator joins.
        ab_weight: of the loss on ab beside the adversarial one (pix2pix's lambda).
        feature_weight, colourfulness_weight: of the losses of `fit.vivid` beside the adversarial
            one; they are computed where VGG16's weights are given.
        film: how lightness is aged for training.
        extra_share: of each batch that comes from the extra pictures, 0..1, where there are any.
        tint_share: of a crop's mean colour, how much it keeps in what is to be learnt, 0..1: less
            makes the differences within a picture count for more than its tint.
        tone_view: whether the network sees lightness through the tone view of contract 2.
        ema: decay per step of the average of weights that is measured and kept.
        round_steps: batches between two checkpoints.
        checkpoint_seconds: time between two checkpoints instead; or None.
        patience: stop early after so many passes over the training pictures without a better
            round on val; None never does.
        val_size: S at which the network is measured between rounds.
        val_pictures: how many pictures that takes.
        sheet_rounds: rounds between two sheets of val pictures.
        frozen_to: layers up to this one, in order, stay as they were; None trains all.
        train_encoder: train the Inception-ResNetV2 of `inception_fusion` too, which otherwise
            stays as it came.
        dtype_policy: `float32` or `mixed_bfloat16`.
        seed: of every random choice.
    """

    name: str
    network: str = "pix2pix_mobilenetv2"
    alpha: float | None = None
    minutes: float | None = None
    steps: int | None = None
    epochs: float | None = None
    until_seconds: float | None = None
    batch_size: int = 32
    crop_sizes: tuple[tuple[float, int], ...] = ((1.0, 128),)
    optimizer: str = "adamw"
    learning_rate: float = 2e-3
    warmup: float = 0.03
    weight_decay: float = 0.01
    momentum: float = 0.9
    loss: str = "huber"
    rebalancing: bool = False
    teacher_share: float = 0.5
    adversarial_loss: str | None = None
    adversarial_from: float = 0.0
    ab_weight: float = 100.0
    feature_weight: float = 0.0
    colourfulness_weight: float = 0.0
    film: OldFilm = AS_IT_IS
    extra_share: float = 0.0
    tint_share: float = 1.0
    tone_view: bool = False
    ema: float = 0.999
    round_steps: int = 500
    checkpoint_seconds: float | None = None
    patience: float | None = None
    val_size: int = 160
    val_pictures: int = 256
    sheet_rounds: int = 5
    frozen_to: str | None = None
    train_encoder: bool = False
    dtype_policy: str = "float32"
    seed: int = 0

    def __post_init__(self) -> None:
        if self.network not in NETWORKS:
            raise ConfigError(f"network must be one of {', '.join(NETWORKS)}, not {self.network!r}")
        if self.network == "pix2pix_mobilenetv2":
            if self.alpha not in DECODER_WIDTHS:
                raise ConfigError(
                    f"alpha must be one of {sorted(DECODER_WIDTHS)}, not {self.alpha}"
                )
        elif self.alpha is not None:
            raise ConfigError(f"{self.network} has no alpha")
        kind = NETWORKS[self.network].kind
        losses = [SOFT_CROSS_ENTROPY] if kind == "classification" else list(LOSSES)
        if self.loss not in losses:
            raise ConfigError(f"loss must be one of {', '.join(losses)}, not {self.loss!r}")
        if self.rebalancing and kind != "classification":
            raise ConfigError(f"rebalancing is for networks that classify, not {self.network}")
        if self.train_encoder and self.network != "inception_fusion":
            raise ConfigError(f"train_encoder is for inception_fusion, not {self.network}")
        if self.adversarial_loss is not None:
            if kind != "gan":
                raise ConfigError(f"{self.network} has no discriminator")
            if self.adversarial_loss not in ADVERSARIAL_LOSSES:
                raise ConfigError(
                    f"adversarial_loss must be one of {', '.join(ADVERSARIAL_LOSSES)}, not"
                    f" {self.adversarial_loss!r}"
                )
            if min(size for _, size in self.crop_sizes) < LEAST_GAN_CROP:
                raise ConfigError(f"a discriminator needs crops of at least {LEAST_GAN_CROP} px")
        elif self.adversarial_from or self.feature_weight or self.colourfulness_weight:
            raise ConfigError(
                "adversarial_from, feature_weight and colourfulness_weight are for recipes with an"
                " adversarial_loss"
            )
        if not 0 <= self.adversarial_from < 1:
            raise ConfigError("adversarial_from must be at least 0 and below 1")
        if self.optimizer not in OPTIMIZERS:
            raise ConfigError(
                f"optimizer must be one of {', '.join(OPTIMIZERS)}, not {self.optimizer!r}"
            )
        if self.dtype_policy not in ("float32", "mixed_bfloat16"):
            raise ConfigError(f"dtype_policy must not be {self.dtype_policy!r}")
        lengths = (self.minutes, self.steps, self.epochs, self.until_seconds)
        if sum(length is not None for length in lengths) != 1:
            raise ConfigError("a recipe has one of minutes, steps, epochs and until_seconds")
        counts = [*lengths, self.checkpoint_seconds, self.patience]
        counts += [self.batch_size, self.round_steps, self.val_pictures, self.sheet_rounds]
        # What is no number is not below infinity either.
        if not all(0 < count < float("inf") for count in counts if count is not None):
            raise ConfigError(
                "minutes, steps, epochs, until_seconds, batch_size, round_steps,"
                " checkpoint_seconds, val_pictures, sheet_rounds and patience must be positive"
                " numbers"
            )
        if not (0 <= self.extra_share <= 1 and 0 <= self.tint_share <= 1):
            raise ConfigError("extra_share and tint_share must be within 0..1")
        if not (self.learning_rate > 0 and 0 <= self.ema < 1 and 0 <= self.warmup <= 1):
            raise ConfigError(
                "learning_rate must be positive, ema at least 0 and below 1, warmup within 0..1"
            )
        multiple = NETWORKS[self.network].multiple_of
        sizes = [size for _, size in self.crop_sizes] + [self.val_size]
        if any(size <= 0 or size % multiple for size in sizes) or self.crop_sizes[-1][0] != 1:
            raise ConfigError(f"crop_sizes must be multiples of {multiple} and their last share 1")

    def crop_size(self, progress: float) -> int:
        """The side of the crops when `progress` (0..1) of the run is done."""
        return next((s for share, s in self.crop_sizes if progress < share), self.crop_sizes[-1][1])

    def stage(self, adversarial: bool) -> "FitConfig":
        """What a stage of the run trains by: without the discriminator, or with it."""
        if adversarial or self.adversarial_loss is None:
            return self
        return replace(
            self,
            adversarial_loss=None,
            adversarial_from=0.0,
            feature_weight=0.0,
            colourfulness_weight=0.0,
        )

    def total_steps(self, pictures: int) -> int | None:
        """Batches of the whole run over so many training pictures; None if time ends it."""
        if self.epochs is not None:
            return max(1, ceil(self.epochs * pictures / self.batch_size))
        return self.steps


def load_config(name: str, scale: str | None = None) -> FitConfig:
    """The recipe `train/configs/NAME.py`: its `CONFIG`, or one of its `SCALES`.

    Args:
        name: of the file, or `NAME_SCALE`.
        scale: one of the file's.
    Raises:
        ConfigError: there is none of that name, or it does not make sense.
    """
    file, files = name, sorted(m.name for m in pkgutil.iter_modules(train.configs.__path__))
    if name not in files and scale is None:
        # The longest file whose name it begins with; of runs made before, `smoke_NAME` too.
        name = f"{name[6:]}_smoke" if name.startswith("smoke_") else name
        starts = [found for found in files if name.startswith(f"{found}_")]
        file = max(starts, key=len, default=name)
        scale = name[len(file) + 1 :]
    if file not in files:
        raise ConfigError(f"unknown recipe {name!r}: there are {', '.join(files)}")
    try:
        module = importlib.import_module(f"train.configs.{file}")
        scales = getattr(module, "SCALES", {})
        if scale is None and (hasattr(module, "CONFIG") or not scales):
            return module.CONFIG
    # A key that FitConfig has not, a value of another kind, a name that is not imported.
    except (TypeError, ValueError, AttributeError, NameError, ImportError, SyntaxError) as error:
        reason = str(error).replace("FitConfig.__init__()", "a recipe")
        raise ConfigError(f"the recipe {name} cannot be read: {reason}") from None
    if not scales:
        raise ConfigError(f"the recipe {file} has one scale only, and no {scale!r}")
    if scale not in scales:
        wrong = "say which by --scale" if scale is None else f"not {scale!r}"
        raise ConfigError(f"the recipe {file} has the scales {', '.join(scales)}: {wrong}")
    return scales[scale]

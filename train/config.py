"""What a training run needs to know. Each recipe in `train/configs/` makes one."""

import importlib
import pkgutil
from dataclasses import dataclass

import train.configs
from train.errors import ConfigError
from train.losses import LOSSES
from train.models.pix2pix_mobilenetv2 import DECODER_WIDTHS


@dataclass(frozen=True)
class FitConfig:
    """A training recipe.

    Attributes:
        name: of the model that it makes.
        alpha: width of the MobileNetV2 encoder.
        minutes: time to train, in which the learning rate falls along a cosine to zero; or None.
        steps: batches to train instead, if minutes is None.
        batch_size: pictures in a batch.
        crop_sizes: (share of the run, side of the crops in pixels), in order; the last share is 1.
        learning_rate: its peak, after a warm-up of `warmup` of the run.
        weight_decay: of AdamW.
        loss: one of `train.losses.LOSSES`.
        ema: decay per step of the average of weights that is measured and kept.
        round_steps: batches between two checkpoints.
        val_size: S at which the network is measured between rounds.
        val_pictures: how many pictures that takes.
        dtype_policy: `float32` or `mixed_bfloat16`.
        seed: of every random choice.
    """

    name: str
    alpha: float
    minutes: float | None = None
    steps: int | None = None
    batch_size: int = 32
    crop_sizes: tuple[tuple[float, int], ...] = ((1.0, 128),)
    learning_rate: float = 2e-3
    warmup: float = 0.03
    weight_decay: float = 0.01
    loss: str = "huber"
    ema: float = 0.999
    round_steps: int = 500
    val_size: int = 160
    val_pictures: int = 256
    dtype_policy: str = "float32"
    seed: int = 0

    def __post_init__(self) -> None:
        if self.alpha not in DECODER_WIDTHS:
            raise ConfigError(f"alpha must be one of {sorted(DECODER_WIDTHS)}, not {self.alpha}")
        if self.loss not in LOSSES:
            raise ConfigError(f"loss must be one of {', '.join(LOSSES)}, not {self.loss!r}")
        if (self.minutes is None) == (self.steps is None):
            raise ConfigError("a recipe has either minutes or steps")
        if (self.minutes or self.steps or 0) <= 0 or self.batch_size <= 0:
            raise ConfigError("minutes, steps and batch_size must be positive")
        sizes = [size for _, size in self.crop_sizes] + [self.val_size]
        if any(size <= 0 or size % 32 for size in sizes) or self.crop_sizes[-1][0] != 1:
            raise ConfigError("crop_sizes must be multiples of 32 and their last share 1")

    def crop_size(self, progress: float) -> int:
        """The side of the crops when `progress` (0..1) of the run is done."""
        return next((s for share, s in self.crop_sizes if progress < share), self.crop_sizes[-1][1])


def recipe_names() -> list[str]:
    """The names that `load_config` knows."""
    return sorted(module.name for module in pkgutil.iter_modules(train.configs.__path__))


def load_config(name: str) -> FitConfig:
    """The recipe `train/configs/NAME.py`.

    Raises:
        ConfigError: there is none of that name.
    """
    if name not in recipe_names():
        raise ConfigError(f"unknown recipe {name!r}: there are {', '.join(recipe_names())}")
    return importlib.import_module(f"train.configs.{name}").CONFIG

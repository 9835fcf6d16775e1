"""What a device or a core learns from its share of a batch: gradients of a network, or of a GAN."""

from typing import Any

import keras
import torch
from torch import nn

from train.config import FitConfig
from train.errors import ConfigError
from train.fit.adversarial import ADVERSARIAL_LOSSES
from train.fit.trainable import ab_loss
from train.fit.vivid import Vgg16, colourfulness, rgb_of
from train.networks.patch_discriminator import build_patch_discriminator
from train.networks.torch_twin import TorchTwin

Losses = dict[str, torch.Tensor]


def make_learner(
    config: FitConfig, model: Any, teacher: TorchTwin | None = None, vgg16: Vgg16 | None = None
) -> "Regression | Pix2Pix":
    """The learner of a recipe, with the weights of its Keras network: see both."""
    if config.adversarial_loss is None:
        return Regression(config, model, teacher)
    return Pix2Pix(config, model, vgg16)


class Regression(nn.Module):
    """A network of ab and its loss.

    Args:
        config: the recipe.
        model: the Keras network.
        teacher: a network of the same ab, not trained, whose answers count for
            `config.teacher_share` of the loss; None for none.
    """

    def __init__(self, config: FitConfig, model: Any, teacher: TorchTwin | None = None) -> None:
        super().__init__()
        self._teacher = (teacher,)  # a tuple: its weights are no part of what is trained and saved
        self._teacher_share = 0.0 if teacher is None else config.teacher_share
        self.network = TorchTwin(model, config.frozen_to)
        self._loss = ab_loss(config)
        self._half = config.dtype_policy == "mixed_bfloat16"

    def trainable(self) -> list[nn.Parameter]:
        """What is trained, in the order of the gradients."""
        return [p for p in self.parameters() if p.requires_grad]

    def gradients(
        self, lightness: torch.Tensor, ab: torch.Tensor, total: int
    ) -> tuple[Losses, list[torch.Tensor]]:
        """The losses of a share of the batch, as its part of the batch's mean, and their gradients.

        Args:
            lightness: float32 [n, 1, S, S].
            ab: float32 [n, 2, S', S'], the truth.
            total: pictures in the whole batch.
        Returns:
            scalars by name, not yet read from the device, and the gradients of `trainable`.
        """
        with self._precision(lightness):
            ours = self.network(_channels_last(lightness)).float()
        loss = self._near(ab, ours).sum() / total
        if self._teacher_share:
            with torch.no_grad(), self._precision(lightness):
                theirs = self._teacher[0](_channels_last(lightness)).float()
            taught = self._near(theirs, ours).sum() / total
            loss = (1 - self._teacher_share) * loss + self._teacher_share * taught
        return {"loss": loss.detach()}, list(torch.autograd.grad(loss, self.trainable()))

    def _near(self, ab: torch.Tensor, ours: torch.Tensor) -> torch.Tensor:
        return self._loss(ab.permute(0, 2, 3, 1), ours.permute(0, 2, 3, 1))

    def _precision(self, values: torch.Tensor) -> torch.autocast:
        return torch.autocast(values.device.type, torch.bfloat16, enabled=self._half)


class Pix2Pix(Regression):
    """A generator with its discriminator: see `train.fit.adversarial.Adversarial`.

    The losses are the same; as torch can ask for the gradients of each network alone, the
    discriminator judges our colours once instead of twice, and its BatchNorm statistics move twice
    a step instead of three times.

    Args:
        config: the recipe.
        model: the Keras network.
        vgg16: for the losses of `train.fit.vivid`, where the recipe has them.
    Raises:
        ConfigError: the recipe has them, and there is no VGG16.
    """

    def __init__(self, config: FitConfig, model: Any, vgg16: Vgg16 | None = None) -> None:
        super().__init__(config, model)
        if config.feature_weight and vgg16 is None:
            raise ConfigError("the recipe's feature_weight needs VGG16: give --vgg16 FILE.npz")
        self._vgg16 = (vgg16,)  # no part of what is trained and saved
        self._feature_weight = config.feature_weight
        self._colourfulness_weight = config.colourfulness_weight
        side = model.output_shape[1]
        self._stride = model.input_shape[1] // side
        self.discriminator = TorchTwin(build_patch_discriminator(keras, input_size=side))
        self._adversarial, self._target = ADVERSARIAL_LOSSES[config.adversarial_loss]
        self._ab_weight = config.ab_weight

    def gradients(
        self, lightness: torch.Tensor, ab: torch.Tensor, total: int
    ) -> tuple[Losses, list[torch.Tensor]]:
        """See `Regression`."""
        share = len(ab) / total
        small = nn.functional.avg_pool2d(lightness, self._stride)
        with self._precision(lightness):
            ours = self.network(_channels_last(lightness)).float()
            judged_true = self.discriminator(small, ab).float()
            judged_ours = self.discriminator(small, ours).float()
        generator = share * (
            self._ab_weight * self._near(ab, ours).mean()
            + self._adversarial(judged_ours, True)
            + self._unlike(small, ab, ours)
        )
        # Halved as in the paper, so that the discriminator learns more slowly.
        discriminator = (share / 2) * (
            self._adversarial(judged_true, True, self._target)
            + self._adversarial(judged_ours, False)
        )
        own = [p for p in self.network.parameters() if p.requires_grad]
        gradients = list(torch.autograd.grad(generator, own, retain_graph=True))
        gradients += torch.autograd.grad(discriminator, list(self.discriminator.parameters()))
        losses = {
            "loss": (generator + discriminator).detach(),
            "generator_loss": generator.detach(),
            "discriminator_loss": discriminator.detach(),
        }
        return losses, gradients

    def _unlike(
        self, small: torch.Tensor, ab: torch.Tensor, ours: torch.Tensor
    ) -> torch.Tensor | float:
        """By how much our pictures look unlike the true ones, over the lightness that is seen."""
        if not (self._feature_weight or self._colourfulness_weight):
            return 0.0
        lightness = 50 * (small + 1)
        true_rgb, our_rgb = rgb_of(lightness, ab), rgb_of(lightness, ours)
        loss = 0.0
        if self._feature_weight:
            with self._precision(our_rgb):
                apart = self._vgg16[0].distance(true_rgb, our_rgb)
            loss = loss + self._feature_weight * apart.float().mean()
        if self._colourfulness_weight:
            apart = (colourfulness(our_rgb) - colourfulness(true_rgb)).abs() / 100
            loss = loss + self._colourfulness_weight * apart.mean()
        return loss


def _channels_last(values: torch.Tensor) -> torch.Tensor:
    """[N, C, H, W] in the memory order that torch's convolutions are fastest with."""
    return values.contiguous(memory_format=torch.channels_last)

"""What a core learns from its share of a batch: the gradients of a network, or of a pix2pix GAN."""

from typing import Any

import keras
import numpy as np
import torch
from torch import nn

from train.adversarial import ADVERSARIAL_LOSSES
from train.config import FitConfig
from train.models.patch_discriminator import build_patch_discriminator
from train.torch_twin import TorchTwin
from train.trainable import ab_loss


def make_learner(config: FitConfig, model: Any) -> "Regression | Pix2Pix":
    """The learner of a recipe, with the weights of its Keras network."""
    return (Regression if config.adversarial_loss is None else Pix2Pix)(config, model)


class Regression(nn.Module):
    """A network of ab and its loss.

    Args:
        config: the recipe.
        model: the Keras network.
    """

    def __init__(self, config: FitConfig, model: Any) -> None:
        super().__init__()
        self.network = TorchTwin(model, config.frozen_to)
        self._loss = ab_loss(config)

    def trainable(self) -> list[nn.Parameter]:
        """What is trained, in the order of the gradients."""
        return [p for p in self.parameters() if p.requires_grad]

    def gradients(
        self, lightness: np.ndarray, ab: np.ndarray, total: int
    ) -> tuple[dict[str, float], list[torch.Tensor]]:
        """The losses of a share of the batch, as its part of the batch's mean, and their gradients.

        Args:
            lightness: float32 [n, S, S, 1].
            ab: float32 [n, S', S', 2], the truth.
            total: pictures in the whole batch.
        """
        loss = self._near(ab, self.network(_channels_first(lightness))).sum() / total
        return {"loss": loss.item()}, list(torch.autograd.grad(loss, self.trainable()))

    def _near(self, ab: np.ndarray, ours: torch.Tensor) -> torch.Tensor:
        return self._loss(torch.from_numpy(ab), ours.permute(0, 2, 3, 1))


class Pix2Pix(Regression):
    """A generator with its discriminator: see `train.adversarial.Adversarial`.

    The losses are the same; as torch can ask for the gradients of each network alone, the
    discriminator judges our colours once instead of twice, and its BatchNorm statistics move twice
    a step instead of three times.
    """

    def __init__(self, config: FitConfig, model: Any) -> None:
        super().__init__(config, model)
        side = model.output_shape[1]
        self._stride = model.input_shape[1] // side
        self.discriminator = TorchTwin(build_patch_discriminator(keras, input_size=side))
        self._adversarial, self._target = ADVERSARIAL_LOSSES[config.adversarial_loss]
        self._ab_weight = config.ab_weight

    def gradients(
        self, lightness: np.ndarray, ab: np.ndarray, total: int
    ) -> tuple[dict[str, float], list[torch.Tensor]]:
        """See `Regression`."""
        share = len(ab) / total
        x, true = _channels_first(lightness), _channels_first(ab)
        small = nn.functional.avg_pool2d(x, self._stride)
        ours = self.network(x)
        judged_true, judged_ours = self.discriminator(small, true), self.discriminator(small, ours)
        generator = share * (
            self._ab_weight * self._near(ab, ours).mean() + self._adversarial(judged_ours, True)
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
            "generator_loss": generator.item(),
            "discriminator_loss": discriminator.item(),
        }
        return {"loss": sum(losses.values()), **losses}, gradients


def _channels_first(values: np.ndarray) -> torch.Tensor:
    """[N, H, W, C] as torch's [N, C, H, W], in the same memory."""
    return torch.from_numpy(values).permute(0, 3, 1, 2)

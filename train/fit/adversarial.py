"""pix2pix (Isola et al. 2017): a generator and a discriminator, trained by one step of `model.fit`.

Both losses are one scalar, so that any Keras backend can differentiate it, with the gradients kept
apart: the discriminator learns from a copy of the generator's ab that carries no gradient back, and
what the generator's adversarial term would teach the discriminator is subtracted again.
"""

from collections.abc import Callable
from typing import Any

import keras
from keras import ops

SMOOTH = 0.9  # what "true" counts as for the discriminator (Salimans et al. 2016, one-sided)


def cross_entropy(logits: Any, true: bool, target: float = 1.0) -> Any:
    """Binary cross-entropy of logits (Goodfellow et al. 2014, the non-saturating form)."""
    # log(1 + e^x) is the entropy of "false", log(1 + e^-x) that of "true".
    as_true, as_false = ops.softplus(-logits), ops.softplus(logits)
    return ops.mean(target * as_true + (1 - target) * as_false if true else as_false)


def least_squares(logits: Any, true: bool, target: float = 1.0) -> Any:
    """Squared distance of logits to 1 or 0 (LSGAN, Mao et al. 2017)."""
    return ops.mean(ops.square(logits - (target if true else 0.0)))


# For the discriminator "true" may count as less than 1, never for the generator.
ADVERSARIAL_LOSSES: dict[str, tuple[Callable[..., Any], float]] = {
    "smoothed_cross_entropy": (cross_entropy, SMOOTH),
    "cross_entropy": (cross_entropy, 1.0),
    "least_squares": (least_squares, 1.0),
}


class Adversarial(keras.Model):
    """A generator with its discriminator; called, it is the generator.

    Compile it with an optimizer alone: one for both networks, as the paper's two are alike.

    Args:
        generator: lightness float32 [N, S, S, 1] to ab [N, S', S', 2].
        discriminator: lightness [N, S', S', 1] and ab [N, S', S', 2] to logits [N, h, w, 1].
        adversarial_loss: one of `ADVERSARIAL_LOSSES`.
        ab_loss: (true ab, ab) to [N]; pix2pix has the mean absolute error.
        ab_weight: of that loss beside the adversarial one (lambda).
    """

    def __init__(
        self,
        generator: Any,
        discriminator: Any,
        *,
        adversarial_loss: str = "smoothed_cross_entropy",
        ab_loss: Callable[[Any, Any], Any],
        ab_weight: float = 100.0,
    ) -> None:
        super().__init__()
        self.generator = generator
        self.discriminator = discriminator
        self._loss, self._target = ADVERSARIAL_LOSSES[adversarial_loss]
        self._ab_loss = ab_loss
        self._ab_weight = ab_weight
        self._stride = generator.input_shape[1] // generator.output_shape[1]
        self.generator_loss = keras.metrics.Mean("generator_loss")
        self.discriminator_loss = keras.metrics.Mean("discriminator_loss")
        self.built = True  # both networks are: weights can be saved before the first step

    def call(self, lightness: Any, training: bool | None = None) -> Any:
        """The generator's ab."""
        return self.generator(lightness, training=training)

    def compute_loss(
        self,
        x: Any = None,
        y: Any = None,
        y_pred: Any = None,
        sample_weight: Any = None,
        training: bool = True,
    ) -> Any:
        """The scalar whose gradient moves each network by its own loss; x: lightness, y: ab."""
        # Keras's average_pool fails under JAX when the strides are left out.
        small = ops.average_pool(x, self._stride, self._stride) if self._stride > 1 else x

        def judged(ab: Any) -> Any:
            return self.discriminator([small, ab], training=training)

        copied = judged(ops.stop_gradient(y_pred))
        taught = self._loss(judged(y), True, self._target) + self._loss(copied, False)
        fooling = self._loss(judged(y_pred), True)
        near = self._ab_weight * ops.mean(self._ab_loss(y, y_pred))
        self.generator_loss.update_state(near + fooling)
        self.discriminator_loss.update_state(0.5 * taught)
        # Halved as in the paper, so that the discriminator learns more slowly.
        return near + fooling - self._loss(copied, True) + 0.5 * taught

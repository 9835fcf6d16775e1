"""A recipe's network with its loss and optimizer, ready for `model.fit`."""

from collections.abc import Callable
from functools import partial
from typing import Any

import keras
import numpy as np

from train.config import SOFT_CROSS_ENTROPY, FitConfig
from train.fit.adversarial import Adversarial
from train.fit.classification_loss import soft_cross_entropy
from train.fit.losses import LOSSES
from train.networks.inception_fusion import INCEPTION
from train.networks.load import build_network
from train.networks.patch_discriminator import build_patch_discriminator


def ab_loss(config: FitConfig, bin_weights: np.ndarray | None = None) -> Callable[[Any, Any], Any]:
    """The loss of what the network gives: (y_true, y_pred) to [N]."""
    if config.loss == SOFT_CROSS_ENTROPY:
        return partial(soft_cross_entropy, bin_weights=bin_weights)
    return LOSSES[config.loss]


def _optimizer(config: FitConfig) -> Any:
    rate, momentum = config.learning_rate, config.momentum
    if config.optimizer == "adamw":
        return keras.optimizers.AdamW(rate, weight_decay=config.weight_decay, beta_1=momentum)
    if config.optimizer == "adam":
        return keras.optimizers.Adam(rate, beta_1=momentum)
    return keras.optimizers.SGD(rate, momentum=momentum, nesterov=True)


def build_trainable(
    config: FitConfig, crop_size: int, bin_weights: np.ndarray | None = None
) -> tuple[Any, Any]:
    """Build and compile.

    Args:
        config: the recipe.
        crop_size: side of the crops, pixels.
        bin_weights: float32 [313] for `rebalancing`.
    Returns:
        The network, whose weights are the run's; and the compiled model, which is the network
        itself or, for a GAN, the network with its discriminator.
    """
    network, _ = build_network(
        keras, network=config.network, alpha=config.alpha, input_size=crop_size
    )
    if config.train_encoder:
        network.get_layer(INCEPTION).trainable = True
    for layer in network.layers if config.frozen_to else []:
        layer.trainable = False
        if layer.name == config.frozen_to:
            break
    # JAX is nothing without compiling; TensorFlow's XLA makes depthwise convolutions four times
    # slower on a CPU, and torch compiles for minutes.
    compiled = {"optimizer": _optimizer(config), "jit_compile": keras.backend.backend() == "jax"}
    if config.adversarial_loss is None:
        model = network
        model.compile(loss=ab_loss(config, bin_weights), **compiled)
        # Keras builds its loss with the first batch of `fit`, and JAX then begins with the second.
        ab, output = (1, crop_size // 2, crop_size // 2, 2), (1, *network.output_shape[1:])
        model.compute_loss(y=keras.ops.zeros(ab), y_pred=keras.ops.zeros(output))
    else:
        model = Adversarial(
            network,
            build_patch_discriminator(keras, input_size=network.output_shape[1]),
            ab_loss=ab_loss(config),
            ab_weight=config.ab_weight,
            adversarial_loss=config.adversarial_loss,
        )
        model.compile(**compiled)
    model.optimizer.build(model.trainable_variables)  # so that a checkpoint can fill it
    return network, model

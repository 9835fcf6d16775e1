"""Training on several devices: each has the whole network and its share of every batch."""

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from typing import Any

import keras
import torch

from train.errors import ConfigError


def data_parallel(batch_size: int) -> Callable[[], AbstractContextManager[Any]]:
    """The scope in which networks are built on all devices, and `fit` divides its batches.

    Keras's own data parallelism, which is JAX's: losses, gradients and the statistics of batch
    normalization are those of the whole batch, so that one device and several train alike. With
    one device, and on other backends, the scope changes nothing.

    Args:
        batch_size: pictures in a batch.
    Returns:
        What makes the scope, as often as it is needed: `with make_scope(): ...`.
    Raises:
        ConfigError: the devices cannot share a batch evenly.
    """
    devices = keras.distribution.list_devices() if keras.backend.backend() == "jax" else []
    if len(devices) < 2:
        return nullcontext
    if batch_size % len(devices):
        raise ConfigError(
            f"batch_size {batch_size} cannot be divided evenly over {len(devices)} devices"
        )
    return keras.distribution.DataParallel(devices=devices).scope


def device_names() -> str:
    """What Keras computes on, for people."""
    if keras.backend.backend() == "torch":  # Keras cannot list its devices
        return torch.cuda.get_device_name() if torch.cuda.is_available() else "CPU"
    names = keras.distribution.list_devices()
    return names[0] if len(names) == 1 else f"{len(names)} devices ({names[0]} …)"

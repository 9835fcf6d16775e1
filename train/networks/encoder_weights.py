"""Start a network's encoder from weights that were trained on colour photos (ImageNet)."""

from pathlib import Path
from typing import Any

import keras
import numpy as np

from train.errors import WeightsError
from train.networks.load import load_weights
from train.networks.registry import NETWORKS

# Of torchvision's normalization, which Keras's DenseNet expects: of RGB in 0..1.
_MEAN = np.array([0.485, 0.456, 0.406])
_STD = np.array([0.229, 0.224, 0.225])


def _plain_stem(kernel: np.ndarray) -> tuple[np.ndarray, float | np.ndarray]:
    """For encoders of RGB / 127.5 - 1: the sum over RGB answers as grey repeated three times."""
    return kernel.sum(axis=2, keepdims=True), 0.0


def _normalized_stem(kernel: np.ndarray) -> tuple[np.ndarray, float | np.ndarray]:
    """For encoders of (RGB - mean) / std: with grey g in -1..1, RGB is (g + 1) / 2.

    The constant part becomes an offset of the convolution's result, [channels], for the batch
    normalization behind it.
    """
    grey = (kernel / (2 * _STD)[:, None]).sum(axis=2, keepdims=True)
    constant = (kernel * ((0.5 - _MEAN) / _STD)[:, None]).sum(axis=(0, 1, 2))
    return grey, constant


def load_encoder(model: Any, network: str, alpha: float | None, source: str) -> int:
    """Copy pretrained weights into a network's encoder, layer by layer, by name.

    Our lightness has the range of RGB / 127.5 - 1 and, without a tone view, nearly its tone curve.

    Args:
        model: the network, as `train.networks.build_network` builds it.
        network: its name, of one with an `encoder` in its registry row.
        alpha: width of a MobileNetV2, else None.
        source: `imagenet` (Keras downloads them) or the path of a `.weights.h5` file of the
            encoder's application in `keras.applications` with `include_top=False`.
    Returns:
        How many layers were filled.
    Raises:
        WeightsError: the file is missing or holds another network, or the download failed.
    """
    encoder = NETWORKS[network].encoder
    convert = _normalized_stem if encoder.normalized else _plain_stem
    pretrained = load_application(encoder.application, alpha, source)
    names = {layer.name: layer for layer in model.layers}
    if pretrained.name in names:  # the whole encoder is one layer of the network
        names = {layer.name: layer for layer in names[pretrained.name].layers}
    filled, offset = 0, 0.0
    for layer in pretrained.layers:
        weights = layer.get_weights()
        if not weights or layer.name not in names:
            continue
        if layer.name in encoder.stem:
            weights[0], offset = convert(weights[0])
        if layer.name in encoder.stem_bn:
            gamma, beta, mean, variance = weights
            weights = [gamma, beta, mean - offset, variance]
        names[layer.name].set_weights(weights)
        filled += 1
    return filled


def load_application(application: str, alpha: float | None, source: str) -> Any:
    """Build a filled network of `keras.applications` for 224 x 224 RGB, without its classifier.

    Args:
        application: its name, as `MobileNetV2`.
        alpha: width of a MobileNetV2, else None.
        source: as for `load_encoder`.
    Raises:
        WeightsError: as `load_encoder`.
    """
    path = Path(source)
    if source != "imagenet" and not path.is_file():
        raise WeightsError(f"the encoder weights {source} do not exist")
    build = getattr(keras.applications, application)
    options = {"include_top": False, **({} if alpha is None else {"alpha": alpha})}
    try:
        if source == "imagenet":
            return build(input_shape=(224, 224, 3), weights="imagenet", **options)
        model = build(input_shape=(224, 224, 3), weights=None, **options)
        load_weights(model, path)
    except WeightsError:
        raise
    # A download raises whatever urllib, h5py or Keras raise; all of it means the same here.
    except Exception as error:
        reason = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
        raise WeightsError(f"the encoder weights {source} cannot be used: {reason}") from None
    return model

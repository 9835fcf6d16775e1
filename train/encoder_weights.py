"""Start the generator's encoder from MobileNetV2 weights that were trained on colour photos."""

from pathlib import Path
from typing import Any

import keras
import numpy as np

from train.errors import WeightsError
from train.networks import load_weights


def load_encoder(generator: Any, *, alpha: float, source: str) -> int:
    """Copy pretrained MobileNetV2 weights into a generator, layer by layer, by name.

    The first convolution sees one grey channel instead of RGB: its kernel is the sum over the
    three, which gives the same answer as the grey picture repeated three times. MobileNetV2 expects
    RGB / 127.5 - 1; our L*/50 - 1 has the same range and nearly the same tone curve.

    Args:
        generator: of `train.models.pix2pix_mobilenetv2`, built with the same alpha.
        alpha: width of the encoder.
        source: `imagenet` (Keras downloads them) or the path of a `.weights.h5` file of
            `keras.applications.MobileNetV2(alpha, include_top=False)`.
    Returns:
        How many layers were filled.
    Raises:
        WeightsError: the file is missing or holds another network, or the download failed.
    """
    path = Path(source)
    if source != "imagenet" and not path.is_file():
        raise WeightsError(f"the encoder weights {source} do not exist")
    build = keras.applications.MobileNetV2
    try:
        if source == "imagenet":
            pretrained = build((224, 224, 3), alpha=alpha, include_top=False, weights="imagenet")
        else:
            pretrained = build((224, 224, 3), alpha=alpha, include_top=False, weights=None)
            load_weights(pretrained, path)
    except WeightsError:
        raise
    # A download raises whatever urllib, h5py or Keras raise; all of it means the same here.
    except Exception as error:
        reason = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
        raise WeightsError(f"the encoder weights {source} cannot be used: {reason}") from None
    filled = 0
    names = {layer.name for layer in generator.layers}
    for layer in pretrained.layers:
        weights = layer.get_weights()
        if not weights or layer.name not in names:
            continue
        if layer.name == "Conv1":
            weights = [np.sum(weights[0], axis=2, keepdims=True)]
        generator.get_layer(layer.name).set_weights(weights)
        filled += 1
    return filled

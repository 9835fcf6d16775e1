"""The loss on val, beside which the training loss is drawn."""

from collections.abc import Sequence
from typing import Any

import keras
import numpy as np

from edge_runtime.colour.cielab import rgb_to_lab
from edge_runtime.colour.shrink import shrink
from edge_runtime.model.contract import AB_SCALE
from edge_runtime.model.tone import ToneView
from train.config import FitConfig
from train.fit.trainable import ab_loss
from train.measure.evaluate import AT_A_TIME, network_input


class ValLoss:
    """The recipe's loss of the network on fixed squares: the middle of each picture, not aged.

    Of a GAN it is the loss on ab alone, without its weight.

    Args:
        config: the recipe.
        network: its Keras network, as it is trained; at `val_size`.
        pictures: uint8 [H, W, 3] RGB each.
        view: through which the network sees lightness; None for none.
        bin_weights: float32 [313] for `rebalancing`.
    """

    def __init__(
        self,
        config: FitConfig,
        network: Any,
        pictures: Sequence[np.ndarray],
        view: ToneView | None,
        bin_weights: np.ndarray | None = None,
    ) -> None:
        self._network = network
        self._loss = ab_loss(config, bin_weights)
        squares = [_middle(picture, config.val_size) for picture in pictures]
        seen = [network_input(square, config.val_size, view) for square in squares]
        self._lightness = np.stack(seen)[..., None]
        self._ab = np.stack([_half_ab(square) for square in squares])

    def __call__(self) -> float:
        """The mean over the pictures, by the network's present weights."""
        losses = []
        for begin in range(0, len(self._ab), AT_A_TIME):
            part = slice(begin, begin + AT_A_TIME)
            ours = self._network.predict_on_batch(self._lightness[part])
            losses.append(keras.ops.convert_to_numpy(self._loss(self._ab[part], ours)))
        return float(np.concatenate(losses).mean())


def _middle(picture: np.ndarray, size: int) -> np.ndarray:
    """The largest square around the centre: uint8 [size, size, 3]."""
    height, width = picture.shape[:2]
    side = min(height, width)
    top, left = (height - side) // 2, (width - side) // 2
    return shrink(picture[top : top + side, left : left + side], size, size)


def _half_ab(square: np.ndarray) -> np.ndarray:
    """a*, b* / 110, the mean over each 2 x 2 pixels: float32 [S/2, S/2, 2] of uint8 [S, S, 3]."""
    half = len(square) // 2
    ab = rgb_to_lab(square)[..., 1:].reshape(half, 2, half, 2, 2)
    return ab.mean(axis=(1, 3)) / np.float32(AB_SCALE)

"""The batches of a round as Keras takes them."""

import keras
import numpy as np
import torch

from train.data.batches import RoundBatches


class KerasBatches(keras.utils.PyDataset):
    """Channels last, NumPy; made by threads while the network works.

    Args:
        batches: see `train.data.batches`, on the CPU.
    """

    def __init__(self, batches: RoundBatches) -> None:
        # One worker is no queue in Keras 3: each batch would be made when it is needed.
        super().__init__(workers=2, max_queue_size=8)
        self._batches = batches

    def __len__(self) -> int:
        return len(self._batches)

    def __getitem__(self, index: int) -> tuple[np.ndarray, np.ndarray]:
        """Lightness float32 [N, S, S, 1] and ab float32 [N, S/2, S/2, 2]."""
        lightness, ab = self._batches[index]
        return _channels_last(lightness), _channels_last(ab)


def _channels_last(values: torch.Tensor) -> np.ndarray:
    return np.ascontiguousarray(values.permute(0, 2, 3, 1).numpy())

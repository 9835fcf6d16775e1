"""Batches for training: random crops of prepared pictures, as lightness and half-resolution ab.

Everything is a function of (seed, step): a run that was cut off goes on with the very pictures and
crops that it would have seen.
"""

from functools import lru_cache

import cv2
import keras
import numpy as np

from edge_runtime.colour import rgb_to_lab
from edge_runtime.contract import AB_SCALE, LIGHTNESS_SCALE
from train.old_film import AS_IT_IS, OldFilm, age
from train.store import Store


def random_crop(
    pixels: np.ndarray,
    size: int,
    rng: np.random.Generator,
    *,
    min_area: float = 0.35,
    max_stretch: float = 1.2,
) -> np.ndarray:
    """A random rectangle of the picture, mirrored every second time, resized to a square.

    Args:
        pixels: uint8 [H, W, 3].
        size: side of the result.
        rng: where chance comes from.
        min_area: the least share of the picture's area that is taken.
        max_stretch: the most that the rectangle's aspect may differ from the picture's.
    Returns:
        uint8 [size, size, 3].
    """
    height, width = pixels.shape[:2]
    area = rng.uniform(min_area, 1.0)
    stretch = np.sqrt(np.exp(rng.uniform(-1, 1) * np.log(max_stretch)))
    crop_h = min(height, max(1, round(height * np.sqrt(area) * stretch)))
    crop_w = min(width, max(1, round(width * np.sqrt(area) / stretch)))
    top = rng.integers(0, height - crop_h + 1)
    left = rng.integers(0, width - crop_w + 1)
    crop = pixels[top : top + crop_h, left : left + crop_w]
    shrinks = min(crop_h, crop_w) > size
    crop = cv2.resize(
        crop, (size, size), interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR
    )
    return crop[:, ::-1] if rng.random() < 0.5 else crop


def to_network(pixels: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """What the network sees and what it should say, by the model contract.

    Args:
        pixels: uint8 [N, S, S, 3] RGB, S even.
    Returns:
        lightness float32 [N, S, S, 1] and ab float32 [N, S/2, S/2, 2], the mean over each 2 x 2
        pixels.
    """
    lab = rgb_to_lab(pixels)
    n, side = lab.shape[:2]
    half = side // 2
    ab = lab[..., 1:].reshape(n, half, 2, half, 2, 2).mean(axis=(2, 4))
    return lab[..., :1] / LIGHTNESS_SCALE - 1, ab / np.float32(AB_SCALE)


class CropBatches(keras.utils.PyDataset):
    """One round of training batches.

    Args:
        store: prepared pictures.
        batch_size: pictures in a batch.
        crop_size: side of the crops, in pixels.
        first_step: the number of the first batch, counted from the beginning of the run.
        steps: batches in this round.
        seed: of the run.
        film: how lightness is aged (see `train.old_film`).
    """

    def __init__(
        self,
        store: Store,
        *,
        batch_size: int,
        crop_size: int,
        first_step: int,
        steps: int,
        seed: int,
        film: OldFilm = AS_IT_IS,
    ) -> None:
        # With one worker Keras 3 has no queue, and makes every batch while the network waits. Two
        # threads hand the batches over in order.
        super().__init__(workers=2, use_multiprocessing=False, max_queue_size=8)
        self._store = store
        self._batch_size = batch_size
        self.crop_size = crop_size
        self._first_step = first_step
        self._steps = steps
        self._seed = seed
        self._film = film
        self._order = lru_cache(maxsize=2)(self._shuffled)

    def _shuffled(self, passed: int) -> np.ndarray:
        return np.random.default_rng((self._seed, passed)).permutation(len(self._store))

    def __len__(self) -> int:
        return self._steps

    def __getitem__(self, index: int) -> tuple[np.ndarray, np.ndarray]:
        step = self._first_step + index
        rng = np.random.default_rng((self._seed, 1, step))
        places = range(step * self._batch_size, (step + 1) * self._batch_size)
        total = len(self._store)
        crops = [
            random_crop(self._store[self._order(p // total)[p % total]], self.crop_size, rng)
            for p in places
        ]
        lightness, ab = to_network(np.stack(crops))
        if self._film != AS_IT_IS:
            lightness = age(lightness, self._film, rng)
        return lightness, ab

"""Keras gets its batches in order, and does not make them itself."""

import threading
import time
from collections.abc import Sequence

import keras
import numpy as np
import torch

from train.data.keras_batches import KerasBatches

COUNT = 16


class Numbered(Sequence):
    """Batches full of their own number; every second one takes its time."""

    crop_size = 4

    def __init__(self):
        self.made_by = {}

    def __len__(self):
        return COUNT

    def __getitem__(self, index):
        self.made_by[index] = threading.current_thread()
        time.sleep(0.05 * (index % 2))
        return torch.full((2, 1, 4, 4), float(index)), torch.zeros(2, 2, 2, 2)


def test_threads_make_them_in_order():
    batches = Numbered()
    start = keras.Input((4, 4, 1))
    same = keras.Model(start, keras.layers.Identity()(start))
    seen = same.predict(KerasBatches(batches), verbose=0)
    assert np.array_equal(seen[:, 0, 0, 0], np.repeat(np.arange(COUNT), 2))
    assert sorted(batches.made_by) == list(range(COUNT))
    makers = set(batches.made_by.values())
    assert threading.main_thread() not in makers
    assert len(makers) == 2

"""The losses of a network's first step, from weights and a batch that every backend makes alike.

KERAS_BACKEND=jax python tests/train/first_step.py baseline_cnn:32:float32 ...

prints them as JSON, by what was asked for. `test_first_step.py` compares the backends.
"""

import json
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np


def first_losses(wanted):
    """The losses by name of `NETWORK:CROP:POLICY`."""
    from train.config import load_config
    from train.data import CropBatches
    from train.engines import KerasEngine

    network, crop, policy = wanted.split(":")
    config = replace(load_config(f"smoke_{network}"), dtype_policy=policy)
    engine = KerasEngine(config, int(crop))
    model = engine._trainable.model
    rng = np.random.default_rng(5)
    # Each backend has its own random numbers: kernels are drawn here, by He's rule.
    model.set_weights(
        [
            rng.normal(0, np.sqrt(2 / np.prod(w.shape[:-1])), w.shape) if w.ndim > 1 else w
            for w in model.get_weights()
        ]
    )
    pictures = list(rng.integers(0, 256, (4, 8, 8, 3), np.uint8))  # enlarged, they are smooth
    batches = CropBatches(
        pictures, batch_size=4, crop_size=int(crop), first_step=0, steps=1, seed=0
    )
    return engine.train(batches, lambda: 1e-4, lambda loss: False)


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parents[2]))
    print(json.dumps({wanted: first_losses(wanted) for wanted in sys.argv[1:]}))

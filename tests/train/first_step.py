"""The losses of a network's first step, from weights and a batch that every backend makes alike.

KERAS_BACKEND=jax python tests/train/first_step.py baseline_cnn:32:float32 ...

prints them as JSON, by what was asked for. `test_first_step.py` compares the backends.
"""

import json
import sys
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np


def first_losses(wanted):
    """The losses by name of `NETWORK:CROP:POLICY`."""
    from train.config import load_config
    from train.data.batches import Batches, RoundBatches
    from train.fit.engines import KerasEngine

    network, crop, policy = wanted.split(":")
    config = replace(load_config(f"smoke_{network}"), dtype_policy=policy)
    engine = KerasEngine(config, int(crop))
    model = engine._model
    rng = np.random.default_rng(5)
    # Each backend has its own random numbers: kernels are drawn here, by He's rule.
    model.set_weights(
        [
            rng.normal(0, np.sqrt(2 / np.prod(w.shape[:-1])), w.shape) if w.ndim > 1 else w
            for w in model.get_weights()
        ]
    )
    pictures = rng.integers(0, 256, (4, 8, 8, 3), np.uint8)  # enlarged, they are smooth
    entries = [SimpleNamespace(offset=192 * n, height=8, width=8) for n in range(4)]
    store = SimpleNamespace(entries=entries, pixels=pictures.ravel())
    batches = Batches(replace(config, tone_view=True), store)
    return engine.train(RoundBatches(batches, 0, 1, int(crop)), lambda: 1e-4, lambda loss: False)


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parents[2]))
    print(json.dumps({wanted: first_losses(wanted) for wanted in sys.argv[1:]}))

"""Training on JAX: plain, classifying and adversarial, as on TensorFlow."""

import json
import os
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest

from train.config import load_config
from train.data import CropBatches
from train.engines import KerasEngine
from train.fit import fit
from train.store import Store

NAMES = ["baseline_cnn", "ab_classifier", "pix2pix_mobilenetv2"]

# Run on TensorFlow: the loss of the first step, from the weights in argv[2].
ON_TENSORFLOW = """
import sys
from pathlib import Path

sys.path.insert(0, sys.argv[1])
from test_jax import first_losses

print(first_losses(Path(sys.argv[2]), Path(sys.argv[3])))
"""


class CutOffError(Exception):
    """Stands for a crash."""


def stop(row):
    raise CutOffError


def first_losses(data, folder):
    """JSON of each network's loss of its first step, with its weights of `folder` if they exist."""
    losses = {}
    for name in NAMES:
        config = load_config(f"smoke_{name}")
        engine = KerasEngine(config, 64)
        file = folder / f"{name}.weights.h5"
        model = engine._trainable.model
        if not file.exists():
            model.save_weights(file)
        model.load_weights(file)
        batches = CropBatches(
            Store(data, "train"), batch_size=4, crop_size=64, first_step=0, steps=1, seed=0
        )
        losses[name] = engine.train(batches, lambda: 1e-3, lambda loss: False)
    return json.dumps(losses)


def test_the_first_loss_is_that_of_tensorflow(prepared, tmp_path):
    ours = json.loads(first_losses(prepared, tmp_path))
    there = subprocess.run(
        [sys.executable, "-c", ON_TENSORFLOW, os.path.dirname(__file__), prepared, tmp_path],
        env={**os.environ, "KERAS_BACKEND": "tensorflow", "PYTHONPATH": os.getcwd()},
        capture_output=True,
        text=True,
        check=False,
    )
    assert there.returncode == 0, there.stderr[-2000:]
    expected = json.loads(there.stdout.splitlines()[-1])
    for name in NAMES:
        assert ours[name] == pytest.approx(expected[name], rel=1e-4), name


@pytest.mark.parametrize("name", NAMES)
def test_it_learns_and_goes_on_where_it_was_cut_off(name, prepared, tmp_path):
    config = replace(load_config(f"smoke_{name}"), steps=6, round_steps=3, val_pictures=2)
    whole = fit(config, prepared, tmp_path / "whole", encoder_weights=None)
    assert whole[1].loss < whole[0].loss
    with pytest.raises(CutOffError):
        fit(config, prepared, tmp_path / "cut", encoder_weights=None, on_round=stop)
    (rest,) = fit(config, prepared, tmp_path / "cut", encoder_weights=None)
    assert rest.loss == pytest.approx(whole[1].loss, rel=2e-3)
    assert np.isfinite(rest.val_rgb_psnr)

"""Training on JAX: it learns, and goes on where it was cut off."""

from dataclasses import replace

import keras
import numpy as np
import pytest

from train.config import load_config
from train.data.batches import Batches, RoundBatches
from train.data.store import Store
from train.fit.engines import KerasEngine
from train.fit.loop import fit


class CutOffError(Exception):
    """Stands for a crash."""


def stop(row):
    raise CutOffError


# At the recipe's full rate the first steps of baseline_cnn overshoot, on every backend.
@pytest.mark.parametrize(
    ("name", "size", "rate"), [("baseline_cnn", 64, 2e-4), ("ab_classifier", 32, 1e-2)]
)
def test_it_learns_and_goes_on_where_it_was_cut_off(name, size, rate, prepared, tmp_path):
    config = replace(
        load_config(f"smoke_{name}"),
        steps=6,
        round_steps=3,
        crop_sizes=((1.0, size),),
        val_size=size,
        learning_rate=rate,
    )
    whole = fit(config, prepared, tmp_path / "whole", encoder_weights=None)
    assert whole[1].loss < whole[0].loss
    with pytest.raises(CutOffError):
        fit(config, prepared, tmp_path / "cut", encoder_weights=None, on_round=stop)
    (rest,) = fit(config, prepared, tmp_path / "cut", encoder_weights=None)
    assert rest.loss == pytest.approx(whole[1].loss, rel=2e-3)
    assert np.isfinite(rest.val_rgb_psnr)


def test_a_gan_learns(prepared):
    """Its loss rises at first, on every backend: 8 steps, from the same weights each time."""
    keras.utils.set_random_seed(2)
    config = replace(load_config("smoke_pix2pix_mobilenetv2"), batch_size=2)
    engine = KerasEngine(config, 64)
    before = engine._model.get_weights()
    batches = Batches(replace(config, tone_view=True), Store(prepared, "train"))
    same = RoundBatches(batches, 0, 1, 64)
    losses = [engine.train(same, lambda: 1e-3, lambda loss: False) for _ in range(8)]
    assert all(np.isfinite(list(step.values())).all() for step in losses)
    assert losses[-1]["generator_loss"] < losses[0]["generator_loss"]
    moved = [
        not np.array_equal(old, new)
        for old, new in zip(before, engine._model.get_weights(), strict=True)
    ]
    of_generator = len(engine.get_weights())
    assert np.mean(moved[:of_generator]) > 0.9
    assert np.mean(moved[of_generator:]) > 0.9

"""Training on JAX: it learns, and goes on where it was cut off."""

from dataclasses import replace

import numpy as np
import pytest

from train.config import load_config
from train.fit import fit


class CutOffError(Exception):
    """Stands for a crash."""


def stop(row):
    raise CutOffError


@pytest.mark.parametrize("name", ["baseline_cnn", "ab_classifier"])
def test_it_learns_and_goes_on_where_it_was_cut_off(name, prepared, tmp_path):
    config = replace(
        load_config(f"smoke_{name}"), steps=6, round_steps=3, crop_sizes=((1.0, 32),), val_size=32
    )
    whole = fit(config, prepared, tmp_path / "whole", encoder_weights=None)
    assert whole[1].loss < whole[0].loss
    with pytest.raises(CutOffError):
        fit(config, prepared, tmp_path / "cut", encoder_weights=None, on_round=stop)
    (rest,) = fit(config, prepared, tmp_path / "cut", encoder_weights=None)
    assert rest.loss == pytest.approx(whole[1].loss, rel=2e-3)
    assert np.isfinite(rest.val_rgb_psnr)

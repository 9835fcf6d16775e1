"""Four devices train as one does: each has its share of the batch, and the run is the same."""

from dataclasses import replace

import keras
import numpy as np
import pytest

from train.config import load_config
from train.errors import ConfigError
from train.fit.engines import KerasEngine
from train.fit.loop import fit

CONFIG = replace(
    load_config("smoke_baseline_cnn"),
    steps=4,
    round_steps=2,
    batch_size=8,
    crop_sizes=((1.0, 32),),
    val_size=32,
    ema=0.5,
)


class CutOffError(Exception):
    """Stands for a crash."""


def stop(row):
    raise CutOffError


def test_each_device_has_the_network_and_its_share_of_the_batch():
    assert len(keras.distribution.list_devices()) == 4
    engine = KerasEngine(CONFIG, 32)
    variables = engine._model.trainable_variables + engine._model.optimizer.variables
    assert {len(v.value.sharding.device_set) for v in variables} == {4}
    with engine._on_devices():
        layout = keras.distribution.distribution().get_data_layout((8, 32, 32, 1))
    assert layout.backend_layout.shard_shape((8, 32, 32, 1)) == (2, 32, 32, 1)
    assert keras.distribution.distribution() is None


def test_a_batch_that_cannot_be_divided_is_refused(prepared, tmp_path):
    with pytest.raises(ConfigError, match="batch_size 6 cannot be divided evenly over 4 devices"):
        fit(replace(CONFIG, batch_size=6), prepared, tmp_path / "run")


def test_four_devices_train_as_one_and_go_on_where_they_were_cut_off(
    prepared, tmp_path, monkeypatch
):
    on_four: list[float] = []
    note = lambda done, loss: on_four.append(loss)  # noqa: E731
    with pytest.raises(CutOffError):
        fit(CONFIG, prepared, tmp_path / "four", on_step=note, on_round=stop)
    (rest,) = fit(CONFIG, prepared, tmp_path / "four", on_step=note)

    on_one: list[float] = []
    monkeypatch.setattr(keras.distribution, "list_devices", lambda: ["cpu:0"])
    whole = fit(CONFIG, prepared, tmp_path / "one", on_step=lambda _, loss: on_one.append(loss))
    assert len(on_one) == len(on_four) == 4
    assert np.allclose(on_four, on_one, rtol=1e-4)
    assert rest.loss == pytest.approx(whole[1].loss, rel=1e-4)
    assert rest.val_rgb_psnr == pytest.approx(whole[1].val_rgb_psnr, abs=0.01)

"""A generator with random weights as a run's folder."""

import json
import os

import numpy as np
import pytest

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")


@pytest.fixture(scope="session", autouse=True)
def briefly():
    """Every export calibrates on 200 pictures and times its file for half a second.

    No test asks for those figures.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("export.lightness_inputs.CALIBRATION_PICTURES", 40)
        patch.setattr("export.lightness_inputs._LEAST_PICTURES", 104)
        patch.setattr("export.check.speed._LEAST_SECONDS", 0.0)
        patch.setattr("export.check.speed._RUNS", 3)
        yield


@pytest.fixture(scope="session")
def run(tmp_path_factory):
    """What `python -m train fit` leaves, without the training."""
    import keras

    from train.networks.pix2pix_mobilenetv2 import build_generator

    folder = tmp_path_factory.mktemp("run")
    keras.utils.set_random_seed(5)
    model = build_generator(keras, alpha=0.35, input_size=64)
    # Statistics as after a training: with the initial ones BatchNorm would be the identity.
    rng = np.random.default_rng(0)
    for layer in model.layers:
        if isinstance(layer, keras.layers.BatchNormalization):
            gamma, beta, mean, variance = layer.get_weights()
            spread = rng.uniform(0.5, 1.5, variance.shape)
            layer.set_weights([gamma * spread, beta + 0.3, mean + 0.1, variance * spread])
    model.save_weights(folder / "best.weights.h5")
    _write_config(folder)
    return folder


@pytest.fixture(scope="session")
def plain_run(tmp_path_factory):
    """The same of a network of a dozen layers, which is converted in a third of the time."""
    import keras

    from train.networks.baseline_cnn import build_baseline_cnn

    folder = tmp_path_factory.mktemp("plain")
    keras.utils.set_random_seed(5)
    build_baseline_cnn(keras, input_size=64).save_weights(folder / "best.weights.h5")
    _write_config(folder, network="baseline_cnn", alpha=None)
    return folder


@pytest.fixture(scope="session")
def planted_run(run, tmp_path_factory):
    """The same with one weight set too large, which ReLU6 hides from the colours in float32."""
    from train.networks.load import load_generator

    model = load_generator(run)
    norm = model.get_layer("block_1_expand_BN")
    gamma, *others = norm.get_weights()
    gamma[0] *= 1e6
    norm.set_weights([gamma, *others])
    folder = tmp_path_factory.mktemp("planted")
    model.save_weights(folder / "best.weights.h5")
    _write_config(folder)
    return folder


@pytest.fixture
def small_network(monkeypatch):
    """A network of one layer in the place of the run's: what is tested here is what comes after."""
    import keras

    lightness = keras.layers.Input((64, 64, 1), name="lightness")
    ab = keras.layers.Conv2D(2, 3, strides=2, padding="same", name="ab")(lightness)
    model = keras.Model(lightness, ab)
    monkeypatch.setattr("export.export_model.load_generator", lambda source, input_size: model)
    return model


def _write_config(folder, **changes):
    config = {"name": "random", "alpha": 0.35, "val_size": 64} | changes
    (folder / "config.json").write_text(json.dumps(config))

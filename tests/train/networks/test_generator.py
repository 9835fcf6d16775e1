"""The generators: contract, size and operators of MobileNetV2's, their pretrained encoders."""

import keras
import numpy as np
import pytest

from train.errors import WeightsError
from train.networks.encoder_weights import load_encoder
from train.networks.pix2pix_densenet121 import build_generator_densenet121
from train.networks.pix2pix_mobilenetv2 import build_generator


@pytest.mark.parametrize(("alpha", "millions"), [(0.35, 0.5), (1.0, 2.1)])
def test_shapes_and_size(alpha, millions):
    model = build_generator(keras, alpha=alpha, input_size=64)
    assert model.input_shape == (None, 64, 64, 1)
    assert model.output_shape == (None, 32, 32, 2)
    assert model.count_params() < millions * 1e6


def test_every_layer_is_one_that_delegates_take():
    model = build_generator(keras, alpha=0.35, input_size=64)
    kinds = {type(layer).__name__ for layer in model.layers}
    assert kinds <= {
        "InputLayer",
        "Conv2D",
        "DepthwiseConv2D",
        "BatchNormalization",
        "ReLU",
        "Add",
        "ZeroPadding2D",
        "Concatenate",
        "UpSampling2D",
    }
    ups = [layer for layer in model.layers if type(layer).__name__ == "UpSampling2D"]
    assert {layer.interpolation for layer in ups} == {"bilinear"}
    assert model.get_layer("ab").activation.__name__ == "linear"


def test_bad_sizes_are_refused():
    with pytest.raises(ValueError, match="multiple of 32"):
        build_generator(keras, alpha=0.35, input_size=100)
    with pytest.raises(ValueError, match="alpha"):
        build_generator(keras, alpha=0.9, input_size=64)


def test_encoder_of_colour_photos_sees_grey_as_three_equal_channels(tmp_path):
    keras.utils.set_random_seed(3)
    pretrained = keras.applications.MobileNetV2(
        (64, 64, 3), alpha=0.35, include_top=False, weights=None
    )
    pretrained.save_weights(tmp_path / "encoder.weights.h5")
    model = build_generator(keras, alpha=0.35, input_size=64)
    filled = load_encoder(model, "pix2pix_mobilenetv2", 0.35, str(tmp_path / "encoder.weights.h5"))
    assert filled == 102

    bottom = "block_16_project_BN"
    grey = np.random.default_rng(0).uniform(-1, 1, (1, 64, 64, 1)).astype(np.float32)
    ours = keras.Model(model.input, model.get_layer(bottom).output)(grey)
    theirs = keras.Model(pretrained.input, pretrained.get_layer(bottom).output)(
        np.repeat(grey, 3, axis=-1)
    )
    assert np.abs(np.asarray(ours) - np.asarray(theirs)).max() < 1e-4


def test_a_densenet_sees_grey_as_it_sees_it_in_colour(monkeypatch):
    """Its own preprocessing is of RGB, channel by channel; ours is folded into its first layers."""
    keras.utils.set_random_seed(3)
    pretrained = keras.applications.DenseNet121(
        include_top=False, weights=None, input_shape=(64, 64, 3)
    )
    rng = np.random.default_rng(0)
    for layer in pretrained.layers:
        if isinstance(layer, keras.layers.BatchNormalization):
            gamma, beta, mean, variance = layer.get_weights()
            spread = rng.uniform(0.5, 1.5, mean.shape)
            layer.set_weights([gamma * spread, beta + 0.1, mean + 0.2 * spread, variance * spread])
    model = build_generator_densenet121(keras, input_size=64)
    monkeypatch.setattr("train.networks.encoder_weights.load_application", lambda *_: pretrained)
    weighty = [layer.name for layer in pretrained.layers if layer.get_weights()]
    assert load_encoder(model, "pix2pix_densenet121", None, "its file") == len(weighty)

    grey = rng.integers(0, 256, (2, 64, 64, 1)).astype(np.float32)
    rgb = keras.applications.densenet.preprocess_input(grey.repeat(3, axis=-1))
    theirs = keras.Model(pretrained.input, pretrained.get_layer("conv1_relu").output)(rgb)
    ours = keras.Model(model.input, model.get_layer("conv1_relu").output)(grey / 127.5 - 1)
    # Around the picture both pad with their own zeros, which are not of one colour.
    inner = np.s_[:, 2:-2, 2:-2]
    assert np.std(theirs) > 0.1
    assert np.abs(np.asarray(ours)[inner] - np.asarray(theirs)[inner]).max() < 1e-4
    for name in weighty:
        if name not in ("conv1_conv", "conv1_bn"):
            own, their = (net.get_layer(name).get_weights() for net in (model, pretrained))
            assert all(map(np.array_equal, own, their)), name


def test_unfit_encoder_weights_are_refused(tmp_path):
    model = build_generator(keras, alpha=0.35, input_size=64)
    with pytest.raises(WeightsError, match="do not exist"):
        load_encoder(model, "pix2pix_mobilenetv2", 0.35, str(tmp_path / "none.weights.h5"))
    wide = keras.applications.MobileNetV2((32, 32, 3), weights=None, include_top=False)
    wide.save_weights(tmp_path / "wide.weights.h5")
    with pytest.raises(WeightsError, match="does not fit") as caught:
        load_encoder(model, "pix2pix_mobilenetv2", 0.35, str(tmp_path / "wide.weights.h5"))
    assert "\n" not in str(caught.value)

"""MobileNetV2's generator: contract, size and operators, its pretrained encoder."""

import keras
import numpy as np
import pytest

from train.errors import WeightsError
from train.networks.encoder_weights import load_encoder
from train.networks.pix2pix_mobilenetv2 import build_generator


@pytest.fixture(scope="module")
def small():
    """MobileNetV2's, the small one: to build it takes seconds."""
    return build_generator(keras, alpha=0.35, input_size=64)


@pytest.mark.parametrize(("alpha", "millions"), [(0.35, 0.5), (1.0, 2.1)])
def test_shapes_and_size(alpha, millions):
    model = build_generator(keras, alpha=alpha, input_size=64)
    assert model.input_shape == (None, 64, 64, 1)
    assert model.output_shape == (None, 32, 32, 2)
    assert model.count_params() < millions * 1e6


def test_every_layer_is_one_that_delegates_take(small):
    kinds = {type(layer).__name__ for layer in small.layers}
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
    ups = [layer for layer in small.layers if type(layer).__name__ == "UpSampling2D"]
    assert {layer.interpolation for layer in ups} == {"bilinear"}
    assert small.get_layer("ab").activation.__name__ == "linear"


def test_a_width_without_a_decoder_is_refused():
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


def test_unfit_encoder_weights_are_refused(small, tmp_path):
    with pytest.raises(WeightsError, match="do not exist"):
        load_encoder(small, "pix2pix_mobilenetv2", 0.35, str(tmp_path / "none.weights.h5"))
    wide = keras.applications.MobileNetV2((32, 32, 3), weights=None, include_top=False)
    wide.save_weights(tmp_path / "wide.weights.h5")
    with pytest.raises(WeightsError, match="does not fit") as caught:
        load_encoder(small, "pix2pix_mobilenetv2", 0.35, str(tmp_path / "wide.weights.h5"))
    assert "\n" not in str(caught.value)

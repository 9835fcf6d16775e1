"""Multiply-accumulates against counts by hand and against the figures of the papers."""

import keras
import pytest
from keras import layers

from train.networks.pix2pix_mobilenetv2 import build_generator
from train.networks.work import multiply_accumulates


def test_a_small_network_by_hand():
    x = start = keras.Input((16, 16, 3))
    x = layers.Conv2D(8, 3, strides=2, padding="same")(x)
    x = layers.BatchNormalization()(x)
    x = layers.ReLU()(x)
    x = layers.DepthwiseConv2D(3, padding="valid", depth_multiplier=2)(x)
    x = layers.Conv2D(4, 1, groups=2)(x)
    x = layers.UpSampling2D(2)(x)
    x = layers.GlobalAveragePooling2D()(x)
    x = layers.Dense(10)(x)
    expected = [
        8 * 8 * 8 * (3 * 3 * 3),  # 8x8 results of 8 channels, each of 3x3x3 values
        6 * 6 * 16 * (3 * 3),  # 8 channels become 16, each of 3x3 values of its own channel
        6 * 6 * 4 * 8,  # 4 channels, each of half of the 16
        4 * 10,
    ]
    assert multiply_accumulates(keras.Model(start, x)) == sum(expected)


@pytest.mark.parametrize(
    ("alpha", "gmac", "count"), [(1.0, 0.191, 2_041_182), (0.35, 0.041, 299_602)]
)
def test_the_generators_are_what_their_cards_say(alpha, gmac, count):
    model = build_generator(keras, alpha=alpha, input_size=160)
    assert round(multiply_accumulates(model) / 1e9, 3) == gmac
    assert model.count_params() == count


def test_mobilenetv2_is_what_its_paper_says():
    # Sandler et al. 2018, table 4: 300 million multiply-adds at 224 x 224, 3.4 million parameters.
    # The statistics of its batch normalization are not counted there.
    model = keras.applications.MobileNetV2((224, 224, 3), weights=None)
    assert multiply_accumulates(model) == pytest.approx(300e6, rel=0.01)
    assert model.count_params() == pytest.approx(3.5e6, rel=0.02)


def test_a_model_within_a_model_counts():
    inner_start = keras.Input((8, 8, 2))
    inner = keras.Model(inner_start, layers.Conv2D(3, 1)(inner_start))
    start = keras.Input((8, 8, 2))
    assert multiply_accumulates(keras.Model(start, inner(start))) == 8 * 8 * 2 * 3


def test_every_use_of_a_layer_in_this_model_counts_and_none_elsewhere():
    shared = layers.Conv2D(4, 3, padding="same")
    shared(keras.Input((32, 32, 4)))
    start = keras.Input((8, 8, 4))
    small = shared(layers.MaxPooling2D(2)(shared(start)))
    work = (8 * 8 + 4 * 4) * 4 * (3 * 3 * 4)
    assert multiply_accumulates(keras.Model(start, small)) == work


def test_what_cannot_be_counted_is_refused():
    start = keras.Input((None, None, 3))
    with pytest.raises(ValueError, match="input size is open"):
        multiply_accumulates(keras.Model(start, layers.Conv2D(4, 3)(start)))
    start = keras.Input((8, 8, 4))
    with pytest.raises(ValueError, match="kind Conv2DTranspose"):
        multiply_accumulates(keras.Model(start, layers.Conv2DTranspose(4, 3)(start)))

"""The networks of the paper: their contracts, their sizes, their operators, what they compute."""

import dataclasses
from itertools import pairwise
from pathlib import Path

import cv2
import keras
import numpy as np
import pytest
from skimage import data as photos

from edge_runtime.colour import cielab
from edge_runtime.engine.interpreter import Network
from train.networks.ab_bins import AB_BINS
from train.networks.ab_classifier import build_ab_classifier, with_annealed_mean
from train.networks.baseline_cnn import build_baseline_cnn
from train.networks.encoder_weights import load_encoder
from train.networks.inception_fusion import build_inception_fusion
from train.networks.load import build_network, load_weights
from train.networks.patch_discriminator import build_patch_discriminator
from train.networks.pix2pix_densenet121 import build_generator_densenet121
from train.networks.pix2pix_mobilenetv2 import build_generator
from train.networks.registry import NETWORKS

ROOT = Path(__file__).parents[3]
rng = np.random.default_rng(0)

# Layers whose TFLite operators XNNPACK and the GPU delegates take.
DELEGATED = {
    "InputLayer",
    "Conv2D",
    "DepthwiseConv2D",
    "BatchNormalization",
    "ReLU",
    "Activation",
    "Add",
    "Concatenate",
    "ZeroPadding2D",
    "UpSampling2D",
    "MaxPooling2D",
    "AveragePooling2D",
    "GlobalAveragePooling2D",
    "Reshape",
    "Rescaling",
    "Softmax",
    "CustomScaleLayer",  # Inception-ResNet's x + scale * y
}


# The decoder's convolutions in the order of the network's weights.
ORDER = [
    f"decoder_{stride}_{part}"
    for stride in (16, 8, 4, 2)
    for part in ("reduce", "skip", "mix_depthwise", "mix_pointwise")
] + ["ab"]


def lightness(size, count=1):
    return rng.uniform(-1, 1, (count, size, size, 1)).astype(np.float32)


def run(model, *inputs):
    x = inputs[0] if len(inputs) == 1 else list(inputs)
    return keras.ops.convert_to_numpy(model(x, training=False))


def all_layers(model):
    for layer in model.layers:
        yield layer
        yield from all_layers(layer) if hasattr(layer, "layers") else ()


def operators(model):
    layers = [layer for layer in all_layers(model) if not hasattr(layer, "layers")]
    ups = {layer.interpolation for layer in layers if hasattr(layer, "interpolation")}
    assert ups <= {"bilinear"}
    return {type(layer).__name__ for layer in layers}


@pytest.fixture(scope="module")
def classifier():
    keras.utils.set_random_seed(0)
    return build_ab_classifier(keras, input_size=32)


def test_baseline():
    model = build_baseline_cnn(keras, input_size=64)
    assert model.input_shape == (None, 64, 64, 1)
    assert model.output_shape == (None, 32, 32, 2)
    assert 1e6 < model.count_params() < 2.5e6
    assert operators(model) <= DELEGATED
    ab = run(model, 20 * lightness(64))
    assert ab.dtype == np.float32
    assert ab.std() > 0.01
    assert np.abs(ab).max() <= 1
    # Half of the paper's, but for ab.
    channels = [layer.filters for layer in model.layers if hasattr(layer, "filters")]
    assert channels == [32, 64, 64, 128, 128, 256, 256, 128, 64, 32, 16, 2]


def test_classifier(classifier):
    assert classifier.input_shape == (None, 32, 32, 1)
    assert classifier.output_shape == (None, 8, 8, 313)
    # The table of layers by hand: kernels and biases, then four numbers a channel of each BN.
    widths = [1, 64, 64, 128, 128, *[256] * 3, *[512] * 9, *[256] * 3, *[128] * 3]
    convolutions = sum(9 * i * o + o for i, o in pairwise(widths))
    norms = 4 * (64 + 128 + 256 + 3 * 512 + 256 + 128)
    assert classifier.count_params() == convolutions + norms + 128 * 313 + 313
    assert operators(classifier) <= DELEGATED


def test_classifier_dilates_two_of_the_three_blocks_at_an_eighth(classifier):
    dilated = {
        layer.name: layer.dilation_rate
        for layer in classifier.layers
        if getattr(layer, "dilation_rate", (1, 1)) != (1, 1)
    }
    assert dilated == {f"conv{block}_{n}": (2, 2) for block in (5, 6) for n in (1, 2, 3)}
    for block in (4, 5, 6, 7):
        assert classifier.get_layer(f"conv{block}_3").output.shape[1:3] == (4, 4)
    # What a change of one position reaches through one dilated convolution: every second one.
    layer = classifier.get_layer("conv5_1")
    point = np.zeros((1, 9, 9, 512), np.float32)
    point[0, 4, 4] = 1
    still = keras.ops.convert_to_numpy(layer(np.zeros_like(point)))
    moved = np.abs(keras.ops.convert_to_numpy(layer(point)) - still).max(axis=-1)[0] > 0
    assert np.argwhere(moved.any(axis=0)).ravel().tolist() == [2, 4, 6]


def test_classifier_decays_its_kernels(classifier):
    kernels = [layer.kernel for layer in classifier.layers if hasattr(layer, "kernel")]
    squares = sum(float(np.square(keras.ops.convert_to_numpy(k)).sum()) for k in kernels)
    assert len(classifier.losses) == len(kernels)
    assert float(sum(classifier.losses)) == pytest.approx(5e-4 * squares, rel=1e-3)


def test_annealed_mean_in_the_graph(classifier):
    """Equation 5, in float64, with the paper's temperature."""
    model = with_annealed_mean(keras, classifier)
    assert model.output_shape == (None, 8, 8, 2)
    assert operators(model) <= DELEGATED
    grey = lightness(32)
    logits = run(classifier, grey).astype(np.float64)
    p = np.exp(logits) / np.exp(logits).sum(axis=-1, keepdims=True)
    sharper = np.exp(np.log(p) / 0.38)
    expected = (sharper / sharper.sum(axis=-1, keepdims=True)) @ AB_BINS
    assert run(model, grey) * 110 == pytest.approx(expected, abs=1e-2)


def test_annealed_mean_shares_and_adds_no_weights_to_train(classifier):
    model = with_annealed_mean(keras, classifier)
    assert len(model.trainable_variables) == len(classifier.trainable_variables)
    kernel = keras.ops.convert_to_numpy(model.get_layer("ab").kernel)
    assert kernel[0, 0] * 110 == pytest.approx(AB_BINS, abs=1e-4)


@pytest.mark.slow
def test_inception_fusion():
    keras.utils.set_random_seed(0)
    model = build_inception_fusion(keras, input_size=80)
    assert model.input_shape == (None, 80, 80, 1)
    assert model.output_shape == (None, 40, 40, 2)
    assert 55e6 < model.count_params() < 65e6
    assert operators(model) <= DELEGATED
    inception = model.get_layer("inception_resnet_v2")
    assert not inception.trainable_variables
    trained = sum(np.prod(v.shape) for v in model.trainable_variables)
    assert trained == model.count_params() - inception.count_params()

    # The paper's way: the vector repeated everywhere, beside the features, one 1x1 convolution.
    grey = lightness(80)
    vector = keras.ops.convert_to_numpy(inception(grey.repeat(3, axis=-1), training=False))
    features = keras.Model(model.input, model.get_layer("encoder_8_relu").output)
    features = run(features, grey)
    repeated = np.broadcast_to(vector[:, None, None], (1, 10, 10, 1536))
    beside = np.concatenate([features, repeated], axis=-1)
    kernels = [model.get_layer(f"fusion_{part}").get_weights() for part in ("features", "vector")]
    kernel = np.concatenate([kernels[0][0], kernels[1][0]], axis=2)[0, 0]
    expected = np.maximum(beside @ kernel + kernels[0][1], 0)
    fused = run(keras.Model(model.input, model.get_layer("fusion_relu").output), grey)
    assert fused.std() > 0
    assert np.abs(fused - expected).max() < 1e-3 * np.abs(expected).max()


@pytest.fixture(scope="module")
def densenet():
    """To build it takes seconds."""
    return build_generator_densenet121(keras, input_size=64)


def test_densenet_generator(densenet):
    assert densenet.input_shape == (None, 64, 64, 1)
    assert densenet.output_shape == (None, 32, 32, 2)
    assert 7e6 < densenet.count_params() < 9e6
    assert operators(densenet) <= DELEGATED
    assert densenet.get_layer("ab").activation.__name__ == "linear"
    skips = [f"decoder_{stride}_skip" for stride in (2, 4, 8, 16)]
    assert [densenet.get_layer(name).input.shape[1:] for name in skips] == [
        (32, 32, 64),
        (16, 16, 256),
        (8, 8, 512),
        (4, 4, 1024),
    ]
    assert run(densenet, lightness(64)).dtype == np.float32


def test_a_densenet_sees_grey_as_it_sees_it_in_colour(densenet, monkeypatch):
    """Its own preprocessing is of RGB, channel by channel; ours is folded into its first layers."""
    keras.utils.set_random_seed(3)
    pretrained = keras.applications.DenseNet121(
        include_top=False, weights=None, input_shape=(64, 64, 3)
    )
    chance = np.random.default_rng(0)
    for layer in pretrained.layers:
        if isinstance(layer, keras.layers.BatchNormalization):
            gamma, beta, mean, variance = layer.get_weights()
            spread = chance.uniform(0.5, 1.5, mean.shape)
            layer.set_weights([gamma * spread, beta + 0.1, mean + 0.2 * spread, variance * spread])
    monkeypatch.setattr("train.networks.encoder_weights.load_application", lambda *_: pretrained)
    weighty = [layer.name for layer in pretrained.layers if layer.get_weights()]
    assert load_encoder(densenet, "pix2pix_densenet121", None, "its file") == len(weighty)

    grey = chance.integers(0, 256, (2, 64, 64, 1)).astype(np.float32)
    rgb = keras.applications.densenet.preprocess_input(grey.repeat(3, axis=-1))
    theirs = keras.Model(pretrained.input, pretrained.get_layer("conv1_relu").output)(rgb)
    ours = keras.Model(densenet.input, densenet.get_layer("conv1_relu").output)(grey / 127.5 - 1)
    # Around the picture both pad with their own zeros, which are not of one colour.
    inner = np.s_[:, 2:-2, 2:-2]
    assert np.std(theirs) > 0.1
    assert np.abs(np.asarray(ours)[inner] - np.asarray(theirs)[inner]).max() < 1e-4
    for name in weighty:
        if name not in ("conv1_conv", "conv1_bn"):
            own, their = (net.get_layer(name).get_weights() for net in (densenet, pretrained))
            assert all(map(np.array_equal, own, their)), name


def test_the_shared_decoder_leaves_the_shipped_weights_in_place():
    """The weights in the repository still make the network in the package, int8 apart."""
    size = 160
    model = build_generator(keras, alpha=1.0, input_size=size)
    load_weights(model, ROOT / "weights" / "standard" / "best.weights.h5")
    photo = cv2.resize(photos.coffee(), (size, size), interpolation=cv2.INTER_AREA)
    grey = (cielab.lightness(photo) / 50 - 1).astype(np.float32)
    ours = run(model, grey[None, :, :, None])[0]
    shipped = Network("standard", threads=1).run(grey)
    assert ours.std() > 0.02
    assert np.corrcoef(ours.ravel(), shipped.ravel())[0, 1] > 0.95
    # The order of the arrays, which averages, checkpoints and twins go by.
    convolutions = [
        weight.path.removesuffix("/kernel")
        for weight in model.weights
        if weight.path.endswith("/kernel")
    ]
    assert [name for name in convolutions if name.startswith("decoder") or name == "ab"] == ORDER


def test_discriminator():
    model = build_patch_discriminator(keras, input_size=64)
    assert [shape[1:] for shape in model.input_shape] == [(64, 64, 1), (64, 64, 2)]
    assert model.output_shape == (None, 6, 6, 1)
    # C64-C128-C256-C512-1 of 4x4 kernels; biases at the ends, four numbers a channel of each BN.
    kernels = 16 * (3 * 64 + 64 * 128 + 128 * 256 + 256 * 512 + 512)
    assert model.count_params() == kernels + 64 + 1 + 4 * (128 + 256 + 512)
    assert operators(model) <= DELEGATED | {"LeakyReLU"}


def test_a_patch_of_the_discriminator_is_70_pixels_wide():
    """Measured: which columns of ab a change of one moves the middle output by."""
    keras.utils.set_random_seed(0)
    size = 96
    model = build_patch_discriminator(keras, input_size=size, width=4)
    grey, ab = lightness(size, size + 1), np.zeros((size + 1, size, size, 2), np.float32)
    grey[:] = grey[:1]
    ab[:] = rng.normal(0, 0.5, ab[0].shape)
    for column in range(size):
        ab[column + 1, :, column] += 5
    logits = keras.ops.convert_to_numpy(model.predict([grey, ab], batch_size=97, verbose=0))
    middle = logits[:, 5, 5, 0]
    seen = np.flatnonzero(middle[1:] != middle[0])
    assert seen.max() - seen.min() + 1 == 70


def test_registry():
    names = "baseline_cnn ab_classifier inception_fusion pix2pix_mobilenetv2 pix2pix_densenet121"
    assert list(NETWORKS) == names.split()
    assert {network.kind for network in NETWORKS.values()} == {
        "regression",
        "classification",
        "gan",
    }
    assert {name for name, network in NETWORKS.items() if network.encoder} == {
        "inception_fusion",
        "pix2pix_mobilenetv2",
        "pix2pix_densenet121",
    }
    with pytest.raises(dataclasses.FrozenInstanceError):
        NETWORKS["baseline_cnn"].loss = "other"


@pytest.mark.parametrize(
    "name",
    [
        "baseline_cnn",
        "ab_classifier",
        "pix2pix_mobilenetv2",
        pytest.param("inception_fusion", marks=pytest.mark.slow),
        pytest.param("pix2pix_densenet121", marks=pytest.mark.slow),
    ],
)
def test_registered_networks_keep_their_strides(name):
    network = NETWORKS[name]
    model = network.build(keras, input_size=96)
    assert model.name.startswith(name)
    classifies = network.kind == "classification"
    assert model.output_shape[1:] == ((24, 24, 313) if classifies else (48, 48, 2))


@pytest.mark.parametrize(
    ("network", "size", "says"),
    [
        ("baseline_cnn", 60, "a positive multiple of 8, not 60"),
        ("baseline_cnn", 0, "a positive multiple of 8, not 0"),
        ("ab_classifier", 4, "a positive multiple of 8, not 4"),
        ("inception_fusion", 72, "a multiple of 8 and at least 75, not 72"),
        ("inception_fusion", 100, "a multiple of 8 and at least 75, not 100"),
        ("pix2pix_mobilenetv2", 100, "a positive multiple of 32, not 100"),
        ("pix2pix_densenet121", 48, "a positive multiple of 32, not 48"),
    ],
)
def test_bad_sizes_are_refused(network, size, says):
    with pytest.raises(ValueError, match=f"input_size must be {says}"):
        build_network(keras, network=network, alpha=None, input_size=size)

"""The GAN's one step: each network moves by its own loss, as if there were two steps."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from train.fit.adversarial import ADVERSARIAL_LOSSES, Adversarial
from train.fit.losses import l1
from train.networks.patch_discriminator import build_patch_discriminator


def small_generator():
    lightness = keras.Input((64, 64, 1))
    x = keras.layers.Conv2D(8, 3, strides=2, padding="same", activation="relu")(lightness)
    return keras.Model(lightness, keras.layers.Conv2D(2, 3, padding="same")(x))


def entropy(logits, target):
    """Binary cross-entropy by TensorFlow, as an independent word."""
    targets = tf.fill(tf.shape(logits), target)
    return tf.reduce_mean(tf.nn.sigmoid_cross_entropy_with_logits(targets, logits))


@pytest.fixture
def batch():
    rng = np.random.default_rng(4)
    lightness = rng.uniform(-1, 1, (3, 64, 64, 1)).astype(np.float32)
    return lightness, rng.normal(0, 0.2, (3, 32, 32, 2)).astype(np.float32)


@pytest.fixture
def networks():
    keras.utils.set_random_seed(9)
    return small_generator(), build_patch_discriminator(keras, input_size=32, width=8)


def separate_gradients(generator, discriminator, lightness, ab):
    """What two separate steps of pix2pix would follow, written with two tapes."""
    small = tf.nn.avg_pool2d(lightness, 2, 2, "VALID")
    with tf.GradientTape() as tape:
        fake = generator(lightness, training=True)
        fooling = entropy(discriminator([small, fake], training=True), 1.0)
        loss = 100 * tf.reduce_mean(tf.abs(ab - fake)) + fooling
    of_generator = tape.gradient(loss, [v.value for v in generator.trainable_variables])
    with tf.GradientTape() as tape:
        true = entropy(discriminator([small, ab], training=True), 0.9)
        false = entropy(discriminator([small, tf.constant(fake)], training=True), 0.0)
        judged = 0.5 * (true + false)
    variables = [v.value for v in discriminator.trainable_variables]
    return of_generator, tape.gradient(judged, variables), loss, judged


def test_each_network_follows_its_own_loss(networks, batch):
    generator, discriminator = networks
    lightness, ab = map(tf.constant, batch)
    expected = separate_gradients(generator, discriminator, lightness, ab)
    gan = Adversarial(generator, discriminator, ab_loss=l1, ab_weight=100)
    with tf.GradientTape() as tape:
        loss = gan.compute_loss(lightness, ab, gan(lightness, training=True))
    variables = [v.value for v in generator.trainable_variables + discriminator.trainable_variables]
    ours = tape.gradient(loss, variables)
    for own, separate in zip(ours, [*expected[0], *expected[1]], strict=True):
        scale = max(float(tf.reduce_max(tf.abs(separate))), 1e-6)
        assert float(tf.reduce_max(tf.abs(own - separate))) < 1e-3 * scale + 1e-7
    assert float(gan.generator_loss.result()) == pytest.approx(float(expected[2]), rel=1e-5)
    assert float(gan.discriminator_loss.result()) == pytest.approx(float(expected[3]), rel=1e-5)


@pytest.mark.parametrize("name", ADVERSARIAL_LOSSES)
def test_a_discriminator_learns_to_tell_and_a_generator_to_fool(networks, batch, name):
    generator, discriminator = networks
    tensors = [tf.constant(values) for values in batch]
    gan = Adversarial(generator, discriminator, ab_loss=l1, ab_weight=1, adversarial_loss=name)

    def compile(as_graph=False):
        optimizer = keras.optimizers.Adam(4e-3, beta_1=0.5)
        gan.compile(optimizer=optimizer, run_eagerly=not as_graph, jit_compile=False)

    compile()
    first = gan.train_on_batch(*tensors, return_dict=True)
    generator.trainable = False
    # One of the losses as a graph, as in a training: to trace one takes seconds.
    compile(as_graph=name == "least_squares")
    for _ in range(8):
        told = gan.train_on_batch(*tensors, return_dict=True)
    gan.reset_metrics()
    told = gan.train_on_batch(*tensors, return_dict=True)
    assert told["discriminator_loss"] < 0.8 * first["discriminator_loss"]
    generator.trainable, discriminator.trainable = True, False
    compile()
    before = discriminator.get_weights()
    for _ in range(8):
        gan.train_on_batch(*tensors)
    gan.reset_metrics()
    fooled = gan.train_on_batch(*tensors, return_dict=True)
    assert fooled["generator_loss"] < told["generator_loss"]
    kept = [np.array_equal(a, b) for a, b in zip(before, discriminator.get_weights(), strict=True)]
    assert sum(kept) >= len(discriminator.trainable_weights)


def test_it_is_called_as_the_generator(networks, batch):
    generator, discriminator = networks
    gan = Adversarial(generator, discriminator, ab_loss=l1)
    ours, theirs = gan(batch[0], training=False), generator(batch[0], training=False)
    assert np.array_equal(ours, theirs)
    assert ours.shape == (3, 32, 32, 2)


def test_it_is_saved_and_loaded_before_its_first_step(networks, tmp_path):
    gan = Adversarial(*networks, ab_loss=l1)
    gan.save_weights(tmp_path / "gan.weights.h5")
    keras.utils.set_random_seed(10)
    other = Adversarial(
        small_generator(), build_patch_discriminator(keras, input_size=32, width=8), ab_loss=l1
    )
    other.load_weights(tmp_path / "gan.weights.h5")
    pairs = zip(other.discriminator.weights, gan.discriminator.weights, strict=True)
    assert all(np.array_equal(ours, theirs) for ours, theirs in pairs)

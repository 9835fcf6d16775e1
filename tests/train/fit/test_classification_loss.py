"""The classification loss against its definition in NumPy."""

import keras
import numpy as np
import pytest

from train.fit.classification_loss import soft_cross_entropy
from train.fit.rebalancing import rebalancing_weights
from train.networks.ab_bins import AB_BINS

rng = np.random.default_rng(0)
AB = rng.uniform(-80, 80, (3, 4, 6, 2)).astype(np.float32)
LOGITS = rng.normal(0, 3, (3, 4, 6, 313)).astype(np.float32)


def soft_encode(colours):
    """The definition of the soft encoding (section 2.1), word for word: [..., 313]."""
    encoded = np.zeros((*colours.shape[:-1], len(AB_BINS)))
    for place in np.ndindex(colours.shape[:-1]):
        distance = np.sqrt(((AB_BINS - colours[place].astype(np.float64)) ** 2).sum(axis=1))
        five = np.argsort(distance, kind="stable")[:5]
        encoded[place][five] = np.exp(-(distance[five] ** 2) / (2 * 5.0**2))
        encoded[place] /= encoded[place].sum()
    return encoded


def by_definition(ab, logits, weights=None):
    log_p = logits - np.log(np.exp(logits.astype(np.float64)).sum(axis=-1, keepdims=True))
    target = soft_encode(ab)
    loss = -(target * log_p).sum(axis=-1)
    if weights is not None:
        loss = loss * weights[target.argmax(axis=-1)]
    return loss.mean(axis=(1, 2))


def loss_of(*arguments):
    return keras.ops.convert_to_numpy(soft_cross_entropy(*arguments))


def test_it_is_the_cross_entropy_with_the_soft_encoding():
    loss = loss_of(AB / 110, LOGITS)
    assert loss.shape == (3,)
    assert loss.dtype == np.float32
    assert loss == pytest.approx(by_definition(AB, LOGITS), rel=1e-4)


def test_rebalancing_counts_a_pixel_by_its_nearest_bin():
    weights = rebalancing_weights(soft_encode(rng.normal(0, 15, (2000, 2))).mean(axis=0))
    expected = by_definition(AB, LOGITS, weights)
    assert loss_of(AB / 110, LOGITS, weights) == pytest.approx(expected, rel=1e-4)
    assert loss_of(AB / 110, LOGITS, np.ones(313)) == pytest.approx(loss_of(AB / 110, LOGITS))


def test_larger_ab_is_averaged():
    large = AB.repeat(2, axis=1).repeat(2, axis=2)
    large[:, ::2] += 7
    large[:, 1::2] -= 7
    assert loss_of(large / 110, LOGITS) == pytest.approx(loss_of(AB / 110, LOGITS), rel=1e-4)


@pytest.mark.parametrize("shape", [(3, 5, 6, 2), (3, 2, 3, 2), (3, 8, 6, 2)])
def test_ab_of_no_multiple_is_refused(shape):
    with pytest.raises(ValueError, match="cannot be pooled"):
        soft_cross_entropy(np.zeros(shape, np.float32), LOGITS)


def test_ab_beyond_the_bins_gives_a_number():
    assert np.all(np.isfinite(loss_of(np.full_like(AB, 2.0), LOGITS)))


def test_half_precision_logits_are_taken():
    half = keras.ops.cast(LOGITS, "bfloat16")
    assert loss_of(AB / 110, half) == pytest.approx(by_definition(AB, LOGITS), rel=2e-2)


def test_one_step_of_descent_goes_to_the_soft_encoding():
    """The gradient of a cross-entropy is the softmax less the target: here, from logits of 0."""
    ab = np.array([12.0, -33.0], np.float32)  # no two of its bins are equally far
    start = keras.Input((1,))
    free = keras.layers.Dense(313, use_bias=False, kernel_initializer="zeros")
    model = keras.Model(start, keras.layers.Reshape((1, 1, 313))(free(start)))
    model.compile(keras.optimizers.SGD(1.0), loss=soft_cross_entropy, jit_compile=False)
    loss = model.train_on_batch(np.ones((1, 1), np.float32), ab[None, None, None] / 110)
    assert float(loss) == pytest.approx(np.log(313), rel=1e-5)
    stepped = keras.ops.convert_to_numpy(free.kernel)[0]
    assert stepped == pytest.approx(soft_encode(ab) - 1 / 313, abs=1e-5)

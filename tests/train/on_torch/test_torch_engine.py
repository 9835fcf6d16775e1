"""Training by the torch twin: it learns, goes on where it was cut off, and starts as Keras does."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from train.config import FitConfig
from train.data.batches import Batches, RoundBatches
from train.data.store import Store
from train.fit.engines import KerasEngine, make_engine
from train.fit.loop import fit
from train.fit.seed import set_seed
from train.fit.torch_engine import TorchEngine
from train.fit.trainable import ab_loss

SMALL = FitConfig(
    name="tiny",
    alpha=0.35,
    steps=24,
    round_steps=8,
    batch_size=4,
    crop_sizes=((0.6, 32), (1.0, 64)),
    val_size=64,
    val_pictures=4,
    ema=0.9,
    frozen_to="block_2_add",
)


@pytest.fixture(scope="module")
def cut(tmp_path_factory):
    """What a run leaves that was cut off after a round."""
    return tmp_path_factory.mktemp("runs") / "cut"


@pytest.fixture(scope="module")
def whole_run(prepared, keep_first_round, cut):
    out = cut.with_name("whole")
    keep = keep_first_round(out, cut)
    return fit(SMALL, prepared, out, encoder_weights=None, on_round=keep)


def test_it_is_chosen_for_float32_on_the_cpu():
    assert isinstance(make_engine(SMALL, 32), TorchEngine)


def test_the_loss_falls(whole_run):
    assert [row.step for row in whole_run] == [8, 16, 24]
    assert [row.crop_size for row in whole_run] == [32, 32, 64]
    assert whole_run[-1].loss < 0.7 * whole_run[0].loss


def test_a_cut_off_run_goes_on_exactly(whole_run, prepared, cut):
    rest = fit(SMALL, prepared, cut, encoder_weights=None)
    assert [row.step for row in rest] == [16, 24]
    for ours, expected in zip(rest, whole_run[1:], strict=True):
        assert ours.loss == pytest.approx(expected.loss, rel=1e-4)
        assert ours.val_rgb_psnr == pytest.approx(expected.val_rgb_psnr, abs=0.01)


def batches_of(data, batch_size):
    config = replace(SMALL, batch_size=batch_size, tone_view=True)
    return Batches(config, Store(data, "train"))


def train(engine, data, steps):
    batches = RoundBatches(batches_of(data, 4), 0, steps, 32)
    return engine.train(batches, lambda: 1e-3, lambda loss: False)["loss"]


def test_loss_and_gradients_are_those_of_keras(prepared):
    set_seed(0)  # of other weights more values lie at the kinks of ReLU6, where rounding decides
    config = replace(SMALL, frozen_to=None)
    model = KerasEngine(config, 64)._network
    engine = TorchEngine(config, workers=1)
    engine.set_weights(model.get_weights())
    lightness, ab = batches_of(prepared, 8).batch(0, 64)
    losses, gradients = engine._learners[0].gradients(lightness, ab, len(ab))
    seen, true = lightness.permute(0, 2, 3, 1), ab.permute(0, 2, 3, 1)
    loss = ab_loss(config)(true, model(seen, training=True)).mean()
    expected = torch.autograd.grad(loss, [v.value for v in model.trainable_variables])
    assert losses["loss"].item() == pytest.approx(loss.item(), rel=1e-4)
    # The kernels' axes lie differently: compare the lengths. Single ones are rounding noise, as of
    # an offset that the next BatchNorm takes out again.
    own, theirs = (
        np.array([float(gradient.norm()) for gradient in each]) for each in (gradients, expected)
    )
    assert np.linalg.norm(own - theirs) < 0.02 * np.linalg.norm(theirs)


def test_cores_share_weights_and_average_their_statistics(prepared):
    engine = TorchEngine(SMALL, workers=2)
    weights = engine.get_weights()
    engine.set_weights(weights)
    for own, old in zip(engine.get_weights(), weights, strict=True):
        assert np.array_equal(own, old)
    train(engine, prepared, 2)
    one, two = (learner.network.to_keras(learner.network.tensors()) for learner in engine._learners)
    names = [weight.path for weight in KerasEngine(SMALL, 32)._network.weights]
    for name, own, other, mean in zip(names, one, two, engine.get_weights(), strict=True):
        if name.endswith(("moving_mean", "moving_variance")):
            assert np.allclose(mean, (own + other) / 2)
        else:
            assert np.array_equal(own, other), name


def test_a_teacher_draws_the_network_towards_itself(prepared):
    """Taught by nothing but another network, it comes near to what that one says."""
    config = replace(SMALL, frozen_to=None, teacher_share=1.0, ema=0.0)
    teacher = KerasEngine(replace(config, seed=3), 32)._network
    rng = np.random.default_rng(0)
    teacher.set_weights(
        [w + 0.1 * rng.standard_normal(w.shape).astype(w.dtype) for w in teacher.get_weights()]
    )
    engine = TorchEngine(config, teacher=teacher, workers=1)
    same = RoundBatches(batches_of(prepared, 8), 0, 1, 32)
    before = engine.train(same, lambda: 0.0, lambda loss: False)["loss"]
    learner = engine._learners[0]
    lightness, true = same[0]
    with torch.no_grad():
        ours = learner.network(lightness).permute(0, 2, 3, 1)
        theirs = teacher(lightness.permute(0, 2, 3, 1), training=False)
    expected = ab_loss(config)(theirs, ours).mean().item()
    assert ours.shape == true.permute(0, 2, 3, 1).shape
    assert before == pytest.approx(expected, rel=1e-3)
    for _ in range(24):
        after = engine.train(same, lambda: 1e-3, lambda loss: False)["loss"]
    assert after < 0.7 * before
    # Its weights are no part of the checkpoint.
    assert not any("teacher" in name for name, _ in engine._state())

"""pix2pix by torch twins against Keras's own `Adversarial`, and a short training of it."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from train.config import FitConfig
from train.data.batches import Batches
from train.data.store import Store
from train.errors import ConfigError
from train.fit.engines import KerasEngine, make_engine
from train.fit.loop import fit
from train.fit.torch_engine import TorchEngine
from train.fit.torch_learners import Pix2Pix
from train.fit.vivid import colourfulness, rgb_of

pytestmark = pytest.mark.usefixtures("undrawn")

GAN = FitConfig(
    name="tiny",
    alpha=0.35,
    loss="l1",
    adversarial_loss="smoothed_cross_entropy",
    steps=4,
    round_steps=2,
    batch_size=4,
    crop_sizes=((0.6, 64), (1.0, 96)),
    optimizer="adam",
    learning_rate=1e-3,
    momentum=0.5,
    val_size=64,
    val_pictures=2,
    ema=0.5,
)


def length(gradients):
    return np.array([float(gradient.norm()) for gradient in gradients])


def test_each_network_has_the_gradients_that_keras_gives_it(prepared):
    model = KerasEngine(GAN, 64)._model
    learner = Pix2Pix(GAN, model.generator)
    learner.discriminator.load_keras(model.discriminator.get_weights())
    config = replace(GAN, batch_size=8, tone_view=True)
    batches = Batches(config, Store(prepared, "train"))
    lightness, ab = batches.batch(0, 64)
    _, gradients = learner.gradients(lightness, ab, len(ab))

    seen, true = lightness.permute(0, 2, 3, 1), ab.permute(0, 2, 3, 1)
    loss = model.compute_loss(seen, true, model(seen, training=True))
    expected = torch.autograd.grad(loss, [v.value for v in model.trainable_variables])
    generators = len(model.generator.trainable_variables)
    for part in (slice(0, generators), slice(generators, None)):
        own, theirs = length(gradients[part]), length(expected[part])
        assert np.linalg.norm(theirs) > 0
        assert np.linalg.norm(own - theirs) < 0.05 * np.linalg.norm(theirs)


def test_it_trains_and_goes_on_where_it_was_cut_off(prepared, keep_first_round, tmp_path):
    assert isinstance(make_engine(GAN, 64), TorchEngine)
    keep = keep_first_round(tmp_path / "whole", tmp_path / "cut")
    whole = fit(GAN, prepared, tmp_path / "whole", encoder_weights=None, on_round=keep)
    assert [row.crop_size for row in whole] == [64, 64]
    assert whole[-1].generator_loss < whole[0].generator_loss
    assert whole[-1].discriminator_loss > 0

    (rest,) = fit(GAN, prepared, tmp_path / "cut", encoder_weights=None)
    assert rest.loss == pytest.approx(whole[-1].loss, rel=1e-3)


def test_how_pictures_look_is_part_of_what_the_generator_learns(prepared):
    """The generator's loss is the plain one and the two others, the discriminator's as it was."""
    model = KerasEngine(GAN, 64)._model
    batches = Batches(replace(GAN, tone_view=True), Store(prepared, "train"))
    lightness, ab = batches.batch(0, 64)

    class OneLayer:
        def distance(self, true, ours):
            return (true - ours).abs().mean(dim=(1, 2, 3))

    def losses(**weights):
        torch.manual_seed(0)
        learner = Pix2Pix(replace(GAN, **weights), model.generator, OneLayer())
        learner.discriminator.load_keras(model.discriminator.get_weights())
        return learner, learner.gradients(lightness, ab, 4)[0]

    learner, plain = losses()
    _, both = losses(feature_weight=3.0, colourfulness_weight=0.5)
    learner.train()
    small = torch.nn.functional.avg_pool2d(lightness, 2)
    with torch.no_grad():
        rgb = [rgb_of(50 * (small + 1), each) for each in (ab, learner.network(lightness))]
    features = OneLayer().distance(*rgb).mean()
    colour = (colourfulness(rgb[0]) - colourfulness(rgb[1])).abs().mean() / 100
    more = both["generator_loss"] - plain["generator_loss"]
    assert more.item() == pytest.approx((3.0 * features + 0.5 * colour).item(), rel=1e-3)
    assert both["discriminator_loss"].item() == pytest.approx(plain["discriminator_loss"].item())
    with pytest.raises(ConfigError, match="--vgg16"):
        Pix2Pix(replace(GAN, feature_weight=1.0), model.generator)

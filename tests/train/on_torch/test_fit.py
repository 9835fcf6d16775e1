"""Training on real photos: the loss falls, a cut-off run goes on, unfit input is refused."""

import csv
import json
import re
import shutil
from dataclasses import replace

import keras
import numpy as np
import pytest
from PIL import Image

from edge_runtime.model.tone import TONE_VIEW
from train.config import FitConfig, load_config
from train.data.store import Store
from train.errors import ConfigError, FitError, WeightsError
from train.fit.checkpoint import find_progress, load_checkpoint
from train.fit.engines import make_engine
from train.fit.loop import fit
from train.measure.evaluate import Scores, evaluate
from train.measure.open_networks import open_networks
from train.networks.load import load_generator, run_view
from train.networks.registry import NETWORKS

pytestmark = pytest.mark.usefixtures("undrawn")

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
# For what the network has no part in: such a run takes half as long.
PLAIN = replace(SMALL, network="baseline_cnn", alpha=None, frozen_to=None)


@pytest.fixture(scope="module")
def whole_run(prepared, keep_first_round, tmp_path_factory):
    out = tmp_path_factory.mktemp("runs") / "whole"
    keep = keep_first_round(out, out.with_name("cut"))
    rounds = fit(SMALL, prepared, out, encoder_weights=None, on_round=keep)
    return out, rounds


def test_loss_falls_and_everything_is_written(whole_run):
    out, rounds = whole_run
    assert [row.step for row in rounds] == [8, 16, 24]
    assert [row.crop_size for row in rounds] == [32, 32, 64]
    assert rounds[-1].loss < 0.7 * rounds[0].loss
    assert rounds[-1].val_loss < rounds[0].val_loss
    assert rounds[-1].learning_rate == 0
    with open(out / "history.csv", newline="") as file:
        assert [row["step"] for row in csv.DictReader(file)] == ["8", "16", "24"]
    assert list((out / "tensorboard").iterdir())
    for picture in ("loss.png", "sheets/0000024.png"):
        with Image.open(out / picture) as opened:
            assert min(opened.size) > 400
    assert json.loads((out / "config.json").read_text())["alpha"] == 0.35
    assert "keras" in json.loads((out / "environment.json").read_text())


def test_a_cut_off_run_goes_on_exactly(whole_run, prepared):
    out, rounds = whole_run
    rest = fit(SMALL, prepared, out.with_name("cut"), encoder_weights=None)
    assert [row.step for row in rest] == [16, 24]
    for ours, expected in zip(rest, rounds[1:], strict=True):
        assert ours.loss == pytest.approx(expected.loss, rel=1e-4)
        assert ours.val_rgb_psnr == pytest.approx(expected.val_rgb_psnr, abs=0.01)


def test_a_plateau_ends_the_run(prepared, tmp_path, monkeypatch):
    gains = iter([0.1, 0.3, 0.2, 0.3, 0.1])
    monkeypatch.setattr(
        "train.fit.loop.evaluate",
        lambda *_: {"ours": Scores(4, 22.0, 20.0, 100.0, 28.0, 26.0, 0.5, next(gains), 0.5, 0.4)},
    )
    small = replace(PLAIN, steps=20, round_steps=1, crop_sizes=((1.0, 32),))
    # Two rounds, counted in passes.
    small = replace(small, patience=2 * small.batch_size / len(Store(prepared, "train")))
    assert len(fit(small, prepared, tmp_path / "run", encoder_weights=None)) == 4
    assert fit(small, prepared, tmp_path / "run", encoder_weights=None) == []


@pytest.mark.parametrize("tone_view", [False, True])
def test_a_run_is_measured_through_its_view(prepared, tmp_path, monkeypatch, tone_view):
    measured = []

    def watched(networks, pictures):
        measured.append(networks["ours"].view)
        return evaluate(networks, pictures)

    monkeypatch.setattr("train.fit.loop.evaluate", watched)
    small = replace(PLAIN, steps=1, crop_sizes=((1.0, 32),), tone_view=tone_view)
    fit(small, prepared, tmp_path / "run", encoder_weights=None)
    view = TONE_VIEW if tone_view else None
    assert measured == [view]
    assert run_view(tmp_path / "run") == view
    (opened,) = open_networks([str(tmp_path / "run")], None, [1.0]).values()
    assert (opened.view, opened.input_size) == (view, 64)


@pytest.mark.parametrize(("said", "view"), [(None, None), (False, None), (True, TONE_VIEW)])
def test_the_view_of_a_run_is_that_of_its_config(tmp_path, said, view):
    config = {"name": "x", "alpha": 0.35, "val_size": 64, "tone_view": said}
    if said is None:  # as in the first runs
        del config["tone_view"]
    (tmp_path / "config.json").write_text(json.dumps(config))
    assert run_view(tmp_path) == view
    (tmp_path / "config.json").write_text(json.dumps(config | {"tone_view": "yes"}))
    with pytest.raises(WeightsError, match=r"no readable config\.json"):
        run_view(tmp_path)


def test_epochs_are_counted_in_pictures(prepared):
    pictures = len(Store(prepared, "train"))
    config = replace(SMALL, steps=None, epochs=1.5)
    assert config.total_steps(pictures) == -(-pictures * 3 // 8)
    assert replace(SMALL, steps=None, minutes=2.0).total_steps(pictures) is None


def test_a_network_s_recipe_has_scales():
    small = load_config("baseline_cnn", "smoke")
    assert (small.steps, small.network, small.loss) == (20, "baseline_cnn", "mse")
    assert load_config("baseline_cnn_smoke") == load_config("smoke_baseline_cnn") == small
    alone, gan = (load_config("pix2pix_mobilenetv2", scale) for scale in ("cpu_l1", "cpu"))
    assert load_config("pix2pix_mobilenetv2_cpu_l1") == alone
    assert (alone.adversarial_loss, gan.adversarial_loss) == (None, "smoothed_cross_entropy")
    assert load_config("standard_look") == load_config("standard", "look")
    for name in NETWORKS:
        for scale in ("paper", "hour", "cpu", "smoke"):
            assert load_config(name, scale).network == name


@pytest.mark.parametrize(
    ("name", "scale", "says"),
    [
        ("baseline_cnn", None, "has the scales paper, hour, cpu, smoke: say which by --scale"),
        ("baseline_cnn", "day", "has the scales paper, hour, cpu, smoke: not 'day'"),
        ("baseline_cnn_day", None, "has the scales paper, hour, cpu, smoke: not 'day'"),
        ("smoke", "cpu", "smoke has one scale only, and no 'cpu'"),
        ("nanno", "cpu", "unknown recipe 'nanno': there are ab_classifier, "),
        ("smoke_nanno", None, "unknown recipe 'nanno_smoke'"),
    ],
)
def test_a_scale_that_is_not_there_is_told(name, scale, says):
    with pytest.raises(ConfigError, match=re.escape(says)):
        load_config(name, scale)


def test_a_recipe_with_a_typo_is_refused(monkeypatch):
    import train.configs.smoke as smoke

    monkeypatch.delattr(smoke, "CONFIG")
    with pytest.raises(ConfigError, match="the recipe smoke cannot be read"):
        load_config("smoke")
    with pytest.raises(TypeError, match="learning_rat"):
        FitConfig(name="x", learning_rat=1)


def test_a_finished_run_trains_no_more_and_says_what_it_stands_on(whole_run, prepared):
    out, _ = whole_run
    notes = []
    assert fit(SMALL, prepared, out, encoder_weights=None, on_note=notes.append) == []
    assert notes[0].startswith("training on: ")
    count = len(Store(prepared, "val"))
    assert notes[1:] == [
        f"val has {count} pictures and {min(4, count)} of them are measured (4 asked for): the"
        " scores are rough"
    ]


def test_best_weights_can_be_opened_at_any_size(whole_run):
    out, _ = whole_run
    at_64, at_96 = load_generator(out), load_generator(out, 96)
    assert at_64.input_shape[1] == 64
    assert at_96.output_shape == (None, 48, 48, 2)
    kernels = [model.get_layer("ab").get_weights()[0] for model in (at_64, at_96)]
    assert np.array_equal(*kernels)


def test_another_recipe_in_the_same_folder_is_refused(whole_run, prepared):
    out, _ = whole_run
    other = FitConfig(name="tiny", alpha=1.0, steps=4)
    with pytest.raises(FitError, match="other alpha"):
        fit(other, prepared, out, encoder_weights=None)


def test_other_data_under_the_same_name_is_refused(whole_run, prepared, tmp_path):
    out, _ = whole_run
    other = tmp_path / prepared.name
    shutil.copytree(prepared, other)
    with open(other / "manifest.csv", "a") as manifest:
        manifest.write("\n")
    with pytest.raises(FitError, match="other data_sha256"):
        fit(SMALL, other, out, encoder_weights=None)
    with pytest.raises(FitError, match="other start"):
        fit(SMALL, prepared, out, encoder_weights="imagenet")


def test_a_checkpoint_between_two_renames_is_found(whole_run, tmp_path):
    out, _ = whole_run
    shutil.copytree(out / "checkpoint", tmp_path / "checkpoint.old")
    assert find_progress(tmp_path / "checkpoint").step == 24
    engine = make_engine(SMALL, 64)
    load_checkpoint(tmp_path / "checkpoint", engine)
    (tmp_path / "checkpoint" / "average.npz").write_bytes(b"PK")
    with pytest.raises(FitError, match="is damaged"):
        load_checkpoint(tmp_path / "checkpoint", engine)
    (tmp_path / "checkpoint" / "progress.json").write_text("{")
    with pytest.raises(FitError, match="is damaged"):
        find_progress(tmp_path / "checkpoint")


def test_bfloat16_trains_and_is_judged_in_float32(prepared, tmp_path):
    small = replace(SMALL, steps=2, crop_sizes=((1.0, 32),), dtype_policy="mixed_bfloat16")
    try:
        rounds = fit(small, prepared, tmp_path / "half", encoder_weights=None)
    finally:
        keras.config.set_dtype_policy("float32")
    assert len(rounds) == 1
    kernel = load_generator(tmp_path / "half").get_layer("ab").get_weights()[0]
    assert kernel.dtype == np.float32


def test_a_loss_that_is_nan_stops_the_run_and_says_where(prepared, tmp_path, monkeypatch):
    from train.fit import losses

    broken = lambda true, ours: (true - ours)[:, 0, 0, 0] / 0.0  # noqa: E731
    monkeypatch.setitem(losses.LOSSES, "huber", broken)
    with pytest.raises(FitError, match=r"the loss became .* at step 1.* is no checkpoint yet$"):
        fit(PLAIN, prepared, tmp_path / "nan", encoder_weights=None)


GAN = FitConfig(
    name="tiny",
    alpha=0.35,
    loss="l1",
    adversarial_loss="least_squares",
    adversarial_from=0.5,
    steps=4,
    round_steps=2,
    batch_size=2,
    crop_sizes=((1.0, 64),),
    val_size=64,
    val_pictures=2,
)


def test_a_discriminator_joins_within_the_run(prepared, keep_first_round, tmp_path):
    keep = keep_first_round(tmp_path / "whole", tmp_path / "cut")
    whole = fit(GAN, prepared, tmp_path / "whole", encoder_weights=None, on_round=keep)
    assert [row.generator_loss is None for row in whole] == [True, False]
    for name in ("plain.weights.h5", "best.weights.h5"):
        load_generator(tmp_path / "whole" / name)
    progress = find_progress(tmp_path / "whole" / "checkpoint")
    assert (progress.adversarial, progress.stage_step, progress.best_step) == (True, 2, 4)

    assert not (tmp_path / "cut" / "plain.weights.h5").exists()
    (rest,) = fit(GAN, prepared, tmp_path / "cut", encoder_weights=None)
    assert rest.generator_loss == pytest.approx(whole[1].generator_loss, rel=1e-4)
    assert rest.discriminator_loss == pytest.approx(whole[1].discriminator_loss, rel=1e-4)


def test_a_command_without_time_for_a_step_says_so(prepared, tmp_path):
    config = replace(PLAIN, steps=None, until_seconds=0.5)
    with pytest.raises(FitError, match=r"no time was left for a first step: \d+ s went into"):
        fit(config, prepared, tmp_path / "run", encoder_weights=None)


def test_each_command_has_an_end_of_its_own(prepared, tmp_path):
    """Another end goes on, another length does not."""
    until = replace(PLAIN, steps=None, until_seconds=0.5)
    for config in (until, replace(until, until_seconds=0.4)):
        with pytest.raises(FitError, match="no time was left"):
            fit(config, prepared, tmp_path / "run", encoder_weights=None)
        (tmp_path / "run" / "history.csv").touch()  # as if a round had been written
    with pytest.raises(FitError, match="other steps, until_seconds"):
        fit(PLAIN, prepared, tmp_path / "run", encoder_weights=None)


def test_batches_that_do_not_fit_into_memory_are_one_sentence(prepared, tmp_path, monkeypatch):
    def too_much(*_):
        raise RuntimeError("CUDA out of memory. Tried to allocate 2.00 GiB.\nGPU 0 has ...")

    monkeypatch.setattr("train.fit.torch_engine.TorchEngine.train", too_much)
    with pytest.raises(FitError, match=r"^batches of 4 crops of 32 px .*: give a smaller --batch"):
        fit(PLAIN, prepared, tmp_path / "run", encoder_weights=None)


def test_weights_of_another_network_are_refused(whole_run, prepared, tmp_path):
    out, _ = whole_run
    wide = FitConfig(name="wide", alpha=1.0, steps=4, val_size=64, crop_sizes=((1.0, 64),))
    with pytest.raises(WeightsError, match="does not fit"):
        fit(wide, prepared, tmp_path / "x", start_from=out / "best.weights.h5")
    with pytest.raises(WeightsError, match=r"no readable config\.json"):
        load_generator(prepared)


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"alpha": 0.5}, "alpha"),
        ({"loss": "hubert"}, "loss must be one of"),
        ({"minutes": 3.0}, "one of minutes, steps, epochs and until_seconds"),
        ({"steps": None}, "one of minutes, steps, epochs and until_seconds"),
        ({"batch_size": 0}, "positive"),
        ({"crop_sizes": ((1.0, 100),)}, "multiples of 32"),
        ({"network": "resnet"}, "network must be one of baseline_cnn, "),
        ({"network": "baseline_cnn"}, "baseline_cnn has no alpha"),
        ({"rebalancing": True}, "rebalancing is for networks that classify"),
        ({"adversarial_loss": "hinge"}, "adversarial_loss must be one of smoothed_cross_entropy"),
        (
            {"network": "baseline_cnn", "alpha": None, "adversarial_loss": "least_squares"},
            "no discriminator",
        ),
        (
            {"network": "ab_classifier", "alpha": None, "loss": "mse"},
            "must be one of soft_cross_entropy",
        ),
        (
            {"adversarial_loss": "least_squares", "crop_sizes": ((1.0, 32),)},
            "crops of at least 48",
        ),
        ({"optimizer": "adagrad"}, "optimizer must be one of"),
        ({"dtype_policy": "float8"}, "dtype_policy"),
        ({"patience": 0}, "positive"),
        ({"steps": None, "minutes": float("nan")}, "positive numbers"),
        ({"steps": None, "minutes": float("inf")}, "positive numbers"),
        ({"steps": None, "until_seconds": -1.0}, "positive numbers"),
        ({"checkpoint_seconds": 0.0}, "positive numbers"),
        ({"adversarial_from": 0.5}, "are for recipes with an adversarial_loss"),
        ({"adversarial_loss": "least_squares", "adversarial_from": 1.0}, "below 1"),
    ],
)
def test_senseless_recipes_are_refused(changes, says):
    values = {"name": "x", "alpha": 0.35, "steps": 10, **changes}
    with pytest.raises(ConfigError, match=says):
        FitConfig(**values)

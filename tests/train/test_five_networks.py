"""Each network of the paper along the whole line: fit, cut off, go on, export, colorize a photo."""

import csv

import numpy as np
import pytest
from PIL import Image
from skimage import data as photos

from edge_runtime import Colorizer
from export.export_model import Label, export_model
from train.config import load_config
from train.fit.loop import fit
from train.measure.open_networks import keras_network
from train.networks.load import load_generator
from train.networks.registry import NETWORKS

# The others take a minute or more each to build, train and convert.
QUICK = {"baseline_cnn"}
NAMES = [pytest.param(n, marks=() if n in QUICK else pytest.mark.slow) for n in NETWORKS]


@pytest.fixture(scope="module", params=NAMES)
def network(request):
    """Its name."""
    return request.param


@pytest.fixture(scope="module")
def run(network, prepared, keep_first_round, tmp_path_factory):
    """A whole smoke run, and the rest of one that was cut off after its first round."""
    config = load_config(f"smoke_{network}")
    assert config.network == network
    folder = tmp_path_factory.mktemp(network)
    keep = keep_first_round(folder / "whole", folder / "cut")
    whole = fit(config, prepared, folder / "whole", encoder_weights=None, on_round=keep)
    rest = fit(config, prepared, folder / "cut", encoder_weights=None)
    return folder / "whole", whole, rest


def test_the_loss_falls(run):
    _, whole, _ = run
    assert [row.step for row in whole] == [10, 20]
    assert whole[1].loss < whole[0].loss
    if whole[0].generator_loss is not None:
        assert whole[1].generator_loss < whole[0].generator_loss


def test_it_goes_on_exactly(run):
    _, whole, rest = run
    assert [row.step for row in rest] == [20]
    assert rest[0].loss == pytest.approx(whole[1].loss, rel=2e-3)
    assert rest[0].val_rgb_psnr == pytest.approx(whole[1].val_rgb_psnr, abs=0.02)


def test_its_losses_are_written(run, network):
    out, whole, _ = run
    with open(out / "history.csv", newline="") as file:
        rows = list(csv.DictReader(file))
    for name in ("generator_loss", "discriminator_loss"):
        assert bool(rows[0][name]) == (NETWORKS[network].kind == "gan")
        assert (getattr(whole[0], name) is not None) == bool(rows[0][name])
    assert len(list((out / "sheets").iterdir())) == 2


def test_it_exports_and_colorizes(run, network, pictures, tmp_path):
    out, _, _ = run
    label = Label("smoke", "1", "tests", "none")
    (exported,) = export_model(out, ["fp32"], tmp_path, label, calibration=str(pictures))
    assert exported.parity.rgb_psnr > 50
    colorizer = Colorizer(exported.file)
    rgb = colorizer.colorize(np.asarray(Image.fromarray(photos.coffee()).convert("L")))
    assert rgb.shape == photos.coffee().shape
    model = load_generator(out)
    side = model.input_shape[1]
    ab = keras_network(model)(np.zeros((side, side), np.float32))
    stride = 4 if NETWORKS[network].kind == "classification" else 2
    assert ab.shape == (side // stride, side // stride, 2)

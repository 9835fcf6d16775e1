"""The table of runs: its figures, its files, and what it says about folders that are no runs."""

import json
import shutil
from dataclasses import asdict

import keras
import numpy as np
import pytest
from PIL import Image

from train.cli import app
from train.command import run
from train.config import FitConfig
from train.data.open_pictures import TruePictures
from train.errors import RunError
from train.measure import compare
from train.measure.compare import Training, open_runs, read_training
from train.measure.evaluate import OpenNetwork, evaluate
from train.measure.open_networks import keras_network, open_networks
from train.measure.sheet import CELL, GAP, HEADER
from train.networks.baseline_cnn import build_baseline_cnn
from train.networks.pix2pix_mobilenetv2 import build_generator

HISTORY = "step,seconds,loss\n100,40.0,0.5\n250,125.0,0.25\n"


@pytest.fixture(scope="module")
def made_run(tmp_path_factory):
    """A run's folder as `fit` leaves it, its weights random, and the network it holds."""
    folder = tmp_path_factory.mktemp("runs") / "tiny"
    folder.mkdir()
    config = FitConfig(name="other", alpha=0.35, steps=250, batch_size=4, val_size=64)
    (folder / "config.json").write_text(json.dumps(asdict(config)))
    (folder / "history.csv").write_text(HISTORY)
    keras.utils.set_random_seed(0)
    model = build_generator(keras, alpha=0.35, input_size=64)
    model.save_weights(folder / "best.weights.h5")
    return folder, model


def call(*arguments):
    """The exit code of `python -m train ...`."""
    with pytest.raises(SystemExit) as stop:
        run(app, "train", [str(argument) for argument in arguments])
    return stop.value.code


def test_compare_prints_the_table_and_writes_it(made_run, photo_folder, tmp_path, capsys):
    folder, model = made_run
    table, figures, sheet = (tmp_path / name for name in ("table.md", "figures.json", "sheet.png"))
    files = ("--markdown", table, "--json", figures, "--sheet", sheet)
    # The same folder twice is one row.
    assert call("compare", folder, folder, "--on", photo_folder, "--limit", "3", *files) == 0
    said = capsys.readouterr().out
    assert "3 pictures at 256x256" in said
    assert "GMAC: 10^9 multiply-accumulates" in said
    # No figure is cut short.
    assert "299,602" in said
    assert "…" not in said

    with Image.open(sheet) as drawn:  # grey, tiny, true; a row a picture
        assert drawn.size == (GAP + 3 * (CELL + GAP), HEADER + 3 * (CELL + GAP))

    rows = json.loads(figures.read_text())
    pictures = TruePictures(str(photo_folder), 3)
    expected = evaluate({"tiny": OpenNetwork(keras_network(model), 64)}, pictures)
    assert list(rows) == ["grey", "tiny"]
    for name, row in rows.items():
        assert row["scores"] == pytest.approx(asdict(expected[name]), abs=1e-3)
    assert {value for key, value in rows["grey"].items() if key != "scores"} == {None}
    assert rows["tiny"]["input_size"] == 64
    assert rows["tiny"]["parameters"] == 299_602
    # 0.041 GMAC at 160 pixels, by the card.
    assert rows["tiny"]["multiply_accumulates"] == pytest.approx(41e6 * (64 / 160) ** 2, rel=0.02)
    # 250 batches of 4 in 125 seconds.
    assert rows["tiny"]["training"] == {
        "seconds": 125,
        "pictures_seen": 1000,
        "images_per_second": 8,
    }

    lines = table.read_text().splitlines()
    heading, grey, tiny = (
        [cell.strip() for cell in line.split("|")[1:-1]] for line in lines if line.startswith("| ")
    )
    assert [len(grey), len(tiny)] == [len(heading)] * 2
    cells = dict(zip(heading, tiny, strict=True))
    assert cells["gain"] == f"{expected['tiny'].gain:+.2f}"
    assert cells["Lab MSE"] == f"{expected['tiny'].lab_mse:.1f}"
    assert cells["time"] == "2.1 min"
    assert cells["pictures seen"] == "1,000"
    assert dict(zip(heading, grey, strict=True))["parameters"] == "-"
    assert any(line.startswith("- Lab MSE, Lab PSNR (dB)") for line in lines)


def copy_of(folder, tmp_path, name="tiny"):
    copy = tmp_path / name
    copy.mkdir(parents=True)
    for file in folder.iterdir():
        shutil.copy(file, copy)
    return copy


def test_batches_give_what_single_pictures_give_at_every_saturation(tmp_path):
    config = FitConfig(name="plain", network="baseline_cnn", steps=1, val_size=64)
    (tmp_path / "config.json").write_text(json.dumps(asdict(config)))
    model = build_baseline_cnn(keras, input_size=64)
    model.save_weights(tmp_path / "best.weights.h5")
    networks = open_networks([str(tmp_path)], None, [1.0, 2.0])
    seen = np.random.default_rng(0).uniform(-1, 1, (3, 64, 64)).astype(np.float32)
    single = np.stack([np.asarray(model(x[None, ..., None]))[0] for x in seen])
    for factor, network in zip((1, 2), networks.values(), strict=True):
        assert network.run.batch(seen) == pytest.approx(factor * single, abs=1e-5)
        assert network.run(seen[1]) == pytest.approx(factor * single[1], abs=1e-5)


def test_runs_of_one_name_keep_their_paths(made_run, tmp_path, monkeypatch):
    monkeypatch.setattr(compare, "load_generator", lambda run: made_run[1])
    a, b = (copy_of(made_run[0], tmp_path / side) for side in "ab")
    grey = copy_of(made_run[0], tmp_path, "grey")
    assert list(open_runs([a, b, grey])) == [str(a), str(b), str(grey)]


def test_a_history_without_time_gives_a_speed_all_the_same(made_run, tmp_path):
    copy = copy_of(made_run[0], tmp_path)
    (copy / "history.csv").write_text("step,seconds,loss\n1,0.0,0.5\n")
    assert read_training(copy) == Training(0.1, 4, 40)


@pytest.mark.parametrize(
    ("file", "text", "says"),
    [
        ("config.json", None, "is no run's folder"),
        ("config.json", "{", "is no run's folder"),
        ("config.json", "[]", "does not say the batch size"),
        ("config.json", '{"batch_size": "32"}', "does not say the batch size"),
        ("best.weights.h5", None, "has no best.weights.h5 yet"),
        ("history.csv", None, "there is no readable"),
        ("history.csv", HISTORY.splitlines()[0] + "\n", "first round is not over"),
        ("history.csv", HISTORY + "300,soon,0.2\n", "is damaged"),
        ("best.weights.h5", "not HDF5", "does not fit this network"),
    ],
)
def test_mistakes_are_one_line(file, text, says, made_run, photo_folder, tmp_path, capsys):
    copy = copy_of(made_run[0], tmp_path)
    if text is None:
        (copy / file).unlink()
    else:
        (copy / file).write_text(text)
    assert call("compare", copy, "--on", photo_folder) == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith("train: ")
    assert said.err.count("\n") == 1
    assert says in said.err


def test_a_folder_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(RunError, match="no run's folder"):
        open_runs([tmp_path / "nowhere"])

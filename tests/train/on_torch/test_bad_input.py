"""What people give by mistake, and disks that fill up: one clear line each, and nothing lost."""

import csv
import os
import shutil
import subprocess
from contextlib import suppress
from dataclasses import replace
from types import SimpleNamespace

import keras
import pytest
from PIL import Image
from skimage import data as photos

import train.configs
from train.cli import app
from train.command import run
from train.config import load_config
from train.data.prepare import PrepareOptions, prepare
from train.data.store import MANIFEST, PIXELS, Store
from train.errors import FitError, StoreError, WeightsError
from train.fit.loop import fit
from train.fit.losses import LOSSES

pytestmark = pytest.mark.usefixtures("undrawn")

RECIPE = """
from train.config import FitConfig

CONFIG = FitConfig(name="mine", steps=1, {})
"""


def refused(capsys, *arguments):
    """The one line that `python -m train ...` says before it gives up."""
    with pytest.raises(SystemExit) as stop:
        run(app, "train", [str(argument) for argument in arguments])
    assert stop.value.code == 1
    said = capsys.readouterr().err.strip()
    assert said.startswith("train: ")
    assert "\n" not in said
    return said


@pytest.mark.parametrize(
    ("number", "values", "says"),
    [
        (1, "alpha=0.35, learning_rat=1", "unexpected keyword argument 'learning_rat'"),
        (2, "alpha=0.5", "alpha must be one of [0.35, 1.0], not 0.5"),
        (3, 'network="mobilenet_v9"', "network must be one of baseline_cnn, "),
        (4, "alpha=0.35, film=OldFilm(grain=5)", "name 'OldFilm' is not defined"),
        (5, 'alpha=0.35, batch_size="many"', "the recipe mine_5 cannot be read"),
        (6, "alpha=0.35, learning_rate=-1.0", "learning_rate must be positive"),
        (7, "alpha=0.35, ema=9.99", "ema at least 0 and below 1"),
        (8, "alpha=0.35, crop_sizes=((1.0, 100),)", "multiples of 32"),
    ],
)
def test_recipes_with_mistakes(number, values, says, tmp_path, monkeypatch, capsys):
    (tmp_path / f"mine_{number}.py").write_text(RECIPE.format(values))
    path = [*train.configs.__path__, str(tmp_path)]
    monkeypatch.setattr(train.configs, "__path__", path)
    arguments = ("fit", f"mine_{number}", "--data", tmp_path, "--out", tmp_path / "out")
    assert says in refused(capsys, *arguments)


def test_folders_that_are_no_data(photo_folder, tmp_path, capsys):
    (tmp_path / "empty").mkdir()
    (tmp_path / "jpegs").mkdir()
    Image.fromarray(photos.coffee()).save(tmp_path / "jpegs" / "a.jpg")
    for name in ("empty", "jpegs", "nowhere"):
        arguments = ("fit", "smoke", "--data", tmp_path / name, "--out", tmp_path / "out")
        assert "is not prepared data (make it with: python -m train" in refused(capsys, *arguments)
    said = refused(capsys, "prepare", tmp_path / "empty", "--out", tmp_path / "out")
    assert "no picture was kept: the sources hold none" in said
    assert sorted(path.name for path in tmp_path.iterdir()) == ["empty", "jpegs"]


def test_a_store_without_val(photo_folder, tmp_path, capsys):
    prepare([photo_folder], tmp_path / "data", PrepareOptions(short_side=96, fractions=(1.0,)))
    arguments = ("fit", "smoke", "--data", tmp_path / "data", "--out", tmp_path / "out")
    assert "has no pictures in the split 'val'" in refused(capsys, *arguments)
    assert not (tmp_path / "out").exists()


@pytest.fixture(scope="module")
def two_stores(photo_folder, tmp_path_factory):
    """One of all pictures, and a smaller one of the same pictures at another size."""
    folder = tmp_path_factory.mktemp("stores")
    for name, side in (("large", 96), ("small", 64)):
        options = PrepareOptions(short_side=side, min_side=32, fractions=(0.75, 0.25))
        prepare([photo_folder], folder / name, options)
    return folder / "large", folder / "small"


@pytest.mark.parametrize(
    ("pixels", "manifest", "says"),
    [("small", "large", "is cut off"), ("large", "small", "do not belong together")],
)
def test_parts_of_two_stores(two_stores, tmp_path, pixels, manifest, says):
    stores = {store.name: store for store in two_stores}
    shutil.copy(stores[pixels] / PIXELS, tmp_path)
    shutil.copy(stores[manifest] / MANIFEST, tmp_path)
    with pytest.raises(StoreError, match=says):
        Store(tmp_path)


@pytest.mark.parametrize(
    ("field", "value"), [("offset", "-3"), ("height", "0"), ("width", "-96"), ("offset", "1")]
)
def test_a_manifest_that_points_elsewhere(two_stores, tmp_path, field, value):
    store = shutil.copytree(two_stores[0], tmp_path / "store")
    with open(store / MANIFEST, newline="") as file:
        rows = list(csv.DictReader(file))
    rows[1][field] = value
    with open(store / MANIFEST, "w", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    with pytest.raises(StoreError, match="do not belong together"):
        Store(store)


PLAIN = replace(
    load_config("smoke_baseline_cnn"), steps=2, round_steps=1, crop_sizes=((1.0, 32),), val_size=32
)


def test_weights_of_another_network(prepared, tmp_path):
    other = keras.Sequential([keras.Input((4,)), keras.layers.Dense(2)])
    other.save_weights(tmp_path / "other.weights.h5")
    (tmp_path / "text.weights.h5").write_text("no HDF5")
    for file in ("other.weights.h5", "text.weights.h5", "none.weights.h5"):
        with pytest.raises(WeightsError, match="does not fit this network") as caught:
            fit(PLAIN, prepared, tmp_path / "plain", start_from=tmp_path / file)
        assert "\n" not in str(caught.value)
    # The mistake is not held against the folder.
    rounds = fit(replace(PLAIN, steps=1), prepared, tmp_path / "plain")
    assert [row.step for row in rounds] == [1]


class CutOffError(Exception):
    """Stands for a crash."""


def stop(row):
    raise CutOffError


@pytest.fixture(scope="module")
def half_run(prepared, tmp_path_factory):
    """A run's folder after the first of its two rounds."""
    out = tmp_path_factory.mktemp("half") / "run"
    with pytest.raises(CutOffError):
        fit(PLAIN, prepared, out, on_round=stop)
    return out


def contents(folder):
    return {file.name: file.read_bytes() for file in folder.iterdir()}


def goes_on(out, before, prepared, fill, make_room):
    """The full disk is one sentence, the checkpoint as it was, and the run goes on from it.

    `fill` is called while the second round trains.
    """
    with pytest.raises(FitError, match=r"No space left on device.*last checkpoint is whole") as e:
        fit(PLAIN, prepared, out, on_step=lambda done, loss: fill())
    assert "\n" not in str(e.value)
    assert contents(out / "checkpoint") == before
    unfinished = [p.name for p in out.iterdir() if "part" in p.name or p.name.endswith(".old")]
    assert unfinished == []
    make_room()
    rest = fit(PLAIN, prepared, out)
    assert [row.step for row in rest] == [2]
    with open(out / "history.csv", newline="") as file:
        assert [row["step"] for row in csv.DictReader(file)] == ["1", "2"]


def test_a_write_of_the_checkpoint_fails(half_run, prepared, tmp_path, monkeypatch):
    out = shutil.copytree(half_run, tmp_path / "run")

    def no_room(file, *arrays, **more):
        file.write_bytes(b"PK half an archive")
        raise OSError(28, "No space left on device")

    def fill():
        monkeypatch.setattr("train.fit.checkpoint.np.savez", no_room)

    goes_on(out, contents(half_run / "checkpoint"), prepared, fill, monkeypatch.undo)


def test_a_disk_that_is_full_from_the_beginning(prepared, tmp_path, monkeypatch):
    """There is no checkpoint to speak of."""
    full = SimpleNamespace(free=0)
    monkeypatch.setattr("train.fit.run_folder.shutil.disk_usage", lambda folder: full)
    with pytest.raises(FitError, match=r"No space left .*: there is no checkpoint yet, and"):
        fit(replace(PLAIN, steps=1), prepared, tmp_path / "run")
    assert not (tmp_path / "run" / "checkpoint").exists()


def test_a_loss_that_is_no_number_after_a_checkpoint(half_run, prepared, tmp_path, monkeypatch):
    out = shutil.copytree(half_run, tmp_path / "run")
    broken = lambda true, ours: (true - ours)[:, 0, 0, 0] / 0.0  # noqa: E731
    monkeypatch.setitem(LOSSES, "mse", broken)
    with pytest.raises(FitError, match=r"became .* at step 2.*; the last checkpoint is whole$"):
        fit(PLAIN, prepared, out)
    assert contents(out / "checkpoint") == contents(half_run / "checkpoint")


@pytest.fixture
def small_disk(tmp_path):
    """A disk of 96 MB."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = shutil.which("mount")
    if os.name != "posix" or os.geteuid() != 0 or mount is None:
        pytest.skip("only root can mount a disk")
    made = subprocess.run([mount, "-t", "tmpfs", "-o", "size=96m", "tmpfs", disk], check=False)
    if made.returncode:
        pytest.skip("no disk can be mounted here")
    yield disk
    subprocess.run([shutil.which("umount"), "-l", disk], check=True)


@pytest.mark.slow
def test_a_disk_fills_up(half_run, prepared, small_disk):
    out = shutil.copytree(half_run, small_disk / "run")
    filler = small_disk / "filler"

    def fill():
        file = os.open(filler, os.O_CREAT | os.O_WRONLY)
        with suppress(OSError):
            while os.write(file, bytes(2**16)):
                pass
        os.close(file)

    goes_on(out, contents(half_run / "checkpoint"), prepared, fill, filler.unlink)


def test_a_folder_that_cannot_be_made(prepared, tmp_path, capsys):
    (tmp_path / "file").write_text("in the way")
    arguments = ("fit", "smoke", "--data", prepared, "--out", tmp_path / "file" / "run")
    assert "cannot be written (Not a directory)" in refused(capsys, *arguments)

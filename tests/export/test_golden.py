"""Writing the golden vectors: the float models by a new export, nothing half-written."""

import hashlib
import json
import shutil
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pytest

from edge_runtime import Colorizer, Device
from edge_runtime.engine.interpreter import Network
from edge_runtime.model import shipped
from edge_runtime.model.tone import TONE_VIEW
from export import golden as module
from export.errors import ExportError
from export.golden import export_float, write_golden

COMMITTED = Path(__file__).parents[1] / "golden"
VECTORS = json.loads((COMMITTED / "MANIFEST.json").read_text("utf-8"))["vectors"]


@pytest.fixture
def without_fp32(monkeypatch):
    """No TensorFlow: the vectors of the shipped files alone."""
    shipped = {key: pictures for key, pictures in module.PICTURES.items() if not key[1]}
    monkeypatch.setattr(module, "PICTURES", shipped)


def test_the_committed_vectors_come_out_again(without_fp32, tmp_path):
    (tmp_path / "old.ab.f32").touch()
    (tmp_path / "notes.txt").touch()
    written = {vector["name"]: vector for vector in write_golden(tmp_path)}
    assert written.keys() == {v["name"] for v in VECTORS if v["recipe"] != "fp32"}
    for listed in VECTORS:
        if listed["recipe"] != "fp32":
            assert written[listed["name"]]["model_sha256"] == listed["model_sha256"]
            ours, theirs = (row["sha256"] for row in (written[listed["name"]], listed))
            assert ours["lightness"] == theirs["lightness"]
    assert not (tmp_path / "old.ab.f32").exists()
    assert (tmp_path / "notes.txt").exists()


@pytest.fixture
def ships_a_view(tmp_path, monkeypatch, tiny_view_model):
    """A package that ships the tiny network of version 2 alone."""
    folder = tmp_path / "models"
    folder.mkdir()
    shutil.copy(tiny_view_model, folder / "tiny_view.tflite")
    digest = hashlib.sha256(tiny_view_model.read_bytes()).hexdigest()
    (folder / "SHA256SUMS").write_text(f"{digest}  tiny_view.tflite\n")
    monkeypatch.setattr(shipped, "MODELS_FOLDER", folder)
    monkeypatch.setattr(module, "PICTURES", {("tiny_view", False): ("photo", "flat")})
    shipped.forget_digests()
    yield
    shipped.forget_digests()


def test_the_inputs_of_a_model_with_a_view_are_seen_through_it(
    ships_a_view, tmp_path, tiny_view_model
):
    photo, flat = write_golden(tmp_path / "out")
    assert photo["view"] == asdict(TONE_VIEW)
    assert not np.fromfile(tmp_path / "out" / flat["files"]["lightness"], "<f4").any()
    seen = np.fromfile(tmp_path / "out" / photo["files"]["lightness"], "<f4").reshape(64, 64)
    assert (seen.min(), seen.max()) == (-1, 1)
    assert 0.005 < (seen == -1).mean() < 0.015
    ab = np.fromfile(tmp_path / "out" / photo["files"]["ab"], "<f4").reshape(32, 32, 2)
    np.testing.assert_allclose(ab, Network(tiny_view_model, threads=1).run(seen), atol=1e-5)
    listed = json.loads((tmp_path / "out" / "MANIFEST.json").read_text())
    assert listed["vectors"][0]["view"] == {"low": 0.01, "high": 0.99, "least_range": 20.0}


def test_weights_of_another_view_than_the_shipped_model_are_refused(tmp_path, monkeypatch):
    monkeypatch.setattr("train.networks.load.run_view", lambda source: None)
    with pytest.raises(ExportError, match="another tone view than the shipped nano"):
        export_float("nano", tmp_path)


def test_a_target_that_is_a_file_is_one_sentence(without_fp32, tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(ExportError, match="cannot be written"):
        write_golden(tmp_path / "file")


def test_a_missing_demo_photo_is_one_sentence(monkeypatch, tmp_path):
    monkeypatch.setattr("export.golden_pictures.DEMO_PHOTO", tmp_path / "gone.jpg")
    with pytest.raises(ExportError, match=r"gone\.jpg cannot be read"):
        write_golden(tmp_path / "out")
    assert not (tmp_path / "out").exists()


@pytest.mark.slow
@pytest.mark.parametrize(
    "vector", [v for v in VECTORS if v["recipe"] == "fp32"], ids=lambda v: v["name"]
)
def test_the_float_models_reproduce_theirs(vector, tmp_path):
    model = export_float(vector["model"], tmp_path)
    size, output = vector["input_size"], vector["output_size"]
    lightness = np.fromfile(COMMITTED / vector["files"]["lightness"], "<f4").reshape(size, size)
    ab = np.fromfile(COMMITTED / vector["files"]["ab"], "<f4").reshape(output, output, 2)
    assert np.abs(Network(model, threads=1).run(lightness) - ab).max() < 1e-4
    picture = vector["height"], vector["width"]
    grey = np.fromfile(COMMITTED / vector["files"]["grey"], "u1").reshape(picture)
    rgb = np.fromfile(COMMITTED / vector["files"]["rgb"], "u1").reshape(*picture, 3)
    ours = Colorizer(model, Device(threads=1)).colorize(grey)
    assert (np.abs(ours.astype(int) - rgb) <= 1).mean() >= 0.999

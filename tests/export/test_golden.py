"""Writing the golden vectors: the float models by a new export, nothing half-written."""

import json
from pathlib import Path

import numpy as np
import pytest

from edge_runtime import Colorizer
from edge_runtime.interpreter import Network
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
    written = {vector.name: vector for vector in write_golden(tmp_path)}
    assert written.keys() == {v["name"] for v in VECTORS if v["recipe"] != "fp32"}
    for listed in VECTORS:
        if listed["recipe"] != "fp32":
            assert written[listed["name"]].model_sha256 == listed["model_sha256"]
            assert written[listed["name"]].sha256["lightness"] == listed["sha256"]["lightness"]
    assert not (tmp_path / "old.ab.f32").exists()
    assert (tmp_path / "notes.txt").exists()


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
    ours = Colorizer(model, threads=1).colorize(grey)
    assert (np.abs(ours.astype(int) - rgb) <= 1).mean() >= 0.999

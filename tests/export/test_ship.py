"""Putting models into the package: the same network with ranges, its digest, its vectors."""

import hashlib
import shutil

import numpy as np
import pytest

from edge_runtime.engine.interpreter import Network
from edge_runtime.model import shipped
from edge_runtime.model.model_file import read_model
from export import ship as module
from export.contract_writer import with_contract
from export.errors import ExportError
from export.flatbuffer import close_model, open_model
from export.ship import ship
from export.tensor_ranges import ab_range, with_ranges


@pytest.fixture
def shelf(tmp_path, monkeypatch, tiny_model):
    """A package that ships the tiny network, which tells no ranges; vectors are only counted."""
    folder = tmp_path / "models"
    folder.mkdir()
    shutil.copy(tiny_model, folder / "tiny.tflite")
    monkeypatch.setattr(shipped, "MODELS_FOLDER", folder)
    monkeypatch.setattr(module, "write_golden", lambda golden, on_stage: written.append(golden))
    written: list = []
    digest = hashlib.sha256(tiny_model.read_bytes()).hexdigest()
    (folder / "SHA256SUMS").write_text(f"{digest}  tiny.tflite\n")
    shipped.forget_digests()
    yield folder, written
    shipped.forget_digests()


def test_ranges_are_measured_and_written(tiny_model, tmp_path):
    network = Network(tiny_model, threads=1)
    rng = np.random.default_rng(0)
    inputs = [rng.uniform(-1, 1, (64, 64)).astype(np.float32) for _ in range(3)]
    low, high = ab_range(network.run, inputs)
    everything = np.stack([network.run(x) for x in inputs])
    assert (low, high) == (everything.min(), everything.max())
    file = tmp_path / "ranged.tflite"
    ranged = with_ranges(tiny_model.read_bytes(), (low, high))
    file.write_bytes(with_contract(ranged, network.contract))
    same = Network(file, threads=1)
    lightness, ab = same.tensors()
    assert (lightness.range, ab.range) == ((-1, 1), (low, high))
    np.testing.assert_array_equal(same.run(inputs[0]), network.run(inputs[0]))
    with pytest.raises(ValueError, match="no pictures"):
        ab_range(network.run, [])


def test_the_shipped_models_are_renewed(shelf, pictures, tmp_path):
    folder, written = shelf
    before = read_model("tiny").contract
    (row,) = ship([], tmp_path / "golden", pictures=str(pictures))
    assert row.changed
    assert row.bytes == (folder / "tiny.tflite").stat().st_size
    assert read_model("tiny").contract == before  # SHA256SUMS fits, and the seal
    assert all(tensor.range for tensor in Network("tiny", threads=1).tensors())
    assert written == [tmp_path / "golden"]
    (again,) = ship([], tmp_path / "golden")  # no pictures: the ranges are there
    assert not again.changed


def test_a_model_without_ranges_needs_pictures(shelf, tmp_path):
    folder, written = shelf
    before = {file.name: file.read_bytes() for file in folder.iterdir()}
    with pytest.raises(ExportError, match="give --pictures"):
        ship([], tmp_path / "golden")
    assert {file.name: file.read_bytes() for file in folder.iterdir()} == before
    assert written == []


def test_two_files_of_one_model_are_refused(shelf, tiny_model, tmp_path):
    copy = tmp_path / "copy.tflite"
    shutil.copy(tiny_model, copy)
    with pytest.raises(ExportError, match="two files are of one model"):
        ship([tiny_model, copy], tmp_path / "golden")


def test_a_file_that_changes_colours_on_the_way_is_refused(shelf, pictures, tmp_path, monkeypatch):
    folder, _ = shelf
    before = (folder / "tiny.tflite").read_bytes()

    def broken(model, ab):
        tree = open_model(with_ranges(model, ab))
        graph = tree.subgraphs[0]
        kernel = tree.buffers[graph.tensors[graph.operators[-1].inputs[1]].buffer]
        kernel.data = (kernel.data.view(np.float32) * 2).view(np.uint8)
        return close_model(tree)

    monkeypatch.setattr(module, "with_ranges", broken)
    with pytest.raises(ExportError, match="gives other colours"):
        ship([], tmp_path / "golden", pictures=str(pictures))
    assert (folder / "tiny.tflite").read_bytes() == before

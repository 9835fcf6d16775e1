"""The folder for Hugging Face: what the card says of the files is true of them."""

import hashlib
import re
from pathlib import Path

import pytest
import yaml

from edge_runtime.errors import ModelError
from edge_runtime.model.model_file import read_model
from export.card import write_card
from export.cli import others
from export.contract_writer import with_contract
from export.errors import ExportError
from export.to_onnx import to_onnx
from train.command import run as run_command

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def onnx_file(tmp_path_factory):
    """The shipped nano as an `.onnx`."""
    source = read_model("nano")
    file = tmp_path_factory.mktemp("onnx") / "nano.int8.onnx"
    file.write_bytes(with_contract(to_onnx(source.data), source.contract))
    return file


@pytest.fixture
def at_root(monkeypatch):
    monkeypatch.chdir(ROOT)


def parts(folder):
    """The front matter, parsed, and the rest."""
    _, front, rest = (folder / "README.md").read_text("utf-8").split("---\n", 2)
    return yaml.safe_load(front), rest


@pytest.mark.parametrize("name", ["nano", "standard"])
def test_front_matter(at_root, tmp_path, name):
    write_card([name], tmp_path)
    front, rest = parts(tmp_path)
    assert (front["library_name"], front["pipeline_tag"]) == ("litert", "image-to-image")
    assert (front["license"], front["license_link"]) == ("other", "LICENSE")
    assert front["license_name"] == "research-and-non-commercial-use"
    assert {"litert", "tflite"} <= set(front["tags"])
    assert "research and non-commercial use" in (tmp_path / "LICENSE").read_text("utf-8")
    assert rest.startswith(f"# TintLite: {name}\n")
    # Every figure of the contract stands in it, once, from the model's page.
    for figure in ("val_gain_over_grey_db", "held_back_gain_over_grey_db"):
        assert rest.count(f"{read_model(name).contract.result[figure]:+.2f} dB") == 1


def test_the_table_is_of_the_files(at_root, tmp_path, onnx_file):
    written = write_card(["nano", str(onnx_file)], tmp_path / "card")
    assert {path.name for path in written} == {path.name for path in (tmp_path / "card").iterdir()}
    _, rest = parts(tmp_path / "card")
    rows = re.findall(r"^\| \[(\S+)\]\(\1\) .* \| ([\d,]+) \| `(\w{64})` \|$", rest, re.MULTILINE)
    assert [row[0] for row in rows] == ["nano.tflite", "nano.int8.onnx"]
    for file, size, digest in rows:
        data = (tmp_path / "card" / file).read_bytes()
        assert int(size.replace(",", "")) == len(data)
        assert digest == hashlib.sha256(data).hexdigest()
        # Its own size alone stands there, and no other page's word of it.
        assert rest.count(size) == 1
    assert (tmp_path / "card" / "nano.int8.onnx").read_bytes() == onnx_file.read_bytes()


def test_links_lead_into_the_folder_or_the_web(at_root, tmp_path):
    write_card(["standard"], tmp_path)
    links = re.findall(r"\]\(([^)]+)\)", (tmp_path / "README.md").read_text("utf-8"))
    assert links
    for link in links:
        assert link.startswith("https://") or (tmp_path / link).is_file(), link


def test_what_does_not_go(at_root, tmp_path, tiny_model):
    with pytest.raises(ExportError, match="of one model, these are nano, standard"):
        write_card(["nano", "standard"], tmp_path)
    with pytest.raises(ExportError, match=r"docs/models/tiny\.md cannot be read: No such file"):
        write_card([str(tiny_model)], tmp_path)
    with pytest.raises(ExportError, match=r"two files are called nano\.tflite"):
        write_card(["nano", "nano"], tmp_path)
    with pytest.raises(ModelError, match="no such model file"):
        write_card(["other.tflite"], tmp_path)
    page = tmp_path / "page.md"
    page.write_text("# tiny\n")
    with pytest.raises(ExportError, match="has no part '## Licence'"):
        write_card([str(tiny_model)], tmp_path / "card", page=page)
    assert list(tmp_path.iterdir()) == [page]


def test_the_command(at_root, tmp_path, capsys, tiny_model):
    page = tmp_path / "page.md"
    page.write_text("# tiny\n\nA page.\n\n## Licence\nApache-2.0\n\n## More\nwords\n")
    words = ["card", str(tiny_model), "--out", str(tmp_path / "a"), "--page", str(page)]

    def call(*more):
        with pytest.raises(SystemExit) as stop:
            run_command(others, "export", [*words, *more])
        return stop.value.code

    assert call() == 0
    assert "README.md" in capsys.readouterr().out
    assert (tmp_path / "a" / "LICENSE").read_text() == "Apache-2.0\n\n"
    assert call() == 1
    assert "exists already: --overwrite replaces it" in capsys.readouterr().err
    assert call("--overwrite") == 0

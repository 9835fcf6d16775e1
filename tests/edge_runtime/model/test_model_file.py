"""Models by name and by path, and the refusal of what is none."""

import hashlib
import os
import shutil
import sys
from types import SimpleNamespace

import numpy as np
import pytest

from edge_runtime.engine import interpreter
from edge_runtime.engine.interpreter import Network
from edge_runtime.engine.litert import load_litert
from edge_runtime.errors import ModelError, TintLiteError
from edge_runtime.model import model_file, shipped
from edge_runtime.model.model_file import read_model


@pytest.fixture
def shelf(tmp_path, monkeypatch, tiny_model):
    """A folder of shipped models that holds the tiny one under the name `small`."""
    shutil.copy(tiny_model, tmp_path / "small.tflite")
    digest = hashlib.sha256(tiny_model.read_bytes()).hexdigest()
    (tmp_path / "SHA256SUMS").write_text(f"{digest}  small.tflite\n")
    monkeypatch.setattr(shipped, "MODELS_FOLDER", tmp_path)
    shipped._digests.cache_clear()
    yield tmp_path
    shipped._digests.cache_clear()


def test_a_shipped_model_is_found_by_name(shelf):
    assert shipped.shipped_names() == ["small"]
    assert read_model("small").contract.name == "tiny"


def test_a_damaged_shipped_model_is_refused(shelf):
    data = bytearray((shelf / "small.tflite").read_bytes())
    data[-20] ^= 1
    (shelf / "small.tflite").write_bytes(data)
    with pytest.raises(ModelError, match="'small' is damaged"):
        read_model("small")


def test_a_missing_shipped_file_is_refused(shelf):
    (shelf / "small.tflite").unlink()
    with pytest.raises(ModelError, match="no such model file"):
        read_model("small")


def test_an_unknown_name_is_refused_with_the_names(shelf):
    with pytest.raises(ModelError, match=r"unknown model 'huge' \(shipped: small;"):
        read_model("huge")
    with pytest.raises(ModelError, match="no model 'huge'"):
        shipped.shipped_path("huge")


def test_the_real_shelf_is_whole():
    """Every model of the list is there, whole, and runs."""
    for name in shipped.shipped_names():
        assert shipped.shipped_path(name).is_file()
        assert Network(name, threads=1).contract.name == name


def test_a_path_is_read(tiny_model):
    assert read_model(tiny_model).contract.input_size == 64
    assert read_model(str(tiny_model)).data == tiny_model.read_bytes()


def test_a_missing_path_is_refused(tmp_path):
    with pytest.raises(ModelError, match="no such model file"):
        read_model(tmp_path / "gone.tflite")


def test_a_folder_is_refused(tmp_path):
    with pytest.raises(ModelError, match="cannot be read"):
        read_model(tmp_path)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="pipes with names are POSIX's")
def test_pipes_and_devices_are_refused_unread(tmp_path):
    os.mkfifo(tmp_path / "pipe.tflite")
    for path in (tmp_path / "pipe.tflite", "/dev/zero"):
        with pytest.raises(ModelError, match="cannot be read: not a file"):
            read_model(path)


@pytest.mark.parametrize("ending", ["", ".tflite"])
def test_a_name_that_is_too_long_is_refused(ending):
    with pytest.raises(ModelError, match="too long" if ending else "unknown model"):
        read_model("x" * 300 + ending)


def test_a_huge_file_is_refused_unread(tmp_path, monkeypatch, tiny_model):
    monkeypatch.setattr(model_file, "MAX_MODEL_BYTES", 1000)
    with pytest.raises(ModelError, match="larger than any"):
        read_model(tiny_model)


def test_another_network_is_refused(other_network):
    with pytest.raises(ModelError, match="another network: its output"):
        Network(other_network, threads=1)


def test_without_interpreter_the_user_learns_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "ai_edge_litert.interpreter", None)
    monkeypatch.setitem(sys.modules, "tflite_runtime.interpreter", None)
    with pytest.raises(TintLiteError, match="pip install ai-edge-litert"):
        load_litert()


@pytest.mark.parametrize("broken", ["ai_edge_litert", "tflite_runtime"])
@pytest.mark.parametrize(
    "line",
    ["raise ImportError('libc.so.6: version not found')", "import gone_libc_version"],
    ids=["a library", "a package"],
)
def test_an_interpreter_that_cannot_be_loaded_says_why(tmp_path, monkeypatch, broken, line):
    (tmp_path / broken).mkdir()
    (tmp_path / broken / "__init__.py").touch()
    (tmp_path / broken / "interpreter.py").write_text(line)
    for package in ("ai_edge_litert", "tflite_runtime"):
        for name in [name for name in sys.modules if name.split(".")[0] == package]:
            monkeypatch.delitem(sys.modules, name)
    if broken == "tflite_runtime":
        monkeypatch.setitem(sys.modules, "ai_edge_litert.interpreter", None)
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(TintLiteError, match=f"{broken} is installed but .*libc.*version"):
        load_litert()
    for name in [name for name in sys.modules if name.split(".")[0] == broken]:
        del sys.modules[name]


class Standin:
    """An interpreter of the tiny network that fails in one way."""

    def __init__(self, real, failure):
        self._real = real
        self._failure = failure

    def __getattr__(self, name):
        if name == self._failure:
            return self._fail
        return getattr(self._real, name)

    def _fail(self, *_):
        if self._failure == "get_tensor":
            return np.full((1, 32, 32, 2), np.nan, np.float32)
        if self._failure == "invoke":
            raise RuntimeError("Node number 3 failed\nto invoke.")
        return b"\xff".decode()


@pytest.mark.parametrize(
    ("failure", "words"),
    [
        ("get_input_details", "tiny.tflite: a tensor's name is not text"),
        ("get_output_details", "tiny.tflite: a tensor's name is not text"),
        ("invoke", "tiny.tflite: the network failed: Node number 3 failed$"),
        ("get_tensor", "tiny.tflite: the network's output is not finite"),
    ],
)
def test_what_fails_in_the_interpreter_is_a_model_error(monkeypatch, tiny_model, failure, words):
    real = load_litert().Interpreter
    standin = SimpleNamespace(Interpreter=lambda **o: Standin(real(**o), failure))
    monkeypatch.setattr(interpreter, "load_litert", lambda: standin)
    with pytest.raises(ModelError, match=words):
        Network(tiny_model, threads=1).run(np.zeros((64, 64), np.float32))


def test_tflite_runtime_is_the_second_choice(monkeypatch):
    standin = type(sys)("tflite_runtime.interpreter")
    standin.Interpreter = object
    monkeypatch.setitem(sys.modules, "ai_edge_litert.interpreter", None)
    monkeypatch.setitem(sys.modules, "tflite_runtime", type(sys)("tflite_runtime"))
    monkeypatch.setitem(sys.modules, "tflite_runtime.interpreter", standin)
    assert load_litert().Interpreter is object

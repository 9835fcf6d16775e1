"""`.onnx` files on ONNX Runtime: the same colours, the same contract, and nothing unsafe inside."""

import importlib
from pathlib import Path

import numpy as np
import onnx
import pytest

from edge_runtime import Colorizer, Device, ModelError, TintLiteError
from edge_runtime.cli import main
from edge_runtime.engine import choose_engine, gpu_probe
from edge_runtime.engine.accelerator import PROVIDERS
from edge_runtime.engine.gpu_engine import GpuError
from edge_runtime.engine.interpreter import Network
from edge_runtime.engine.pattern import pattern
from edge_runtime.errors import ArgumentError
from edge_runtime.model.contract import METADATA_NAME
from edge_runtime.model.model_file import read_model
from edge_runtime.model.onnx_file import check_onnx, find_property
from edge_runtime.model.seal import seal
from export.contract_writer import with_contract
from export.to_onnx import OPSET, to_onnx

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def tiny_onnx(tmp_path_factory):
    """The network of tiny.tflite, and its contract, as ONNX."""
    source = read_model(ROOT / "tests" / "data" / "tiny.tflite")
    file = tmp_path_factory.mktemp("onnx") / "tiny.onnx"
    file.write_bytes(with_contract(to_onnx(source.data), source.contract))
    return file


def changed(file, change):
    """The file's bytes after a change of its tree, sealed again as whoever edits it would."""
    model = onnx.load(file)
    change(model)
    return seal(model.SerializeToString())


def refusal(tmp_path, data):
    """What is said of these bytes as a model; one sentence."""
    file = tmp_path / "bad.onnx"
    file.write_bytes(data)
    with pytest.raises(ModelError) as error:
        Network(file, 1)
    assert "\n" not in str(error.value)
    return str(error.value)


def test_the_colours_are_those_of_the_tflite(tiny_onnx, tiny_model, grey):
    ours, other = Network(tiny_onnx, 1), Network(tiny_model, 1)
    assert ours.contract == other.contract
    assert (ours.input_size, ours.output_size) == (64, 32)
    assert (ours.accelerator, ours.accelerator_note) == ("onnx:cpu", "")
    rng = np.random.default_rng(3)
    for lightness in (pattern(64), rng.uniform(-1, 1, (64, 64)).astype(np.float32)):
        np.testing.assert_allclose(ours.run(lightness), other.run(lightness), atol=1e-6)
    coloured = [Colorizer(file).colorize(grey) for file in (tiny_onnx, tiny_model)]
    assert np.abs(coloured[0].astype(int) - coloured[1]).max() <= 1
    assert np.ptp(coloured[0].astype(int), axis=-1).max() > 10


def test_what_is_found_is_what_onnx_itself_reads(tiny_onnx):
    data = tiny_onnx.read_bytes()
    start, stop = find_property(data, METADATA_NAME)
    (entry,) = onnx.load_from_string(data).metadata_props
    assert data[start:stop].decode() == entry.value
    assert find_property(data, "another") is None
    assert check_onnx(data) == OPSET


def test_every_cut_and_many_flips_are_refused(tiny_onnx, tmp_path):
    data = tiny_onnx.read_bytes()
    for length in range(0, len(data), 7):
        refusal(tmp_path, data[:length])
    for at in range(0, len(data), 11):
        flipped = bytearray(data)
        flipped[at] ^= 0x55
        refusal(tmp_path, bytes(flipped))


def test_damage_below_a_right_seal_is_an_error_of_ours(tiny_onnx):
    """Whatever the bytes, the walk ends, and with nothing but a ModelError."""
    data = tiny_onnx.read_bytes()
    rng = np.random.default_rng(0)
    for _ in range(300):
        noisy = bytearray(data)
        for at in rng.integers(0, len(data), 4):
            noisy[at] = rng.integers(0, 256)
        try:
            check_onnx(bytes(noisy))
            find_property(bytes(noisy), METADATA_NAME)
        except ModelError:
            pass


def external(model):
    onnx.external_data_helper.set_external_data(model.graph.initializer[0], "/etc/passwd")


def external_constant(model):
    weights = model.graph.initializer[0]
    onnx.external_data_helper.set_external_data(weights, "passwd")
    node = onnx.helper.make_node("Conv", ["a"], ["b"], value=weights)
    model.graph.node.append(node)


def branch(model):
    graph = onnx.helper.make_graph([], "inner", [], [])
    model.graph.node.append(onnx.helper.make_node("Conv", ["a"], ["b"], body=graph))


def function(model):
    model.functions.append(onnx.helper.make_function("x", "f", [], [], [], []))


def of_one_runtime(model):
    model.graph.node[0].domain = "com.microsoft"


def unknown(model):
    model.graph.node[0].op_type = "EPContext\x1b[2J"


def sparse(model):
    model.graph.sparse_initializer.add()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (external, "weights in another file"),
        (external_constant, "weights in another file"),
        (branch, "a graph inside its graph"),
        (function, "functions or a training inside"),
        (of_one_runtime, "an operator that no TintLite model has: Conv"),
        (unknown, r"an operator that no TintLite model has: 'EPContext\x1b[2J'"),
        (sparse, "sparse weights"),
    ],
)
def test_what_a_plain_network_has_not_is_refused_before_it_is_loaded(
    monkeypatch, tiny_onnx, tmp_path, change, words
):
    monkeypatch.setattr(importlib, "import_module", lambda name: pytest.fail(f"{name} was loaded"))
    assert words in refusal(tmp_path, changed(tiny_onnx, change))


def test_a_file_of_endless_parts_is_refused_early():
    with pytest.raises(ModelError, match="too many parts"):
        check_onnx(b"\x08\x08" * 1_500_000)


def test_a_graph_that_does_not_fit_together_is_a_model_error(tiny_onnx, tmp_path):
    def disconnect(model):
        model.graph.node[0].input[0] = "nothing"

    assert "ONNX Runtime cannot run it" in refusal(tmp_path, changed(tiny_onnx, disconnect))


def test_other_ends_are_another_network(tiny_onnx, tmp_path):
    def narrow(model):
        model.graph.input[0].type.tensor_type.shape.dim[2].dim_value = 32
        model.graph.input[0].type.tensor_type.shape.dim[3].dim_value = 32
        model.graph.output[0].type.tensor_type.shape.dim[2].dim_value = 16
        model.graph.output[0].type.tensor_type.shape.dim[3].dim_value = 16

    words = refusal(tmp_path, changed(tiny_onnx, narrow))
    assert words.endswith("its input is not 64 x 64 lightness in float32")


def test_each_accelerator_says_which_file_it_takes(tiny_onnx, tiny_model):
    for name in ("onnx", "onnx:cpu", "onnx:cuda"):
        with pytest.raises(
            ModelError, match=r"tiny.tflite: a .tflite, which ONNX Runtime does not"
        ):
            Network(tiny_model, 1, name)
    with pytest.raises(GpuError, match=r"'gpu' is LiteRT's, for a .tflite"):
        Network(tiny_onnx, 1, "gpu")
    with pytest.raises(ModelError, match="no delegate of LiteRT's"):
        Network(tiny_onnx, 1, delegate="libedgetpu.so.1")
    with pytest.raises(ArgumentError, match="one of cpu, gpu, auto, onnx, onnx:cpu"):
        Device(accelerator="onnx:abacus")
    for name in ("cpu", "onnx:cpu"):
        assert Network(tiny_onnx, 1, name).accelerator == "onnx:cpu"


def test_a_provider_that_is_not_there_says_what_to_install(monkeypatch, tiny_onnx):
    monkeypatch.setattr("edge_runtime.engine.onnx_engine.providers_here", lambda: ["cpu"])
    with pytest.raises(GpuError, match=r"^onnx:cuda cannot be used: .* for cpu: .*onnxruntime-gpu"):
        Network(tiny_onnx, 1, "onnx:cuda")


def test_without_onnx_runtime_the_extra_is_named(monkeypatch, tiny_onnx):
    def missing(name):
        raise ModuleNotFoundError(name=name)

    monkeypatch.setattr(importlib, "import_module", missing)
    with pytest.raises(TintLiteError, match=r"pip install 'tintlite\[onnx\]'$"):
        Network(tiny_onnx, 1)


def test_a_provider_is_tried_in_a_process_of_its_own(monkeypatch, tiny_onnx):
    data = tiny_onnx.read_bytes()
    gpu_probe.probe_gpu(data, 64, 32, "cpu")
    with pytest.raises(GpuError, match="ONNX Runtime cannot run it"):
        gpu_probe.probe_gpu(b"no model", 64, 32, "cpu")
    crash = "import os, signal; os.kill(os.getpid(), signal.SIGSEGV)"
    monkeypatch.setattr(gpu_probe, "_CHILD", crash)
    with pytest.raises(GpuError, match=r"^CUDAExecutionProvider crashed .SIGSEGV"):
        gpu_probe.probe_gpu(data, 64, 32, "cuda")
    # As ONNX Runtime 1.32 says it where CUDA is not installed.
    lacking = (
        "import sys; sys.exit('[E:onnxruntime:Default, provider_bridge_ort.cc:2195] Failed to load"
        " library /x/libonnxruntime_providers_cuda.so with error: libcudnn.so.9: cannot open')"
    )
    monkeypatch.setattr(gpu_probe, "_CHILD", lacking)
    with pytest.raises(
        GpuError, match=r"^libonnxruntime_providers_cuda.so cannot be loaded: libcu"
    ):
        gpu_probe.probe_gpu(data, 64, 32, "cuda")


class Fixed:
    """An engine that always gives the same."""

    def __init__(self, ab):
        self._ab = ab

    def run(self, lightness):
        return self._ab


@pytest.fixture
def stand_in(monkeypatch):
    """Put an engine in the place of CUDA's; it passes the trial."""

    def put(engine):
        own = choose_engine.OnnxEngine
        monkeypatch.setattr(choose_engine, "providers_here", lambda: ["cpu", "cuda", "tensorrt"])
        monkeypatch.setattr(choose_engine, "probe_gpu", lambda *_: None)
        monkeypatch.setattr(
            choose_engine,
            "OnnxEngine",
            lambda data, threads, provider="cpu": engine if provider != "cpu" else own(data, 1),
        )

    return put


def test_a_provider_with_other_colours_is_not_used(stand_in, tiny_onnx):
    stand_in(Fixed(np.zeros((32, 32, 2), np.float32)))
    network = Network(tiny_onnx, 1, "onnx")
    assert network.accelerator == "onnx:cpu"
    assert network.accelerator_note.startswith("cuda is not used: its colours are ")
    with pytest.raises(GpuError, match="onnx:tensorrt cannot be used: its colours"):
        Network(tiny_onnx, 1, "onnx:tensorrt")


@pytest.mark.parametrize("asked", ["onnx", "auto"])
def test_the_faster_of_two_that_agree_is_taken(monkeypatch, stand_in, tiny_onnx, asked):
    gpu = Fixed(Network(tiny_onnx, 1).run(pattern(64)))
    stand_in(gpu)
    times = {True: 2.0, False: 5.0}
    monkeypatch.setattr(choose_engine, "_best_ms", lambda engine, _: times[engine is gpu])
    network = Network(tiny_onnx, 1, asked)
    assert (network.accelerator, network.accelerator_note) == ("onnx:cuda", "")
    times[True] = 5.1
    network = Network(tiny_onnx, 1, asked)
    assert network.accelerator == "onnx:cpu"
    assert network.accelerator_note == "cuda is not used: it takes 5.1 ms a run, the CPU 5.0 ms"


def test_the_commands_take_it(capfd, tiny_onnx, tmp_path):
    photo, target = str(ROOT / "docs/demo/grey.jpg"), str(tmp_path / "a.png")
    asked = ["-m", str(tiny_onnx), "-o", target, "--accelerator", "onnx:cpu"]
    assert main(["colorize", photo, *asked]) == 0
    output, errors = capfd.readouterr()
    assert errors == ""
    assert output.startswith("running on the CPU by ONNX Runtime\n")
    assert main(["info", str(tiny_onnx)]) == 0
    lines = [" ".join(line.split()) for line in capfd.readouterr().out.splitlines()]
    assert {"onnx operators version 17", "input tensor lightness float32 [batch, 1, 64, 64]"} <= {
        *lines
    }
    assert main(["accelerators", "-m", str(tiny_onnx)]) == 0
    names = [line.split()[0] for line in capfd.readouterr().out.splitlines()]
    assert names == ["onnx", *(f"onnx:{name}" for name in PROVIDERS)]

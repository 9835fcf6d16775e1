"""`python -m export check`: what it refuses, what it says, and its exit code."""

import json
import os

import numpy as np
import pytest
from ai_edge_litert import schema_py_generated as schema

from edge_runtime.engine.gpu_engine import GpuError
from edge_runtime.engine.interpreter import Network
from edge_runtime.model.contract import Contract
from export.check import gpu_run
from export.check.agreement import check_kernels, check_reference
from export.check.check_file import check_file, check_size
from export.check.extreme_inputs import extreme_inputs
from export.check.gpu_run import check_gpu_run
from export.check.graph import Graph
from export.cli import others
from train.command import run as run_command

SHAPE = (1, 64, 64, 2)
NO_GPU = {"VK_ICD_FILENAMES": os.devnull, "VK_DRIVER_FILES": os.devnull}


@pytest.fixture(autouse=True)
def no_gpu(monkeypatch):
    """Hide the drivers of a machine that has a GPU, and SwiftShader: both take their time."""
    for name, value in NO_GPU.items():
        monkeypatch.setenv(name, value)


def call(capsys, *words):
    """The exit code, and what was printed in one line."""
    with pytest.raises(SystemExit) as stop:
        run_command(others, "export", ["check", *map(str, words)])
    printed = capsys.readouterr()
    return stop.value.code, " ".join((printed.out + printed.err).replace("│", " ").split())


def test_a_good_file(tiny_model, tmp_path, capsys):
    code, said = call(capsys, tiny_model, "--json", tmp_path / "report.json")
    assert code == 0
    assert "contract pass tiny 1.0, fp32, S = 64, sealed" in said
    assert "xnnpack pass 1 of 1 operators in 1 piece" in said
    assert "gpu run skipped no GPU was tried: " in said
    assert "half precision skipped not checked: give --reference" in said
    report = json.loads((tmp_path / "report.json").read_text())
    assert (report["schema"], report["schema_version"]) == ("tintlite-check", 1)
    assert (report["passed"], report["contract"]["name"]) == (True, "tiny")
    assert {row["check"]: row["status"] for row in report["results"]} == {
        "contract": "pass",
        "operators": "pass",
        "xnnpack": "pass",
        "gpu rules": "pass",
        "half precision": "skipped",
        "gpu run": "skipped",
        "parity": "pass",
        "size": "told",
        "speed": "told",
    }
    assert str(tmp_path) not in json.dumps(report)


def edited(data):
    return data[:900] + bytes([data[900] ^ 1]) + data[901:]


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (edited, "changed or damaged"),
        (lambda data: data[:-1], "cut off"),
        (lambda data: b"", "neither a .tflite"),
        (lambda data: np.random.default_rng(0).bytes(5000), "neither a .tflite"),
        (lambda data: data[:8] + np.random.default_rng(0).bytes(5000), "cut off or damaged"),
    ],
)
def test_a_bad_file_is_refused_before_it_is_run(
    tiny_model, tmp_path, monkeypatch, capsys, change, says
):
    def loaded(*arguments, **options):
        raise AssertionError("its bytes reached an interpreter")

    monkeypatch.setattr("edge_runtime.engine.litert.load_litert", loaded)
    monkeypatch.setattr("edge_runtime.engine.interpreter.load_litert", loaded)
    (tmp_path / "bad.tflite").write_bytes(change(tiny_model.read_bytes()))
    code, said = call(capsys, tmp_path / "bad.tflite", "--json", tmp_path / "report.json")
    assert code == 1
    assert "contract fail" in said
    assert says in said
    report = json.loads((tmp_path / "report.json").read_text())
    assert [row["check"] for row in report["results"]] == ["contract"]
    assert report["passed"] is False


def test_the_report_tells_the_view(tiny_view_model, tmp_path, capsys):
    assert call(capsys, tiny_view_model, "--json", tmp_path / "report.json")[0] == 0
    contract = json.loads((tmp_path / "report.json").read_text())["contract"]
    assert contract["contract_version"] == 2
    assert contract["view"] == {"low": 0.01, "high": 0.99, "least_range": 20.0}


def test_a_reference_of_another_view_is_refused(tiny_model, tiny_view_model, capsys):
    for file, reference in ((tiny_model, tiny_view_model), (tiny_view_model, tiny_model)):
        code, said = call(capsys, file, "--reference", reference)
        assert code == 1
        assert "another tone view than the file" in said


def test_other_networks_are_refused(no_contract_model, other_network, tmp_path, capsys):
    for file, says in (
        (no_contract_model, "no TintLite contract"),
        (other_network, "another network"),
        (tmp_path / "none.tflite", "no such model file"),
        (tmp_path, "not a file"),
    ):
        code, said = call(capsys, file)
        assert code == 1
        assert says in said


def test_a_broken_rule_is_exit_code_1(two_channels, sealed, capsys):
    network, x = two_channels()
    made = schema.L2NormOptionsT()
    file = sealed(network.close(network.step("L2_NORMALIZATION", [x], SHAPE, made, "odd")))
    code, said = call(capsys, file)
    assert code == 1
    assert "xnnpack fail" in said
    assert "L2_NORMALIZATION at odd" in said


def test_names_from_the_file_are_no_markup(builder, sealed, capsys):
    network = builder()
    x = network.conv(network.lightness, np.ones((2, 1, 1, 1)), SHAPE, name="first")
    x = network.step("TANH", [x], SHAPE, None, "[bold]layer[/nothing]")
    code, said = call(capsys, sealed(network.close(x)))
    assert code == 0
    assert "TANH at [bold]layer[/nothing]" in said


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--pictures", "nowhere"], "nowhere does not exist"),
        (["--reference", "nowhere.tflite"], "nowhere.tflite: no such model file"),
        (["--reference", "standard"], "sees 160 x 160, the file 64 x 64"),
        (["--json", "/proc/report.json"], "/proc/report.json cannot be written"),
    ],
)
def test_mistakes_are_one_line(tiny_model, capsys, words, says):
    code, said = call(capsys, tiny_model, *words)
    assert code == 1
    assert says in said
    assert "Traceback" not in said


def test_pictures_and_a_reference(tiny_model, pictures):
    report = check_file(str(tiny_model), reference=str(tiny_model), pictures=str(pictures))
    parity = next(row for row in report.results if row.check == "parity")
    assert parity.status == "pass"
    assert "to the reference on 64 inputs: equal pictures" in parity.detail
    half = next(row for row in report.results if row.check == "half precision")
    assert (half.status, "a run or its weights" in half.detail) == ("skipped", True)


def test_an_overflow_planted_in_a_run_is_found(tiny_model, planted_run, tmp_path, capsys):
    """What is exported of the same run without it keeps the gates (`test_export_model.py`)."""
    report = tmp_path / "report.json"
    code, said = call(capsys, tiny_model, "--reference", planted_run, "--json", report)
    assert code == 1
    assert "half precision fail overflow at block_1_expand on black: half precision ends" in said
    rows = {row["check"]: row for row in json.loads(report.read_text())["results"]}
    assert np.isfinite(rows["parity"]["figures"]["max_ab"])  # in float32 nothing is to be seen


class Zeros:
    """A network that gives no colour."""

    def __init__(self, recipe="int8_ptq"):
        fields = {"training_set": "none", "licence": "none"}
        self.contract = Contract("zeros", "1", 64, recipe, **fields)
        self.input_size, self.output_size = 64, 32

    def run(self, lightness):
        return np.zeros((32, 32, 2), np.float32)


class TestParity:
    def test_far_from_the_reference(self, tiny_model):
        true = Network(tiny_model, threads=1).run
        result = check_reference(Zeros(), true, extreme_inputs(64))
        assert (result.status, "limit 35 dB" in result.detail) == ("fail", True)
        result = check_reference(Zeros("fp32"), true, extreme_inputs(64))
        assert (result.status, "limit 0.1 units" in result.detail) == ("fail", True)

    def test_pictures_that_are_equal_do_not_hide_one_that_is_not(self, tiny_model):
        true = Network(tiny_model, threads=1).run
        inputs = extreme_inputs(64)

        def reference(lightness):
            return (true if lightness is inputs["noise"] else Zeros().run)(lightness)

        result = check_reference(Zeros(), reference, inputs)
        assert (result.status, result.figures["inputs"]) == ("fail", 5)

    def test_far_from_the_plain_kernels(self, tiny_model):
        data = tiny_model.read_bytes()
        assert check_kernels(data, Zeros(), Graph(data), extreme_inputs(64)).status == "fail"

    def test_kernels_that_litert_lacks(self, two_channels):
        network, x = two_channels()
        data = network.close(network.step("ELU", [x], SHAPE, None, "odd"))
        result = check_kernels(data, Zeros(), Graph(data), extreme_inputs(64))
        assert result.status == "skipped"
        assert "'ELU'" in result.detail


class TestSize:
    def named(self, name, recipe="int8_ptq"):
        return Contract(name, "1", 64, recipe, training_set="none", licence="none")

    def test_limits_of_the_shipped_names(self, tiny_model):
        graph = Graph(tiny_model.read_bytes())
        assert check_size(self.named("nano"), 600_000, graph).status == "pass"
        assert check_size(self.named("nano"), 600_001, graph).status == "fail"
        assert check_size(self.named("standard"), 2_500_001, graph).status == "fail"
        assert check_size(self.named("mine"), 9_000_000, graph).status == "told"
        assert check_size(self.named("nano", "fp32"), 900_000, graph).status == "told"

    def test_too_much_work(self, builder):
        network = builder()
        wide = (1, 64, 64, 100)
        x = network.conv(network.lightness, np.ones((100, 1, 1, 1)), wide)
        x = network.conv(x, np.ones((100, 3, 3, 100)), wide)
        graph = Graph(network.close(x))
        result = check_size(self.named("nano"), 1000, graph)
        assert (result.status, "0.369 GMAC" in result.detail) == ("fail", True)


class TestGpuRun:
    @pytest.fixture
    def stand_in(self, monkeypatch):
        """Put an answer, or an error, in the GPU's place."""

        def put(found):
            def probe(*_):
                if isinstance(found, GpuError):
                    raise found

            monkeypatch.setattr(gpu_run, "probe_gpu", probe)
            monkeypatch.setattr(gpu_run, "_run", lambda data, size, inputs: found)

        return put

    def run(self, model):
        network = Network(model, threads=1)
        return check_gpu_run(model.read_bytes(), network, extreme_inputs(64))

    def test_the_cpus_colours(self, tiny_model, stand_in):
        network = Network(tiny_model, threads=1)
        stand_in(np.stack([network.run(x) for x in extreme_inputs(64).values()]))
        assert self.run(tiny_model).status == "pass"

    @pytest.mark.parametrize("value", [0.0, np.nan])
    def test_other_colours(self, tiny_model, stand_in, value):
        stand_in(np.full((5, 32, 32, 2), value, np.float32))
        result = self.run(tiny_model)
        assert (result.status, "more than" in result.detail) == ("fail", True)

    def test_a_gpu_that_fails_is_no_missing_one(self, tiny_model, stand_in):
        stand_in(GpuError("some of its layers cannot run on the GPU"))
        assert self.run(tiny_model).status == "fail"
        stand_in(GpuError("there is no Vulkan driver"))
        result = self.run(tiny_model)
        assert (result.status, result.detail) == (
            "skipped",
            "no GPU was tried: there is no Vulkan driver",
        )

    @pytest.mark.slow
    @pytest.mark.skipif(
        not (gpu_run.CHROMIUM / "vk_swiftshader_icd.json").exists(),
        reason="NO GPU WAS TESTED: SwiftShader is missing (on Debian: apt install chromium-common)",
    )
    def test_in_software(self, two_channels, sealed, monkeypatch):
        for name in NO_GPU:
            monkeypatch.delenv(name)
        network, x = two_channels()
        result = self.run(sealed(network.close(x)))
        assert (result.status, "SwiftShader" in result.detail) == ("pass", True)
        assert max(result.figures["rms_ab_to_cpu"].values()) < 0.01
        network, x = two_channels()
        made = schema.L2NormOptionsT()
        x = network.step("L2_NORMALIZATION", [x], SHAPE, made, "odd")
        assert self.run(sealed(network.close(x))).status == "fail"

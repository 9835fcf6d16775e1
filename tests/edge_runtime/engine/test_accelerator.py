"""`--accelerator` and `--delegate`: what runs a network, and what is said where it cannot."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from edge_runtime import (
    Colorizer,
    Device,
    ModelError,
    TintLiteError,
)
from edge_runtime.cli import main
from edge_runtime.engine import choose_engine, gpu_engine, gpu_probe
from edge_runtime.engine.choose_engine import check_distance
from edge_runtime.engine.gpu_engine import GpuError
from edge_runtime.engine.interpreter import Network
from edge_runtime.engine.pattern import pattern
from edge_runtime.model.model_file import read_model

ROOT = Path(__file__).parents[3]

# Debian's Chromium (and every other) brings SwiftShader, Vulkan in software, and a Vulkan loader.
CHROMIUM = Path("/usr/lib/chromium")
SOFTWARE_GPU = {
    "VK_ICD_FILENAMES": str(CHROMIUM / "vk_swiftshader_icd.json"),
    "LD_LIBRARY_PATH": str(CHROMIUM),
}
needs_software_gpu = pytest.mark.skipif(
    not (CHROMIUM / "vk_swiftshader_icd.json").exists(),
    reason="NO GPU WAS TESTED: SwiftShader is missing (on Debian: apt install chromium-common)",
)
NO_GPU = {"VK_ICD_FILENAMES": os.devnull, "VK_DRIVER_FILES": os.devnull}


@pytest.fixture
def no_gpu(monkeypatch):
    """Hide the drivers of a machine that has a GPU."""
    for name, value in NO_GPU.items():
        monkeypatch.setenv(name, value)


class Fixed:
    """An engine that always gives the same, or fails."""

    def __init__(self, ab):
        self._ab = ab

    def run(self, lightness):
        if isinstance(self._ab, Exception):
            raise self._ab
        return self._ab


def colours(strength: float) -> np.ndarray:
    """float32 [8, 8, 2] of noise whose root mean square is `strength` units of a* and b*."""
    noise = np.random.default_rng(7).normal(size=(8, 8, 2))
    return (noise / np.sqrt((noise**2).mean()) * strength / 110).astype(np.float32)


@pytest.fixture
def stand_in_gpu(monkeypatch):
    """Put something else in the place of the GPU; it passes the trial."""

    def put(engine):
        monkeypatch.setattr(choose_engine, "probe_gpu", lambda *_: None)
        monkeypatch.setattr(choose_engine, "GpuEngine", lambda *_: engine)

    return put


def test_the_cpu_is_the_default(tiny_model):
    colorizer = Colorizer(tiny_model)
    assert (colorizer.accelerator, colorizer.accelerator_note) == ("cpu", "")


@pytest.mark.parametrize(
    ("choice", "words"),
    [({"accelerator": "npu"}, "one of cpu, gpu, auto"), ({"accelerator": ""}, "one of cpu")]
    + [({"accelerator": name, "delegate": "x.so"}, "beside the CPU") for name in ("gpu", "auto")],
)
def test_a_wrong_choice(choice, words):
    with pytest.raises(ValueError, match=words):
        Device(**choice)


def test_without_a_gpu_auto_colours_on_the_cpu_and_says_so(no_gpu, tiny_model, grey):
    colorizer = Colorizer(tiny_model, Device(accelerator="auto"))
    assert colorizer.accelerator == "cpu"
    assert colorizer.accelerator_note.startswith("the GPU is not used: ")
    np.testing.assert_array_equal(colorizer.colorize(grey), Colorizer(tiny_model).colorize(grey))


def test_without_a_gpu_gpu_is_an_error(no_gpu, tiny_model):
    with pytest.raises(TintLiteError, match=r"^the GPU cannot be used: .*(Vulkan|GPU)") as error:
        Colorizer(tiny_model, Device(accelerator="gpu"))
    assert "\n" not in str(error.value)


def test_a_bad_model_is_refused_before_the_gpu_sees_it(monkeypatch, tmp_path, tiny_model):
    seen = []
    monkeypatch.setattr(choose_engine, "probe_gpu", lambda *_: seen.append(1))
    data = bytearray(tiny_model.read_bytes())
    data[len(data) // 2] ^= 1
    (tmp_path / "bad.tflite").write_bytes(data)
    with pytest.raises(ModelError):
        Colorizer(tmp_path / "bad.tflite", Device(accelerator="gpu"))
    assert not seen


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("import os, signal; os.kill(os.getpid(), signal.SIGSEGV)", "crashed .SIGSEGV"),
        ("import os, signal; os.kill(os.getpid(), signal.SIGILL)", "needs instructions"),
        (
            "import os, sys; print('FATAL ERROR: This binary was compiled with dotprod enabled',"
            " file=sys.stderr, flush=True); os.abort()",
            "needs instructions",
        ),
        ("import time; time.sleep(60)", "no answer within 1 seconds"),
        ("raise SystemExit('some layers are left over')", "some layers are left over"),
        ("raise SystemExit(3)", "ended with code 3"),
    ],
)
def test_a_gpu_library_that_crashes_or_hangs_takes_nothing_along(
    monkeypatch, tiny_model, code, reason
):
    monkeypatch.setattr(gpu_probe, "_CHILD", code)
    monkeypatch.setattr(gpu_probe, "PROBE_SECONDS", 1.0 if "sleep" in code else 60.0)
    colorizer = Colorizer(tiny_model, Device(accelerator="auto"))
    assert colorizer.accelerator == "cpu"
    with pytest.raises(GpuError, match=reason):
        Colorizer(tiny_model, Device(accelerator="gpu"))


def test_the_trial_takes_no_module_of_the_folder_it_starts_in(monkeypatch, tmp_path, tiny_model):
    (tmp_path / "numpy.py").write_text("raise SystemExit('a module from elsewhere')")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(GpuError) as error:
        gpu_probe.probe_gpu(b"no model", 64, 32)
    assert "elsewhere" not in str(error.value)


def test_other_packages_and_older_versions_have_no_gpu(monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(GpuError, match="too old"):
        gpu_engine.check_compiled_model()

    def missing(name):
        raise ModuleNotFoundError(name)

    monkeypatch.setattr("importlib.util.find_spec", missing)
    with pytest.raises(GpuError, match="only ai-edge-litert"):
        gpu_engine.check_compiled_model()


@pytest.mark.parametrize(
    ("expected", "found"),
    [
        (colours(20), colours(21.9)),  # less than a tenth off
        (colours(0.5), colours(1.4)),  # less than one unit off
        (colours(0), colours(0)),
    ],
)
def test_a_gpu_that_differs_a_little_is_trusted(expected, found):
    check_distance(Fixed(found), Fixed(expected), pattern(8))


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (colours(22.1), "2.1 units .* more than 2.0"),
        (colours(0), "20.0 units"),
        (-colours(20), "40.0 units"),
        (np.full((8, 8, 2), np.nan, np.float32), "nan units"),
        (np.full((8, 8, 2), np.inf, np.float32), "inf units"),
        (RuntimeError("the device is lost"), "the device is lost"),
    ],
)
@pytest.mark.filterwarnings("ignore:overflow")
def test_a_gpu_with_other_colours_is_refused(found, words):
    with pytest.raises(GpuError, match=words):
        check_distance(Fixed(found), Fixed(colours(20)), pattern(8))


def test_a_gpu_that_answers_wrong_is_not_used(stand_in_gpu, tiny_model):
    stand_in_gpu(Fixed(np.zeros((32, 32, 2), np.float32)))
    assert "units of a* and b* off" in Network(tiny_model, 1, "auto").accelerator_note
    with pytest.raises(GpuError, match="off those of the CPU"):
        Network(tiny_model, 1, "gpu")


def test_auto_takes_the_faster_of_two_that_agree(monkeypatch, stand_in_gpu, tiny_model):
    stand_in_gpu(Fixed(Network(tiny_model, 1).run(pattern(64))))
    times = {"gpu": 2.0, "cpu": 5.0}
    engines = iter(["gpu", "cpu"] * 2)
    monkeypatch.setattr(choose_engine, "_best_ms", lambda *_: times[next(engines)])
    network = Network(tiny_model, 1, "auto")
    assert (network.accelerator, network.accelerator_note) == ("gpu", "")
    times["gpu"] = 5.1
    network = Network(tiny_model, 1, "auto")
    assert network.accelerator == "cpu"
    assert "5.1 ms a run, the CPU 5.0 ms" in network.accelerator_note


def test_a_gpu_that_fails_later_is_a_model_error(stand_in_gpu, tiny_model):
    engine = Fixed(Network(tiny_model, 1).run(pattern(64)))
    stand_in_gpu(engine)
    network = Network(tiny_model, 1, "gpu")
    assert network.accelerator == "gpu"
    engine._ab = RuntimeError("the device is lost\nand more")
    with pytest.raises(ModelError, match=r"tiny.tflite: the network failed: the device is lost$"):
        network.run(pattern(64))


def on_software_gpu(*arguments: str) -> subprocess.CompletedProcess:
    """Run Python with SwiftShader as its GPU, which the loader must know from the start."""
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT,
        env=os.environ | SOFTWARE_GPU,
        capture_output=True,
        text=True,
        timeout=400,
    )


_COMPARE = """
import sys, threading
import numpy as np
from edge_runtime.engine.gpu_engine import GpuEngine
from edge_runtime.engine.interpreter import Network
from edge_runtime.engine.pattern import pattern

model = sys.argv[1]
cpu, gpu = Network(model, 1), Network(model, 1, "gpu")
assert (gpu.accelerator, gpu.accelerator_note) == ("gpu", ""), gpu.accelerator_note
assert isinstance(gpu._engine, GpuEngine) and gpu._engine._model.is_fully_accelerated()
size = cpu.input_size
inputs = {
    "pattern": pattern(size),
    "black": np.full((size, size), -1, np.float32),
    "white": np.full((size, size), 1, np.float32),
    "noise": np.random.default_rng(5).uniform(-1, 1, (size, size)).astype(np.float32),
}
worst = 0.0
for name, lightness in inputs.items():
    answers = []
    other = threading.Thread(target=lambda: answers.append(gpu.run(lightness)))
    other.start()
    other.join()
    difference = (answers[0] - cpu.run(lightness)) * 110
    worst = max(worst, float(np.sqrt((difference**2).mean())))
print(f"worst {worst:.6f}")
"""


def worst_distance(model) -> float:
    """The largest root mean square of GPU against CPU, in units of a* and b*."""
    result = on_software_gpu("-c", _COMPARE, str(model))
    assert result.returncode == 0, result.stderr[-2000:]
    return float(result.stdout.split("worst ")[1])


@needs_software_gpu
def test_a_float_model_is_the_same_on_a_real_gpu_driver(tiny_model):
    assert worst_distance(tiny_model) < 1e-3


@needs_software_gpu
@pytest.mark.slow
@pytest.mark.parametrize("name", ["nano", "standard"])
def test_the_shipped_models_run_whole_on_the_gpu(name):
    assert worst_distance(name) < 1.0  # int8 on the CPU, float on the GPU


@needs_software_gpu
def test_the_command_says_what_runs(tiny_model, tmp_path):
    arguments = ("-m", "edge_runtime", "colorize", "docs/demo/grey.jpg", "-m", str(tiny_model))
    result = on_software_gpu(*arguments, "-o", f"{tmp_path}/a.png", "--accelerator", "gpu")
    assert (result.returncode, result.stderr) == (0, "")
    assert result.stdout.splitlines()[0] == "running on the GPU"
    # In software it is slower, so `auto` has both reasons and the right to refuse it.
    result = on_software_gpu("-m", "edge_runtime", "accelerators", "-m", str(tiny_model))
    assert (result.returncode, result.stderr) == (0, "")
    cpu, gpu, auto = result.stdout.splitlines()
    assert (cpu.split(), gpu.split()) == (["cpu", "yes"], ["gpu", "yes"])
    assert auto.startswith("auto  cpu: the GPU is not used: it takes ")


def test_the_command_on_a_machine_without_gpu(no_gpu, capfd, tiny_model, tmp_path):
    arguments = ["colorize", str(ROOT / "docs/demo/grey.jpg"), "-m", str(tiny_model)]
    code = main([*arguments, "-o", str(tmp_path / "a.png"), "--accelerator", "auto"])
    output, errors = capfd.readouterr()
    assert (code, errors) == (0, "")
    assert output.startswith("running on the CPU: the GPU is not used: ")
    code = main([*arguments, "-o", str(tmp_path / "b.png"), "--accelerator", "gpu"])
    output, errors = capfd.readouterr()
    assert (code, output) == (1, "")
    assert errors.startswith("tintlite: the GPU cannot be used: ")
    assert errors.count("\n") == 1
    assert not (tmp_path / "b.png").exists()
    code = main([*arguments, "--accelerator", "auto", "--delegate", "x.so"])
    assert code == 2
    assert "beside the CPU" in capfd.readouterr().err
    assert main(["accelerators", "-m", str(tiny_model)]) == 0
    output, errors = capfd.readouterr()
    assert errors == ""
    assert [line.split()[:2] for line in output.splitlines()] == [
        ["cpu", "yes"],
        ["gpu", "no:"],
        ["auto", "cpu:"],
    ]


@pytest.fixture(scope="module")
def delegate(tmp_path_factory):
    """Compile a variant of tests/data/delegate.c."""
    compiler = shutil.which("cc")
    if compiler is None or sys.platform != "linux":
        pytest.skip("NO DELEGATE WAS TESTED: there is no C compiler")

    def build(*options):
        library = tmp_path_factory.mktemp("delegate") / "delegate.so"
        source = ROOT / "tests/data/delegate.c"
        command = [compiler, "-shared", "-fPIC", "-w", *options, "-o", str(library), str(source)]
        subprocess.run(command, check=True)
        return library

    return build


def test_a_delegate_runs_the_network(delegate, tiny_model):
    network = Network(tiny_model, 1, delegate=delegate())
    assert (network.accelerator, network.accelerator_note) == ("delegate", "")
    np.testing.assert_array_equal(network.run(pattern(64)), np.full((32, 32, 2), 0.25, np.float32))
    colorizer = Colorizer(tiny_model, Device(delegate=str(delegate())))
    assert colorizer.accelerator == "delegate"
    assert np.ptp(colorizer.colorize(np.full((8, 8), 120, np.uint8))) > 20


def test_a_delegate_that_fails_is_a_model_error(delegate, tiny_model):
    network = Network(tiny_model, 1, delegate=delegate("-DFAILS"))
    with pytest.raises(ModelError, match=r"the network failed: .*Quarter"):
        network.run(pattern(64))


def test_a_delegate_that_takes_nothing_is_told_of(delegate, tiny_model):
    with pytest.raises(ModelError, match=r"delegate.so runs none of its operators"):
        Network(tiny_model, 1, delegate=delegate("-DTAKES_NOTHING"))


@pytest.mark.filterwarnings("error")
def test_a_delegate_without_its_chip(delegate, tiny_model):
    with pytest.raises(TintLiteError, match=r"delegate.so does not start: no chip was found$"):
        Network(tiny_model, 1, delegate=delegate("-DNO_CHIP"))


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize(
    ("library", "words"),
    [
        ("libedgetpu_gone.so.1", "libedgetpu_gone.so.1: cannot open shared object file"),
        (__file__, "invalid ELF header|file too short"),
        (str(Path(__file__).parent), "cannot read file data|Is a directory"),
        ("", "empty"),
        ("a\0b", "null"),
        ("libc.so.6", "no LiteRT delegate"),
    ],
    ids=["missing", "a text", "a folder", "empty", "null", "another library"],
)
@pytest.mark.skipif(sys.platform != "linux", reason="the loader's words are those of Linux")
def test_what_is_no_delegate(capfd, tiny_model, library, words):
    with pytest.raises(TintLiteError, match=words) as error:
        Network(tiny_model, 1, delegate=library)
    assert "\n" not in str(error.value)
    assert "Exception ignored" not in capfd.readouterr().err


def test_the_command_with_a_wrong_delegate(capfd, tiny_model, tmp_path):
    arguments = ["colorize", str(ROOT / "docs/demo/grey.jpg"), "-m", str(tiny_model)]
    assert main([*arguments, "-o", str(tmp_path / "a.png"), "--delegate", "gone.so"]) == 1
    output, errors = capfd.readouterr()
    assert (output, errors.count("\n")) == ("", 1)
    assert errors.startswith("tintlite: the delegate cannot be loaded: gone.so: ")
    assert not (tmp_path / "a.png").exists()


def test_the_pattern_has_colours_to_compare():
    assert pattern(160).shape == (160, 160)
    assert pattern(160).dtype == np.float32
    assert np.abs(pattern(160)).max() <= 1
    for name in ("nano", "standard"):
        ab = Network(name, 1).run(pattern(read_model(name).contract.input_size)) * 110
        assert np.sqrt((ab**2).mean()) > 5

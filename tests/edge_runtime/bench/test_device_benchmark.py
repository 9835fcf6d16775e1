"""`tintlite benchmark`: the live view's own colours, honest times, heat where a board tells it."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from edge_runtime import Device
from edge_runtime.bench import device
from edge_runtime.bench.device import measure_device
from edge_runtime.bench.frame_loop import SIZES, FrameLoop, grey_frames
from edge_runtime.bench.result_file import read
from edge_runtime.bench.temperature import Heat, read_heat
from edge_runtime.bench.timing import time_runs, times_of
from edge_runtime.cli import main
from edge_runtime.colorizer import Colorizer
from edge_runtime.live.live_view import LiveView
from edge_runtime.steady.temporal import ChromaSmoother

ROOT = Path(__file__).parents[3]


class Clock:
    """Time that passes when it is told to."""

    def __init__(self):
        self.now = 100.0

    def __call__(self):
        return self.now


def timed(durations, **limits):
    """The times of runs that last so long, in seconds, the last one for ever after."""
    clock, left = Clock(), list(durations)

    def work():
        clock.now += left.pop(0) if len(left) > 1 else left[0]

    return time_runs(work, clock=clock, **limits)


def test_runs_are_as_many_and_as_long_as_asked():
    assert timed([0.5], runs=3, min_secs=0, max_secs=99) == pytest.approx([500] * 3)
    assert timed([0.5], runs=1, min_secs=2.0, max_secs=99) == pytest.approx([500] * 4)
    # No run begins after the limit, and there is always one.
    assert timed([3], runs=50, min_secs=0, max_secs=7) == pytest.approx([3000] * 3)
    assert timed([3], runs=50, min_secs=0, max_secs=0.1) == pytest.approx([3000])


def test_percentiles_are_those_of_numpy_and_of_a_count_by_hand():
    durations = [0.010] * 89 + [0.020] * 10 + [0.500]
    times = times_of(timed(durations, runs=100, min_secs=0, max_secs=99))
    assert times.runs == 100
    assert times.median == pytest.approx(10)
    assert times.p90 == pytest.approx(20)
    assert times.p99 == pytest.approx(20 + 0.01 * 480)
    rng = np.random.default_rng(1)
    values = rng.gamma(2, 5, 173)
    expected = [np.quantile(values, q, method="linear") for q in (0.5, 0.9, 0.99)]
    found = times_of(values.tolist())
    assert [found.median, found.p90, found.p99] == pytest.approx(expected)


class SleepingColorizer:
    """A network that takes 30 ms, of a clock of its own."""

    def __init__(self, colorizer, clock):
        self._colorizer = colorizer
        self._clock = clock

    def __getattr__(self, name):
        return getattr(self._colorizer, name)

    def predict(self, view):
        self._clock.now += 0.030
        return self._colorizer.predict(view)


def test_the_part_of_the_network_is_the_network_s(tiny_model):
    clock = Clock()
    sleeping = SleepingColorizer(Colorizer(tiny_model, Device(threads=1)), clock)
    loop = FrameLoop(sleeping, grey_frames(160, 120), clock)
    frames = time_runs(loop.colour_next, runs=5, min_secs=0, max_secs=9, clock=clock)
    assert frames == pytest.approx([30] * 5)
    assert loop.network_ms == pytest.approx([30] * 5)


def test_frames_differ_and_are_always_the_same():
    frames, again = grey_frames(320, 180), grey_frames(320, 180)
    assert all(np.array_equal(one, other) for one, other in zip(frames, again, strict=True))
    assert all(frame.shape == (180, 320) and frame.dtype == np.uint8 for frame in frames)
    assert not np.array_equal(frames[0], frames[1])
    assert frames[0].std() > 20


def test_the_loop_gives_the_live_view_s_colours(tiny_model):
    colorizer = Colorizer(tiny_model, Device(threads=1))
    frames = grey_frames(200, 150)
    loop = FrameLoop(colorizer, frames)
    view = LiveView(lambda: None, colorizer=colorizer, smoother=ChromaSmoother())
    for frame in (*frames, *frames[-2:0:-1], frames[0]):
        assert np.array_equal(loop.colour_next(), view._colour(frame, view._setup))


def test_rows_hold_together(tiny_model, no_contract_model):
    models = {"tiny": str(tiny_model), "bad": str(no_contract_model)}
    rows = list(measure_device(models, threads=1, seconds=0.05, sizes=["480p"]))
    good, bad = rows
    assert (good.model, good.size, good.accelerator, good.error) == ("tiny", "480p", "cpu", None)
    assert good.frames >= 1
    assert 0 < good.network_ms < good.median_ms <= good.p90_ms
    assert good.fps > 0
    assert bad.fps is None
    assert "no TintLite contract" in bad.error
    assert str(no_contract_model.parent) not in bad.error


def test_the_command_writes_what_the_report_reads(tiny_model, no_contract_model, tmp_path, capsys):
    out = tmp_path / "result.json"
    arguments = ["benchmark", "-m", str(tiny_model), "-m", str(no_contract_model), "--seconds"]
    code = main([*arguments, "0.1", "--threads", "1", "-o", str(out)])
    printed = capsys.readouterr()
    assert code == 1
    assert "no_contract.tflite: the model has no TintLite contract" in printed.err
    assert "Traceback" not in printed.err
    assert f"wrote {out}" in printed.out
    assert all(size in printed.out for size in SIZES)
    result = read(out)
    assert result.kind == "device"
    assert [(r["model"], r["size"]) for r in result.rows[:3]] == [("tiny", s) for s in SIZES]
    assert all(row["fps"] > 0 for row in result.rows[:3])
    assert all(row["error"] for row in result.rows[3:])
    assert set(result.models) == {"tiny"}
    assert str(tmp_path) not in out.read_text("utf-8")
    assert str(tiny_model.parent) not in out.read_text("utf-8")

    before = out.read_bytes()
    assert main([*arguments, "0.1", "-o", str(out)]) == 1
    assert "--overwrite" in capsys.readouterr().err
    assert out.read_bytes() == before


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (["--model", "nano", "-o", "missing/result.json"], 1, "no folder"),
        (["--model", "nano", "-o", "."], 1, "no name of a file"),
        (["--model", "nothing", "--seconds", "0.1"], 1, "unknown model 'nothing'"),
        (["--seconds", "0"], 2, "0.1"),
        (["--threads", "0"], 2, "range 1<=x<=64"),
    ],
)
def test_mistakes_are_one_sentence(arguments, code, says, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert main(["benchmark", *arguments]) == code
    error = capsys.readouterr().err
    assert says in error
    assert "Traceback" not in error


def test_it_needs_no_workshop(tiny_model, tmp_path):
    code = (
        "import sys; from edge_runtime.cli import main;"
        "code = main(sys.argv[1:]);"
        "heavy = {'tensorflow', 'keras', 'tf_keras', 'torch', 'jax', 'train', 'benchmarks'};"
        "print(code, sorted(heavy & set(sys.modules)), file=sys.stderr)"
    )
    arguments = ["benchmark", "-m", str(tiny_model), "--seconds", "0.1", "-o", "result.json"]
    result = subprocess.run(
        [sys.executable, "-c", code, *arguments],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
    )
    assert result.stderr.splitlines()[-1] == "0 []"
    assert json.loads((tmp_path / "result.json").read_text("utf-8"))["kind"] == "device"


@pytest.fixture
def firmware(tmp_path, monkeypatch):
    """A `vcgencmd` on the path that answers what it is told."""

    def install(**answers):
        cases = "\n".join(f"{name}) {answer};;" for name, answer in answers.items())
        program = tmp_path / "vcgencmd"
        program.write_text(f'#!/bin/sh\ncase "$1" in\n{cases}\nesac\n')
        program.chmod(0o755)
        monkeypatch.setenv("PATH", f"{tmp_path}:/bin:/usr/bin")

    return install


@pytest.mark.parametrize(
    ("temperature", "throttled", "expected"),
    [
        ('echo "temp=48.3\'C"', "echo throttled=0x0", Heat(48.3, "no")),
        (
            'echo "temp=81.0\'C"',
            "echo throttled=0x50005",
            Heat(81.0, "now: under-voltage, throttled; since the start: under-voltage, throttled"),
        ),
        (
            'echo "temp=60.0\'C"',
            "echo throttled=0x80000",
            Heat(60.0, "since the start: soft temperature limit"),
        ),
        ("echo temp=hot", "echo throttled=0xzz", Heat(None, None)),
        ('echo "temp=900.0\'C"', "exit 3", Heat(None, None)),
        (
            "head -c 100000 /dev/zero",
            "echo VCHI initialization failed >&2; exit 255",
            Heat(None, None),
        ),
    ],
)
def test_a_raspberry_pi_s_firmware_is_asked(firmware, tmp_path, temperature, throttled, expected):
    firmware(measure_temp=temperature, get_throttled=throttled)
    assert read_heat(tmp_path / "no-sys") == expected


def test_other_machines_tell_by_the_kernel(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    assert read_heat(tmp_path) == Heat(None, None)
    zones = {"acpitz": "20000", "iwlwifi_1": "70000", "x86_pkg_temp": "55500", "cpu-1": "x"}
    for number, (kind, temperature) in enumerate(zones.items()):
        folder = tmp_path / "sys" / "class" / "thermal" / f"thermal_zone{number}"
        folder.mkdir(parents=True)
        (folder / "type").write_text(f"{kind}\n")
        (folder / "temp").write_text(f"{temperature}\n")
    assert read_heat(tmp_path) == Heat(55.5, None)


def test_a_process_that_dies_is_a_row(tiny_model, monkeypatch):
    monkeypatch.setattr(device, "_CHILD", "import os, signal; os.kill(os.getpid(), signal.SIGILL)")
    (row,) = measure_device({"tiny": str(tiny_model)}, threads=1, seconds=0.05, sizes=["480p"])
    assert row.error == "tiny.tflite: the process was ended by SIGILL"
    assert row.fps is None

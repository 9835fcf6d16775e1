"""Latency: honest times, ratios that hold, and rows that say why where something fails."""

import json
import os
import subprocess
import sys
import time
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from benchmarks.cli import app
from benchmarks.latency import load, worker
from benchmarks.latency.job import (
    AI_EDGE_LITERT,
    COMPILED_MODEL,
    FLOAT32,
    KERAS,
    TF_LITE,
    LatencyJob,
)
from benchmarks.latency.jobs_of import jobs_of
from benchmarks.latency.measure import measure_jobs, steps_of
from benchmarks.latency.worker import JobError, WorkerProcess
from edge_runtime.bench.result_file import read
from edge_runtime.bench.timing import TimingRules, time_runs
from edge_runtime.engine.interpreter import Network
from export.check.delegated import delegated_operators
from train.command import run

ROOT = Path(__file__).parents[2]
RULES = TimingRules(warmup_runs=1, warmup_min_secs=0, num_runs=10, min_secs=0, max_secs=60)


@dataclass
class Table:
    """Fake workers at one table, and what was asked of whom."""

    asked: list = field(default_factory=list)
    closed: list = field(default_factory=list)

    def start(self, job):
        return FakeWorker(self, job)


class FakeWorker:
    """Needs 1 ms more each run; some are broken."""

    def __init__(self, table, job):
        self._table, self._job, self._ms = table, job, 0.0

    def ask(self, what, seconds, *arguments):
        self._table.asked.append((self._job.model, what))
        if self._job.model == f"breaks at {what}":
            raise JobError(f"it broke at {what}")
        if what == "load":
            return {"start_ms": 5.0, "first_ms": 9.0, "import_ms": 7.0, "input_size": 64}
        if what == "evaluate":
            return {"pictures": arguments[1], "rgb_psnr": 24.0, "gain": 1.5}
        runs = arguments[0]
        times = [self._ms + number + 1 for number in range(runs)]
        self._ms += runs
        return {"times": times, "peak_memory_mib": 50.0}

    def close(self):
        self._table.closed.append(self._job.model)


def jobs(*models, **setting):
    return [LatencyJob(model, AI_EDGE_LITERT, **setting) for model in models]


def test_models_take_turns_and_all_their_runs_count():
    table = Table()
    results = list(measure_jobs(jobs("a", "b"), RULES, 5, start=table.start))
    turns = [model for model, what in table.asked if what == "time"]
    assert turns == ["a", "b", "b", "a", "a", "b", "b", "a", "a", "b"]
    row = results[0].row("a")
    assert row["runs"] == 10
    assert row["median_ms"] == np.median(np.arange(1, 11))
    assert row["p90_ms"] == pytest.approx(np.percentile(np.arange(1, 11), 90))
    assert row["pictures_per_s"] == pytest.approx(1000 / 5.5)
    assert (row["first_ms"], row["start_ms"], row["peak_memory_mib"]) == (9.0, 5.0, 50.0)
    assert row["error"] is None
    assert table.closed == ["a", "b"]


def test_the_broken_have_their_rows_and_the_others_go_on():
    table = Table()
    names = ["good", "breaks at load", "breaks at time", "fine"]
    results = list(measure_jobs(jobs(*names), RULES, 2, start=table.start))
    rows = {result.job.model: result.row("x") for result in results}
    assert list(rows) == names
    assert {name for name in names if rows[name]["error"]} == set(names[1:3])
    assert rows["breaks at time"]["error"] == "it broke at time"
    assert rows["breaks at time"]["median_ms"] is None
    assert rows["good"]["runs"] == rows["fine"]["runs"] == 10
    assert set(table.closed) == {*names}
    # Nobody is asked again after having failed.
    assert table.asked.count(("breaks at time", "time")) == 1


def test_all_are_closed_when_it_is_interrupted():
    table = Table()

    def interrupt(text):
        if len(table.asked) == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        list(measure_jobs(jobs("a", "b"), RULES, 5, on_step=interrupt, start=table.start))
    assert table.closed == ["a", "b"]


def test_a_network_is_judged_once_for_all_its_threads():
    table = Table()
    both = [*jobs("a"), *jobs("a", threads=2), *jobs("a", what="640x480")]
    results = measure_jobs(both, RULES, 1, ("photos", 7), start=table.start)
    rows = [result.row("a") for result in results]
    assert [row.get("rgb_psnr") for row in rows] == [24.0, 24.0, None]
    assert rows[0]["pictures"] == 7
    assert table.asked.count(("a", "evaluate")) == 1


def test_steps_are_counted_right():
    steps = []
    some = [*jobs("a", "b", "breaks at load"), *jobs("a", threads=2)]
    list(measure_jobs(some, RULES, 3, on_step=steps.append, start=Table().start))
    assert len(steps) == steps_of(some, 3)


def test_what_delegates_run_is_found():
    def operator(name, inputs, outputs):
        return {"op_name": name, "inputs": np.array(inputs), "outputs": np.array(outputs)}

    # 0 -> CONV 1 -> TILE 2 -> ADD (with 1) 3 -> CONV 4; the delegate takes all but TILE.
    own = [
        operator("CONV_2D", [0, 10, -1], [1]),
        operator("TILE", [1], [2]),
        operator("ADD", [2, 1], [3]),
        operator("CONV_2D", [3, 11], [4]),
    ]
    first = operator("DELEGATE", [0, 10], [1])
    last = operator("DELEGATE", [2, 1, 11], [4])
    assert delegated_operators(own) == (set(), 4)
    assert delegated_operators([*own, last]) == ({2, 3}, 4)
    assert delegated_operators([*own, first, last]) == ({0, 2, 3}, 4)
    assert delegated_operators([]) == (set(), 0)


def test_xnnpack_s_share_agrees_with_litert_without_delegates(tiny_model):
    from ai_edge_litert.interpreter import Interpreter, OpResolverType

    plain = OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES
    without = Interpreter(str(tiny_model), experimental_op_resolver_type=plain)
    without.allocate_tensors()
    taken, operators = delegated_operators(without._get_ops_details())
    assert not taken
    xnnpack = Interpreter(str(tiny_model))
    xnnpack.allocate_tensors()
    # XNNPACK takes all of a small float network.
    assert delegated_operators(xnnpack._get_ops_details()) == (set(range(operators)), operators)


@pytest.mark.parametrize("name", ["tiny", "tiny_integer"])  # the latter has int8 ends
def test_every_interpreter_gives_the_runtime_s_colours(tiny_model, name):
    model = str(tiny_model.with_name(f"{name}.tflite"))
    network = Network(model, threads=1)
    lightness = np.random.default_rng(3).uniform(-1, 1, (64, 64)).astype(np.float32)
    expected = network.run(lightness)
    for interpreter in (AI_EDGE_LITERT, COMPILED_MODEL):
        job = LatencyJob(model, interpreter)
        found = load.import_for(job)().run(lightness[None, :, :, None])
        assert found.shape == (1, 32, 32, 2)
        np.testing.assert_allclose(found[0], expected, atol=1e-6)


def test_jobs_are_all_combinations():
    found = jobs_of(
        ["nano", "run.weights.h5", "standard"],
        interpreters=(AI_EDGE_LITERT, TF_LITE),
        threads=(1, 4),
        accelerators=("cpu", "gpu"),
        batch=8,
        whole_pictures=True,
    )
    assert len(set(found)) == len(found)
    files = [job for job in found if job.model != "run.weights.h5"]
    # Two interpreters and two numbers of threads; once on the GPU; three pictures at both threads.
    assert len(files) == 2 * (2 * 2 + 1 + 3 * 2)
    assert {job.interpreter for job in files if job.accelerator == "gpu"} == {COMPILED_MODEL}
    keras = [job for job in found if job.model == "run.weights.h5"]
    assert [(job.accelerator, job.threads) for job in keras] == [("cpu", 1), ("cpu", 4), ("gpu", 1)]
    assert {(job.interpreter, job.precision, job.batch) for job in keras} == {(KERAS, FLOAT32, 8)}
    # Models of one setting stand together, to be timed in turn.
    settings = [job.setting for job in files]
    assert all(settings[i] == settings[i + 1] for i in range(0, len(settings), 2))


def test_no_gpu_is_an_answer(monkeypatch):
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "-1")
    job = LatencyJob("runs/mine", KERAS, precision=FLOAT32, accelerator="gpu")
    (result,) = measure_jobs([job], RULES, 1)
    row = result.row("mine")
    assert row["error"] == "not measured: torch finds no GPU on this machine"
    assert row["median_ms"] is None


def test_whole_pictures_are_coloured(tiny_model):
    some = [*jobs(str(tiny_model), what="640x480"), *jobs(str(tiny_model), what="4000x3000")]
    rules = TimingRules(num_runs=1, min_secs=0, warmup_min_secs=0)
    small, large = (result.row("tiny") for result in measure_jobs(some, rules, 1))
    assert small["error"] is large["error"] is None
    assert small["median_ms"] > 0
    assert large["median_ms"] > 0
    assert large["peak_memory_mib"] > small["peak_memory_mib"] + 30


def test_the_times_are_of_all_their_pixels(tiny_model, monkeypatch):
    """In time of the processor, which other programs do not make longer."""
    monkeypatch.setattr(worker, "time_runs", partial(time_runs, clock=time.process_time))
    monkeypatch.setattr(load, "keep_freed_memory", lambda: None)  # this process is pytest's
    medians = []
    for what in ("640x480", "4000x3000"):
        (job,) = jobs(str(tiny_model), what=what)
        measured = worker.Worker()
        measured.load(job, RULES)
        medians.append(np.median(measured.time(3, 0, 60)["times"]))
    assert 0 < 5 * medians[0] < medians[1]


def test_a_process_that_dies_or_hangs_is_a_sentence(tiny_model):
    job = LatencyJob(str(tiny_model), AI_EDGE_LITERT)
    worker = WorkerProcess(job)
    try:
        worker.ask("load", 900, job, RULES)
        worker._process.kill()
        with pytest.raises(JobError, match="ended by SIGKILL"):
            worker.ask("time", 900, 1, 0, 1)
    finally:
        worker.close()

    worker = WorkerProcess(job)
    try:
        with pytest.raises(JobError, match="no answer within"):
            worker.ask("load", 0, job, RULES)
    finally:
        worker.close()
    assert worker._process.returncode is not None


def test_the_peak_of_memory_is_the_process_s_own():
    code = (
        "import numpy as np; from benchmarks.latency.worker import peak_memory_mib as peak;"
        "before = peak(); kept = np.ones(25 * 2**20); del kept; print(before, peak())"
    )
    result = subprocess.run(
        [sys.executable, "-c", code],
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )
    before, after = map(float, result.stdout.split())
    assert before < 150
    assert after - before == pytest.approx(200, abs=20)


def test_the_command(tiny_model, no_contract_model, pictures, tmp_path):
    cut_off = tmp_path / "cut_off.tflite"
    cut_off.write_bytes(tiny_model.read_bytes()[:700])
    out = tmp_path / "latency.json"
    models = [str(tiny_model), str(no_contract_model), str(cut_off), "nothing"]
    limits = ["--num-runs", "4", "--min-secs", "0", "--warmup-min-secs", "0", "--rounds", "2"]
    which = ["--interpreter", AI_EDGE_LITERT, "--interpreter", COMPILED_MODEL]
    judged = ["--pictures", str(pictures), "--limit", "3"]
    places = ["--accelerator", "cpu", "--out", str(out)]
    result = CliRunner().invoke(app, ["latency", *models, *limits, *which, *judged, *places])
    assert result.exit_code == 1  # three of the models could not be measured
    assert "Traceback" not in result.output
    found = read(out)
    assert found.kind == "latency"
    assert set(found.models) == {"tiny"}
    rows = {(row["model"], row["interpreter"]): row for row in found.rows}
    assert len(rows) == len(found.rows) == 4 * 2
    for interpreter in (AI_EDGE_LITERT, COMPILED_MODEL):
        row = rows["tiny", interpreter]
        assert row["error"] is None
        assert row["runs"] == 4
        assert 0 < row["median_ms"] <= row["p90_ms"] <= row["p99_ms"]
        assert row["delegated_share"] == 1
        assert 20 < row["peak_memory_mib"] < 400
        assert (row["pictures"], row["batch"], row["threads"]) == (3, 1, 1)
    scores = {rows["tiny", name]["rgb_psnr"] for name in (AI_EDGE_LITERT, COMPILED_MODEL)}
    assert max(scores) - min(scores) < 0.01
    for model, says in (("no_contract", "no TintLite contract"), ("nothing", "unknown model")):
        assert says in rows[model, AI_EDGE_LITERT]["error"]
    assert rows["cut_off", AI_EDGE_LITERT]["error"].startswith("cut_off.tflite: ")
    assert str(tmp_path) not in json.dumps(json.loads(out.read_text("utf-8")))


@pytest.mark.parametrize(
    ("options", "code"),
    [
        (["--out", "missing/latency.json"], 1),
        (["--pictures", "missing"], 1),
        (["--interpreter", "tflite"], 2),
        (["--num-runs", "0"], 2),
    ],
)
def test_mistakes_are_told_before_anything_is_measured(
    options, code, tmp_path, monkeypatch, capsys
):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit) as stop:
        run(app, "benchmarks", ["latency", "nano", *options])
    assert stop.value.code == code
    said = capsys.readouterr().err
    assert "Traceback" not in said
    if code == 1:
        assert said.count("\n") == 1


@pytest.mark.slow
def test_keras_is_measured_beside_the_file_of_its_weights(pictures, tmp_path):
    out = tmp_path / "latency.json"
    models = ["nano", str(ROOT / "weights" / "nano")]
    limits = ["--num-runs", "4", "--min-secs", "0", "--rounds", "2", "--limit", "20"]
    which = ["--interpreter", AI_EDGE_LITERT, "--accelerator", "cpu", "--batch", "4"]
    where = ["--pictures", str(pictures), "--out", str(out)]
    result = CliRunner().invoke(app, ["latency", *models, *limits, *which, *where])
    # Where there is no GPU, the row of that says so, and the model was measured all the same.
    assert result.exit_code == 0, result.output
    rows = read(out).rows
    (keras,) = (row for row in rows if row["interpreter"] == KERAS and row["accelerator"] == "cpu")
    assert keras["error"] is None
    assert (keras["batch"], keras["precision"]) == (4, FLOAT32)
    assert keras["pictures_per_s"] == pytest.approx(4000 / keras["median_ms"])
    (file,) = (row for row in rows if row["interpreter"] == AI_EDGE_LITERT)
    assert file["pictures"] == keras["pictures"] == 20
    # int8 loses little; the networks are the same.
    assert file["rgb_psnr"] == pytest.approx(keras["rgb_psnr"], abs=0.5)

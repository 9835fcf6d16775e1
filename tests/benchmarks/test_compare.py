"""The regression gate: what it lets through, what it stops, and what it cannot judge."""

from dataclasses import replace

import numpy as np
import pytest

from benchmarks.cli import app
from benchmarks.compare_results import CompareError, Tolerances, compare_results
from edge_runtime.bench.machine import Machine
from edge_runtime.bench.model_facts import ModelFacts
from edge_runtime.bench.result_file import BenchmarkResult, write
from train.command import run

PICTURES = 300
RNG = np.random.default_rng(0)
GREY = RNG.normal(22, 3, PICTURES)
GAIN = RNG.normal(1.5, 2.5, PICTURES)
NOISE = RNG.normal(0, 1, PICTURES)


def result(kind, rows, models=("nano",), **more):
    return BenchmarkResult(
        kind=kind,
        made="2026-01-02T03:04:05Z",
        command="python -m benchmarks",
        machine=Machine("Some CPU", 2, 3.8, "x86_64", "Linux 6", None, None),
        versions={},
        models={name: ModelFacts(f"{name}.tflite", "a" * 64, 1000, "fp32", 160) for name in models},
        rows=rows,
        **{"notes": []} | more,
    )


def accuracy(lost=0.0, noise=0.0, ciede2000=9.0, colourfulness=20.0, grey=GREY, names=("nano",)):
    values = {
        "rgb_psnr": (GREY + GAIN - lost + noise * NOISE).tolist(),
        "ciede2000": (ciede2000 + 0.1 * GAIN).tolist(),
        "colourfulness": (colourfulness + 0.1 * NOISE).tolist(),
    }
    per_picture = {"grey": {"rgb_psnr": list(grey)}} | dict.fromkeys(names, values)
    rows = [{"model": name} for name in per_picture]
    pictures = [str(number) for number in range(PICTURES)]
    return result("accuracy", rows, names, pictures=pictures, per_picture=per_picture)


def of_means(lost=0.0, ciede2000=9.0, colourfulness=0.4, grey=22.0, pictures=PICTURES):
    """A result as `accuracy` writes it by itself: rows with 95 % intervals alone."""
    row = {"model": "nano", "pictures": pictures}
    for key, value, half in (
        ("gain", 1.5 - lost, 0.15),
        ("ciede2000", ciede2000, 0.2),
        ("colourfulness_ratio", colourfulness, 0.012),
    ):
        row |= {key: value, f"{key}_low": value - half, f"{key}_high": value + half}
    greys = {"model": "grey", "rgb_psnr": grey, "pictures": pictures}
    return result("accuracy", [greys, row])


def latency(times, kind="latency", **more):
    base = {"what": "network", "interpreter": "a", "threads": 1, "accelerator": "cpu", "batch": 1}
    rows = [{"model": name, "median_ms": time, **base, **more} for name, time in times.items()]
    return result(kind, rows, tuple(times))


def worse(before, after, tolerances=None):
    return [
        (change.model, change.figure)
        for change in compare_results(before, after, tolerances).changes
        if change.worse
    ]


def test_equal_results_pass():
    assert worse(accuracy(), accuracy()) == []


def test_a_loss_on_every_picture_is_found_though_pictures_differ_by_far_more():
    # A tenth of a dB, where single pictures spread by four: unpaired, it would drown.
    assert worse(accuracy(), accuracy(lost=0.1)) == [("nano", "RGB PSNR, dB")]
    assert worse(accuracy(lost=0.1), accuracy()) == []
    assert worse(accuracy(), accuracy(lost=0.04)) == []
    assert worse(accuracy(), accuracy(lost=0.04), Tolerances(rgb_psnr=0.01))


def test_a_loss_within_the_noise_is_none():
    before, after = accuracy(), accuracy(lost=0.06, noise=2.0)
    (change,) = [c for c in compare_results(before, after).changes if c.figure == "RGB PSNR, dB"]
    mean = np.subtract(
        after.per_picture["nano"]["rgb_psnr"], before.per_picture["nano"]["rgb_psnr"]
    ).mean()
    assert change.change.startswith(f"{mean:+.3f} (")
    # Two dB of noise over 300 pictures: a twelfth of a dB is nothing.
    assert abs(mean) < 0.25
    assert not change.worse


@pytest.mark.parametrize(
    ("after", "figure"),
    [
        ({"ciede2000": 9.1}, "CIEDE2000"),
        ({"colourfulness": 19.0}, "colourfulness M3"),
    ],
)
def test_other_figures_count_as_well(after, figure):
    assert worse(accuracy(), accuracy(**after)) == [("nano", figure)]
    assert worse(accuracy(**after), accuracy()) == []


@pytest.mark.parametrize(
    ("after", "figure"),
    [
        # Two means of 0.15 dB of noise each: their difference has 0.212.
        ({"lost": 0.2}, None),
        ({"lost": 0.22}, "gain, dB"),
        ({"ciede2000": 9.25}, None),
        ({"ciede2000": 9.3}, "CIEDE2000"),
        ({"colourfulness": 0.385}, None),
        ({"colourfulness": 0.38}, "colourfulness"),
    ],
)
def test_means_alone_are_compared_with_their_noise(after, figure):
    assert worse(of_means(), of_means(**after)) == ([("nano", figure)] if figure else [])
    assert worse(of_means(**after), of_means()) == []
    notes = compare_results(of_means(), of_means(**after)).notes
    assert any("not paired by picture" in note for note in notes)
    assert not any("not paired" in note for note in compare_results(accuracy(), accuracy()).notes)


def test_what_is_allowed_holds_for_means_too():
    assert worse(of_means(), of_means(lost=0.25)) == [("nano", "gain, dB")]
    assert worse(of_means(), of_means(lost=0.25), Tolerances(rgb_psnr=0.3)) == []


def test_a_slower_machine_is_no_loss_and_a_slower_model_is():
    before = latency({"a": 1.0, "b": 2.0, "c": 4.0})
    assert worse(before, latency({"a": 2.0, "b": 4.0, "c": 8.0})) == []
    found = worse(before, latency({"a": 2.0, "b": 5.0, "c": 8.0}))
    assert found == [("b (network, a, 1, 1, cpu)", "time over the others'")]
    assert worse(before, latency({"a": 2.0, "b": 4.3, "c": 8.0})) == []


def test_a_faster_model_does_not_make_the_others_slower():
    before = latency({"a": 1.0, "b": 2.0, "c": 4.0, "d": 8.0})
    assert worse(before, latency({"a": 0.5, "b": 2.0, "c": 4.0, "d": 8.0})) == []


def test_times_are_compared_within_one_setting_only():
    before = latency({"a": 1.0, "b": 2.0})
    slow = latency({"a": 10.0, "b": 20.0}, what="640x480")
    both = replace(before, rows=before.rows + slow.rows)
    assert worse(both, both) == []
    assert len([c for c in compare_results(both, both).changes if "time" in c.figure]) == 4
    other = latency({"a": 1.0, "b": 2.0}, threads=2)
    with pytest.raises(CompareError, match="no two models were timed in the same way"):
        compare_results(before, other)


def test_boards_are_compared_by_size():
    before = latency({"a": 1.0, "b": 2.0}, kind="device", size="480p")
    after = latency({"a": 1.0, "b": 3.0}, kind="device", size="480p")
    assert [model for model, _ in worse(before, after)] == ["b (480p, 1, cpu)"]


def test_a_file_that_grew_is_a_loss():
    before, after = accuracy(), accuracy()
    larger = replace(after.models["nano"], bytes=1011)
    assert worse(before, replace(after, models={"nano": larger})) == [("nano", "file, bytes")]
    assert worse(before, replace(after, models={"nano": replace(larger, bytes=1010)})) == []


def test_a_model_that_no_longer_works_is_a_loss():
    broken = accuracy(names=("nano", "other"))
    rows = [row | {"error": "cut off"} if row["model"] == "nano" else row for row in broken.rows]
    per_picture = {k: v for k, v in broken.per_picture.items() if k != "nano"}
    after = replace(broken, rows=rows, per_picture=per_picture)
    before = accuracy(names=("nano", "other"))
    assert worse(before, after) == [("nano", "can be measured")]
    # The other way round it is no loss, but it is said.
    comparison = compare_results(after, before)
    assert comparison.worse == []
    assert any("could not be measured in the first" in note for note in comparison.notes)


def test_models_of_one_result_only_are_said():
    found = compare_results(accuracy(names=("nano", "old")), accuracy(names=("nano", "new")))
    assert set(found.notes) == {
        "old is in the first result only",
        "new is in the second result only",
    }


@pytest.mark.parametrize(
    ("before", "after", "says"),
    [
        (accuracy(), latency({"nano": 1.0}), "one result is of accuracy, the other of latency"),
        (accuracy(), accuracy(names=("other",)), "no models in common"),
        (latency({"a": 1.0}), latency({"a": 1.0}), "no two models"),
        (accuracy(), accuracy(grey=GREY + 0.1), "different pictures of the same names"),
        (accuracy(), replace(accuracy(), pictures=["x"] * PICTURES), "of different pictures"),
        (accuracy(), replace(accuracy(), pictures=[], per_picture={}), "lacks its row of grey"),
        (of_means(), of_means(grey=22.1), "of different pictures"),
        (of_means(), of_means(pictures=299), "of different pictures"),
        (result("video", []), result("video", []), "cannot be compared"),
    ],
)
def test_what_says_nothing_of_each_other_is_refused(before, after, says):
    with pytest.raises(CompareError, match=says):
        compare_results(before, after)


def call(before, after, *options):
    """The exit code of `python -m benchmarks compare`."""
    with pytest.raises(SystemExit) as stop:
        run(app, "benchmarks", ["compare", str(before), str(after), *options])
    return stop.value.code


def test_the_command_answers_with_its_exit_code_and_one_line(tmp_path, capsys):
    files = {}
    for name, found in (
        ("good", accuracy()),
        ("bad", accuracy(lost=0.2)),
        ("times", latency({"a": 1.0, "b": 2.0})),
    ):
        files[name] = tmp_path / f"{name}.json"
        write(found, files[name])
    assert call(files["good"], files["good"]) == 0
    said = capsys.readouterr().out
    assert said.splitlines()[-1] == "not worse: 4 figures within what is allowed"
    assert "RGB PSNR, dB" in said
    assert call(files["good"], files["bad"]) == 1
    assert capsys.readouterr().out.splitlines()[-1] == "worse: 1 of 4 figures, of nano"
    assert call(files["good"], files["bad"], "--psnr", "0.5") == 0
    capsys.readouterr()

    (tmp_path / "other.json").write_text('{"schema": "tintlite-benchmark", "schema_version": 2}')
    for other, says in (
        (files["times"], "one result is of accuracy"),
        (tmp_path / "other.json", "schema version 2"),
        (tmp_path / "missing.json", "no such result file"),
    ):
        assert call(files["good"], other) == 2
        said = capsys.readouterr()
        assert says in said.err
        assert said.err.count("\n") == 1
        assert said.out == ""


def test_names_out_of_files_stay_text_in_the_table(tmp_path, capsys):
    file = tmp_path / "[red]x.json"
    write(accuracy(names=("[bold]nano[/bold]",)), file)
    assert call(file, file) == 0
    said = capsys.readouterr().out
    assert "[bold]nano[/bold]" in said
    assert "[red]x.json" in said

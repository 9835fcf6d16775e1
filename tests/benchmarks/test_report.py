"""The page: whole, its plots beside it, and safe from what result files may hold."""

import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
from PIL import Image
from skimage import data as photos

from benchmarks.cli import app
from benchmarks.report.markdown import Markdown, bullets, code, escape, section, table
from benchmarks.report.page import CAPTIONS, make_report, times_of
from edge_runtime.bench.machine import Machine
from edge_runtime.bench.model_facts import ModelFacts
from edge_runtime.bench.result_file import BenchmarkResult, read, write
from train.command import run

EVIL = '<script>alert(1)</script>"><img src=x onerror=alert(1)>|`$x$ [a](http://evil) **b** {{c}}'

MACHINE = Machine("Some CPU", 2, 3.8, "x86_64", "Linux 6", None, None)
VOID = {"meta", "img", "br", "link", "input", "hr"}


class Reader(HTMLParser):
    """Reads a page as a browser would: its tags; refuses what is not nested."""

    def __init__(self, page):
        super().__init__(convert_charrefs=True)
        self.open, self.tags = [], []
        self.feed(page)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def all(self, tag):
        return [attributes for name, attributes in self.tags if name == tag]


def result(kind, rows, models=None, **more):
    facts = {name: ModelFacts(f"{name}.tflite", "0" * 64, 500_000, "int8_ptq", 160) for name in ()}
    return BenchmarkResult(
        kind=kind,
        made="2026-01-02T03:04:05+00:00",
        command=f"python -m benchmarks {kind} nano",
        machine=MACHINE,
        versions={"numpy": "2.0"},
        models=facts | (models or {}),
        rows=rows,
        **{"notes": []} | more,
    )


def facts(name, digest="a", recipe="int8_ptq", size=500_000):
    return ModelFacts(name, digest * 64, size, recipe, 160)


def accuracy_result(names=("nano",), **more):
    pictures = [f"{number}.jpg" for number in range(12)]
    rng = np.random.default_rng(0)
    grey = rng.normal(22, 3, 12)
    per_picture = {"grey": {"rgb_psnr": grey.tolist()}}
    rows = [{"model": "grey", "pictures": 12, "set": "photos", "rgb_psnr": 22.0, "gain": 0.0}]
    for place, name in enumerate(names, 1):
        per_picture[name] = {"rgb_psnr": (grey + place + rng.normal(0, 1, 12)).tolist()}
        row = {"model": name, "pictures": 12, "set": "photos", "rgb_psnr": 22.0 + place}
        row |= {"gain": float(place), "gain_low": place - 0.25, "gain_high": place + 0.25}
        rows.append(row | {"colourfulness_ratio": 0.4 + place / 100, "lab_mse": 116.5})
    models = {name: facts("model.tflite", "abcdef"[place]) for place, name in enumerate(names)}
    return result("accuracy", rows, models, pictures=pictures, per_picture=per_picture, **more)


def latency_result(name="nano", digest="a", **row):
    base = {
        "model": name,
        "what": "network",
        "interpreter": "ai-edge-litert",
        "precision": "as stored",
        "batch": 1,
        "threads": 1,
        "accelerator": "cpu",
        "median_ms": 1.23,
        "p90_ms": 1.5,
        "p99_ms": 2.0,
        "runs": 50,
        "delegated_share": 1.0,
        "error": None,
    }
    gpu = base | {"interpreter": "Keras, torch", "precision": "float32", "accelerator": "gpu"}
    gpu |= {"median_ms": None, "error": "not measured: there is no GPU on this machine"}
    return result("latency", [base | row, gpu], {name: facts("nano.tflite", digest)})


def video_result():
    shares = {"share_decode": 0.1, "share_network": 0.2, "share_encode": 0.7}
    rows = [
        {"model": "nano", "size": size, "serial_fps": 6.5, "pipeline_fps": 10.25, **shares}
        for size in ("480p", "720p")
    ]
    return result("video", rows)


def device_result():
    row = {"model": "nano", "size": "480p", "threads": 4, "accelerator": "cpu", "fps": 31.25}
    row |= {"median_ms": 32.0, "p90_ms": 35.0, "network_ms": 20.0, "temperature_c": 61.0}
    board = replace(MACHINE, board="Raspberry Pi 4 Model B", architecture="aarch64")
    return replace(result("device", [row, {"model": "bad", "error": "cut off"}]), machine=board)


def everything():
    return [accuracy_result(), latency_result(), video_result(), device_result()]


@pytest.fixture(scope="module")
def report():
    """The page of all kinds of results, and its plots."""
    return make_report(everything(), "benchmarks")


def rows_of(page):
    return [line for line in page.splitlines() if line.startswith("| ")]


def cells(line):
    return [cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]]


def row_starting(page, start):
    return next(cells(line) for line in rows_of(page) if cells(line)[0] == start)


def call(*arguments):
    """The exit code of `python -m benchmarks ...`."""
    with pytest.raises(SystemExit) as stop:
        run(app, "benchmarks", [str(argument) for argument in arguments])
    return stop.value.code


def test_the_page_holds_the_figures_of_all_results(report):
    page, drawings = report
    summary = row_starting(page, "`nano`")
    # Gain with its interval, and the time of the same file.
    assert summary[4] == "+1.00 (+0.75, +1.25)"
    assert summary[-1] == "1.2"
    assert "network: ai-edge-litert, CPU, 1 thread" in page
    # The time of the network, by how it was run.
    assert row_starting(page, "ai-edge-litert, CPU, 1 thread") == [
        "ai-edge-litert, CPU, 1 thread",
        "1.23",
    ]
    assert "12 pictures of photos" in page
    assert "not measured: there is no GPU" in page
    assert "\n## Films on Some CPU" in page
    assert "Raspberry Pi 4 Model B" in page
    assert "31.2" in page
    assert "cut off" in page
    # The paper's figures beside ours, marked as what they are.
    assert "51.36" in row_starting(page, "the paper, as published")
    assert set(drawings) == set(CAPTIONS)
    for name in drawings:
        assert f"](benchmarks/{name}.svg)" in page


def test_there_is_no_plot_of_what_was_not_measured():
    page, drawings = make_report([accuracy_result(), device_result()], "benchmarks")
    assert set(drawings) == {"gain-size", "gain-colour"}
    assert page.count(".svg)") == 2
    page, drawings = make_report([accuracy_result(), latency_result(digest="b")], "benchmarks")
    assert "gain-time" not in drawings
    # The second result of a kind has its tables, and no plots.
    twice = [accuracy_result(), accuracy_result(("other",)), video_result(), video_result()]
    page, drawings = make_report(twice, "benchmarks")
    assert page.count(".svg)") == len(drawings) == 3
    assert "`other`" in page


def test_the_time_is_that_of_the_very_file():
    def found(**row):
        times = times_of(accuracy_result(), latency_result(**row))
        return {name: row["median_ms"] for name, row in times.items()}

    assert found(median_ms=4.56) == {"nano": 4.56}
    # The name may be another, as long as the bytes are the same.
    assert found(name="renamed") == {"nano": 1.23}
    assert found(digest="b") == {}
    assert found(what="640x480") == {}
    assert found(batch=8) == {}
    assert found(accelerator="gpu") == {}
    assert found(error="cut off") == {}


def test_the_runtimes_own_interpreter_on_the_fewest_threads_comes_first():
    result = latency_result(threads=2, median_ms=0.7)
    for interpreter, threads, time in (
        ("tf.lite", 1, 1.1),
        ("ai-edge-litert", 1, 1.3),
        ("ai-edge-litert", 4, 0.4),
    ):
        row = result.rows[0] | {"interpreter": interpreter, "threads": threads}
        result.rows.append(row | {"median_ms": time})
    assert times_of(accuracy_result(), result)["nano"]["median_ms"] == 1.3


def test_full_precision_says_what_was_not_measured():
    page, _ = make_report([accuracy_result()], "plots")
    part = page[page.index("## Full precision") : page.index("## Where these")]
    assert part.count("not measured") == 8
    assert "Keras, GPU" in part


def test_tables_are_whole(report):
    tables = re.findall(r"(?:^\|.*\n)+", report[0], re.MULTILINE)
    assert len(tables) > 5
    for found in tables:
        widths = {len(cells(line)) for line in found.splitlines()}
        assert len(widths) == 1, found


def test_drawings_are_whole(report):
    for drawing in report[1].values():
        ElementTree.fromstring(drawing)  # noqa: S314 - made by matplotlib just now
        assert "<image" not in drawing
    # Equal results give equal drawings: documents change only when figures do.
    assert report == make_report(everything(), "benchmarks")


def evil_results():
    accuracy = accuracy_result((EVIL,), notes=[EVIL])
    accuracy.rows.append({"model": EVIL + "2", "error": EVIL})
    accuracy.pictures[0] = EVIL
    accuracy = replace(accuracy, command=EVIL, versions={EVIL: EVIL})
    latency = latency_result(EVIL, interpreter=EVIL)
    machine = replace(MACHINE, cpu=EVIL, system=EVIL, gpu=EVIL)
    video = video_result()
    video.rows[0].update({f"share_{EVIL}": 0.1, f"{EVIL}_fps": 3.0, "size": EVIL})
    device = device_result()
    device.rows[0].update({"model": EVIL, "size": EVIL, "throttled": EVIL})
    return [replace(part, machine=machine) for part in (accuracy, latency, video, device)]


def test_names_out_of_files_stay_text(tmp_path):
    from markdown_it import MarkdownIt

    for number, part in enumerate(evil_results()):
        write(part, tmp_path / f"{number}.json")
        # Such a file is a good one: the page must bear it.
        assert read(tmp_path / f"{number}.json") == part
    page, drawings = make_report(evil_results(), "plots")
    parser = MarkdownIt("commonmark", {"html": True, "linkify": False}).enable("table")
    reader = Reader(parser.render(page))
    assert not reader.all("script")
    assert not reader.all("a")
    assert not any(name.startswith("on") for _, found in reader.tags for name in found)
    sources = {image["src"] for image in reader.all("img")}
    assert all(source.startswith("plots/") for source in sources)
    bold = re.findall(r"(?<!\\)\*\*b(?<!\\)\*\*", page)
    assert not bold
    # Bare addresses, which GitHub makes links of, are broken up.
    assert "http://evil" not in page
    for found in re.findall(r"(?:^\|.*\n)+", page, re.MULTILINE):
        assert len({len(cells(line)) for line in found.splitlines()}) == 1
    for drawing in drawings.values():
        tags = {tag.tag.rpartition("}")[2] for tag in ElementTree.fromstring(drawing).iter()}  # noqa: S314
        assert not tags & {"script", "a", "image", "img"}


def test_markdown_of_plain_texts():
    assert section("a & b", escape("one\ntwo\x1b[31m")) == "## a &amp; b\n\none two \\[31m"
    assert bullets([("term", "text"), ("", "a*b")]) == "- **term**: text\n- a\\*b"
    assert code("nano") == "`nano`"
    found = table(("n", "v"), [(code("x|y"), Markdown("**1 (0 to 2)**"))], caption="c_d")
    assert found == "c\\_d\n\n| n | v |\n|---|---:|\n| x\\|y | **1 (0 to 2)** |"
    # What is Markdown already is not escaped once more.
    assert escape(escape("a_b")) == "a\\_b"


@pytest.fixture(scope="module")
def measured(tmp_path_factory, tiny_model):
    """The result file of the tiny network on some photos."""
    folder = tmp_path_factory.mktemp("photos")
    rng = np.random.default_rng(0)
    for number in range(6):
        photo = (photos.coffee(), photos.chelsea(), photos.astronaut())[number % 3]
        top, left = rng.integers(0, 40, 2)
        Image.fromarray(photo[top : top + 200, left : left + 260]).save(folder / f"{number}.png")
    file = tmp_path_factory.mktemp("result") / "result.json"
    assert call("accuracy", tiny_model, "--on", folder, "--out", file) == 0
    return file


def test_the_command_writes_the_page_and_its_plots(measured, tmp_path):
    page, folder = tmp_path / "page.md", tmp_path / "page"
    folder.mkdir()
    (folder / "film-time.svg").write_text("of an earlier page")
    (folder / "other.svg").write_text("somebody's own")
    assert call("report", measured, measured, "--markdown", page) == 0
    text = page.read_text("utf-8")
    for target in re.findall(r"\]\(([^)]+)\)", text):
        assert (tmp_path / target).is_file()
    # Each file is taken once.
    assert text.count("## Accuracy on") == 1
    assert "`tiny`" in text
    names = {path.name for path in folder.iterdir()}
    assert names == {"gain-size.svg", "gain-colour.svg", "other.svg"}


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("{}", "not a result file"),
        ("[1]", "not a result file"),
        ("{", "not readable JSON"),
        ('{"schema": "tintlite-benchmark", "schema_version": 99}', "schema version 99"),
        ('{"schema": "other", "schema_version": 1}', "not a result file"),
        (None, "no such result file"),
    ],
)
def test_files_that_are_no_results_are_refused(text, says, tmp_path, capsys):
    file, page = tmp_path / "result.json", tmp_path / "page.md"
    if text is not None:
        file.write_text(text)
    assert call("report", file, "--markdown", page) == 1
    said = capsys.readouterr().err
    assert said.startswith("benchmarks: ")
    assert says in said
    assert not page.exists()


def test_targets_that_cannot_be_written_are_refused(tmp_path, capsys):
    file = tmp_path / "result.json"
    write(accuracy_result(), file)
    assert call("report", file, "--markdown", tmp_path / "nowhere" / "page") == 1
    assert "there is no folder" in capsys.readouterr().err
    assert call("report", file) == 2
    assert sorted(Path(tmp_path).iterdir()) == [file]

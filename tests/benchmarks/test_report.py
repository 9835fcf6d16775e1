"""The two pages: whole, without foreign parts, and safe from what result files may hold."""

import base64
import io
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
from benchmarks.report.document import Bullets, Cell, Document, Paragraph, Section, Table
from benchmarks.report.html import html
from benchmarks.report.make_report import make_report, times_of
from benchmarks.report.markdown import markdown, plots_of
from edge_runtime.benchmark.machine import Machine
from edge_runtime.benchmark.model_facts import ModelFacts
from edge_runtime.benchmark.result_file import BenchmarkResult, read, write
from train.command import run

EVIL = '<script>alert(1)</script>"><img src=x onerror=alert(1)>|`$x$ [a](http://evil) **b** {{c}}'

MACHINE = Machine("Some CPU", 2, 3.8, "x86_64", "Linux 6", None, None)
VOID = {"meta", "img", "br", "link", "input", "hr"}


class Reader(HTMLParser):
    """Reads a page as a browser would: tags, attributes, texts; refuses what is not nested."""

    def __init__(self, page):
        super().__init__(convert_charrefs=True)
        self.open, self.tags, self.texts = [], [], []
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

    def handle_data(self, text):
        if self.open and self.open[-1] != "style":
            self.texts.append(text)

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
        **more,
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
def document():
    """The page of all kinds of results."""
    return make_report(everything())


@pytest.fixture(scope="module")
def evil_document():
    """The same of results whose every text is an attack."""
    return make_report(evil_results())


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


def test_the_page_holds_the_figures_of_all_results(document):
    page = markdown(document, "benchmarks")
    summary = row_starting(page, "`nano`")
    # Gain with its interval, and the time of the same file.
    assert summary[4] == "**+1.00** (+0.75 to +1.25)"
    assert summary[6].startswith("1.2 (ai-edge-litert")
    assert "12 pictures of photos" in page
    assert "not measured: there is no GPU" in page
    titles = [section.title for section in document.sections]
    assert any(title.startswith("Films on Some CPU") for title in titles)
    assert "Raspberry Pi 4 Model B" in page
    assert "31.2" in page
    assert "cut off" in page
    # The paper's figures beside ours, marked as what they are.
    assert "51.36" in row_starting(page, "the paper, as published")
    names = [plot.name for plot in plots_of(document)]
    assert len(names) == len(set(names))
    wanted = ("accuracy-1-size", "accuracy-1-time-1", "accuracy-1-pictures", "video-1-shares")
    assert set(wanted) <= set(names)


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
    page = markdown(make_report([accuracy_result()]), "plots")
    part = page[page.index("## Full precision") : page.index("## Published")]
    assert part.count("not measured") == 8
    assert "Keras, GPU" in part


def test_tables_are_whole(document):
    page = markdown(document, "benchmarks")
    tables = re.findall(r"(?:^\|.*\n)+", page, re.MULTILINE)
    assert len(tables) > 6
    for table in tables:
        widths = {len(cells(line)) for line in table.splitlines()}
        assert len(widths) == 1, table


def test_html_is_one_file_that_asks_for_nothing(document):
    page = html(document)
    reader = Reader(page)
    assert not reader.all("script")
    assert not reader.all("link")
    assert not reader.all("iframe")
    for tag, attributes in reader.tags:
        for name, value in attributes.items():
            assert not name.startswith("on")
            if name in ("src", "href", "xlink:href", "srcset", "action") and tag != "a":
                assert value.startswith(("data:", "#")), (tag, value)
    assert "url(http" not in page
    assert "@import" not in page
    policy = next(m["content"] for m in reader.all("meta") if "http-equiv" in m)
    assert "default-src 'none'" in policy
    assert any(m.get("name") == "viewport" for m in reader.all("meta"))
    assert "prefers-color-scheme: dark" in page
    # Identifiers of several drawings in one page do not clash, and references find them.
    identifiers = [attributes["id"] for _, attributes in reader.tags if attributes.get("id")]
    assert len(identifiers) == len(set(identifiers))
    for _, attributes in reader.tags:
        target = attributes.get("xlink:href") or attributes.get("href") or ""
        if target.startswith("#"):
            assert target[1:] in identifiers
    for wanted in re.findall(r"url\(#([^)]+)\)", page):
        assert wanted in identifiers


def test_drawings_are_whole_and_follow_the_page(document):
    plots = plots_of(document)
    for plot in plots:
        ElementTree.fromstring(plot.svg)  # noqa: S314 - made by matplotlib just now
        assert plot.caption
    page = html(document)
    assert "var(--ink)" in page[page.index("<svg") :]
    # Equal results give equal drawings: documents change only when figures do.
    assert [p.svg for p in plots] == [p.svg for p in plots_of(make_report(everything()))]


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


def test_names_out_of_files_stay_text_in_html(evil_document, tmp_path):
    for number, part in enumerate(evil_results()):
        write(part, tmp_path / f"{number}.json")
        # Such a file is a good one: the pages must bear it.
        assert read(tmp_path / f"{number}.json") == part
    page = html(evil_document)
    reader = Reader(page)
    assert not reader.all("script")
    assert all(image["src"].startswith("data:") for image in reader.all("img"))
    assert not any(name.startswith("on") for _, found in reader.tags for name in found)
    assert not any("evil" in link.get("href", "") for link in reader.all("a"))
    assert any(EVIL in text for text in reader.texts)


def test_names_out_of_files_stay_text_in_markdown(evil_document):
    from markdown_it import MarkdownIt

    page = markdown(evil_document, "plots")
    parser = MarkdownIt("commonmark", {"html": True, "linkify": False}).enable("table")
    reader = Reader(parser.render(page))
    assert not reader.all("script")
    assert not reader.all("a")
    sources = {image["src"] for image in reader.all("img")}
    assert all(source.startswith("plots/") for source in sources)
    bold = re.findall(r"(?<!\\)\*\*b(?<!\\)\*\*", page)
    assert not bold
    # Bare addresses, which GitHub makes links of, are broken up.
    assert "http://evil" not in page
    for table in re.findall(r"(?:^\|.*\n)+", page, re.MULTILINE):
        assert len({len(cells(line)) for line in table.splitlines()}) == 1


def test_a_document_of_plain_parts():
    part = Section(
        "a & b",
        (
            Paragraph("one\ntwo\x1b[31m"),
            Bullets((("term", "text"), ("", "alone"))),
            Table(("n", "v"), ((Cell("x|y", code=True), Cell("1", "0 to 2", strong=True)),)),
        ),
    )
    document = Document("t", (), (part,))
    page = markdown(document, "p")
    assert "## a &amp; b" in page
    assert "\x1b" not in page + html(document)
    assert r"| x\|y | **1** (0 to 2) |" in page
    assert "- **term**: text" in page
    assert "- alone" in page


@pytest.fixture(scope="module")
def measured(tmp_path_factory, tiny_model):
    """A folder of photos, and the result file of the tiny network on them."""
    folder = tmp_path_factory.mktemp("photos")
    rng = np.random.default_rng(0)
    for number in range(6):
        photo = (photos.coffee(), photos.chelsea(), photos.astronaut())[number % 3]
        top, left = rng.integers(0, 40, 2)
        Image.fromarray(photo[top : top + 200, left : left + 260]).save(folder / f"{number}.png")
    file = tmp_path_factory.mktemp("result") / "result.json"
    assert call("accuracy", tiny_model, "--on", folder, "--out", file) == 0
    return folder, file


def test_the_command_writes_both_pages(measured, tiny_model, tmp_path):
    folder, file = measured
    page, web = tmp_path / "page.md", tmp_path / "page.html"
    plots = tmp_path / "page"
    plots.mkdir()
    (plots / "accuracy-7-size.svg").write_text("of an earlier page")
    (plots / "other.svg").write_text("somebody's own")
    arguments = ("--markdown", page, "--html", web, "--pictures", folder, "--model", tiny_model)
    assert call("report", file, file, *arguments) == 0
    text = page.read_text("utf-8")
    for target in re.findall(r"\]\(([^)]+)\)", text):
        assert (tmp_path / target).is_file()
    assert not (plots / "accuracy-7-size.svg").exists()
    assert (plots / "other.svg").exists()
    # No photo goes where files are committed from.
    assert "base64" not in text
    assert {path.suffix for path in plots.iterdir()} == {".svg"}
    for drawing in plots.glob("accuracy*"):
        assert "<image" not in drawing.read_text("utf-8")

    # Best and worst: three rows each of grey, tiny, true.
    images = [i["src"] for i in Reader(web.read_text("utf-8")).all("img")]
    assert len(images) == 2 * 3 * 3
    decoded = [
        np.asarray(Image.open(io.BytesIO(base64.b64decode(source.split(",", 1)[1]))))
        for source in images
    ]
    assert {picture.shape for picture in decoded} == {(256, 256, 3)}
    spread = [np.ptp(picture.astype(int), axis=-1).mean() for picture in decoded]
    assert max(spread[0::3]) < 3 < min(spread[2::3])
    # In the order of their gain, best first.
    result = read(file)
    values = result.per_picture
    gain = np.subtract(values["tiny"]["rgb_psnr"], values["grey"]["rgb_psnr"])
    web_text = web.read_text("utf-8")
    shown = re.findall(r'<p>(\d\.png)</p><div class="row">', web_text)
    order = [result.pictures[index] for index in np.argsort(gain)]
    assert shown == order[::-1][:3] + order[:3]


def test_without_pictures_the_page_says_why(measured, tmp_path):
    _, file = measured
    web = tmp_path / "page.html"
    assert call("report", file, "--html", web) == 0
    reader = Reader(web.read_text("utf-8"))
    assert not reader.all("img")
    assert any("--pictures names their source" in text for text in reader.texts)


def test_other_pictures_or_models_than_those_measured_are_refused(
    measured, tiny_model, tmp_path, capsys
):
    folder, file = measured
    web = tmp_path / "page.html"
    assert call("report", file, "--html", web, "--pictures", folder) == 1
    assert "none of the measured models is shipped or given by --model" in capsys.readouterr().err
    others = tmp_path / "others"
    others.mkdir()
    for picture in folder.iterdir():
        pixels = np.asarray(Image.open(picture))[::-1] // 2
        Image.fromarray(pixels).save(others / picture.name)
    arguments = ("--html", web, "--pictures", others, "--model", tiny_model)
    assert call("report", file, *arguments) == 1
    assert "does not hold the pictures that were measured" in capsys.readouterr().err
    assert not web.exists()


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
    for option in ("--markdown", "--html"):
        assert call("report", file, option, tmp_path / "nowhere" / "page") == 1
        assert "there is no folder" in capsys.readouterr().err
    assert call("report", file) == 2
    assert sorted(Path(tmp_path).iterdir()) == [file]

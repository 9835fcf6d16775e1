"""`tintlite bulk` on this machine: what is coloured, what the ledger says, what a rerun does."""

import errno
import hashlib
import io
import os
import random
import signal
import subprocess
import sys
import tarfile
import time
from pathlib import Path

import fsspec
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from fsspec.implementations.memory import MemoryFileSystem
from PIL import Image

from edge_runtime.bulk.ledger import Known
from edge_runtime.bulk.names import is_safe, result_name
from edge_runtime.cli import main
from edge_runtime.cli.bulk import pace
from edge_runtime.colorizer import Colorizer
from edge_runtime.device import Device
from edge_runtime.photo import PhotoOptions, colorize_photo
from edge_runtime.pictures import ENDINGS, WRITTEN


@pytest.fixture
def bulk(tiny_model, capfd):
    """Runs the command with the tiny model; gives its code and both streams."""

    def run(source, target, *words: str) -> tuple[int, str, str]:
        # One worker: each takes a second to start.
        common = ["bulk", str(source), str(target), "--model", str(tiny_model), "--workers", "1"]
        code = main([*common, *words])
        return code, *capfd.readouterr()

    return run


def test_a_folder(tmp_path, bulk, picture, rows_of, results_of, tiny_model):
    source, target = tmp_path / "scans", tmp_path / "colour"
    names = ["a/x.jpg", "b/x.jpg", "x.jpg", "x.png", "b/c/deep.tif", "x.JPEG"]
    for seed, name in enumerate(names):
        picture(source / name, seed)
    Image.open(source / "x.png").save(source / "x.gif")
    (source / "bad.jpg").write_bytes(b"no picture")
    (source / "empty.png").touch()
    earlier = PhotoOptions(quality=90)
    colorize_photo(source / "x.jpg", source / "y.jpg", Colorizer(tiny_model), earlier)
    (source / "notes.txt").write_text("left alone")
    (source / "loop").symlink_to(source)
    picture(source / ".hidden" / "y.png")
    code, out, err = bulk(source, target, "--workers", "2")
    assert (code, err) == (1, "")
    assert "10 to colour\n7 coloured, 3 refused: see " in out
    assert results_of(target) == {*names, "x.gif.colour.png"}

    rows = rows_of(target)
    assert set(rows) == {*names, "x.gif", "bad.jpg", "empty.png", "y.jpg"}
    colorizer = Colorizer(tiny_model, Device(threads=1))
    for name in names:
        row, own = rows[name], tmp_path / f"own{Path(name).suffix}"
        colorize_photo(source / name, own, colorizer, PhotoOptions())
        with Image.open(target / name) as result, Image.open(own) as same:
            assert result.format == same.format
            np.testing.assert_array_equal(np.asarray(result), np.asarray(same), name)
        assert row["hash"] == hashlib.sha256((source / name).read_bytes()).hexdigest()
        assert (row["outcome"], row["target"], row["note"]) == ("coloured", name, "")
        assert row["model"] == colorizer.described
        assert row["seconds"] > 0
    bad = rows["bad.jpg"]
    assert (bad["outcome"], bad["target"]) == ("refused", "")
    assert bad["note"].startswith("not a JPEG, PNG")
    assert rows["empty.png"]["note"] == "the file is empty"
    assert rows["y.jpg"]["note"] == "a result of TintLite"


def test_the_options_of_colorize(tmp_path, bulk, rows_of, results_of):
    pages = [Image.effect_noise((40, 30), 40) for _ in range(2)]
    (tmp_path / "in").mkdir()
    pages[0].save(tmp_path / "in" / "two.tif", save_all=True, append_images=pages[1:])
    pages[0].save(tmp_path / "in" / "one.jpg")
    words = ("--format", "jpeg", "--saturation", "0", "--side-by-side", "--no-mark")
    assert bulk(tmp_path / "in", tmp_path / "out", *words)[0] == 0
    assert results_of(tmp_path / "out") == {"one.jpg", "two.tif.colour.jpg"}
    with Image.open(tmp_path / "out" / "one.jpg") as result:
        assert result.width > 80
        assert b"TintLite" not in (tmp_path / "out" / "one.jpg").read_bytes()
        spread = np.ptp(np.asarray(result.convert("RGB")).astype(int), axis=-1)
    assert spread.max() <= 2  # grey
    assert "page" in rows_of(tmp_path / "out")["two.tif"]["note"]


def test_damaged_pictures(tmp_path, bulk, picture, rows_of):
    whole = picture(tmp_path / "in" / "x.jpg").read_bytes()
    (tmp_path / "in" / "x.jpg").write_bytes(whole[: len(whole) * 3 // 4])
    assert bulk(tmp_path / "in", tmp_path / "out")[0] == 3
    row = rows_of(tmp_path / "out")["x.jpg"]
    assert row["outcome"] == "damaged"
    assert "damaged" in row["note"]
    assert bulk(tmp_path / "in", tmp_path / "strict", "--strict")[0] == 1
    assert rows_of(tmp_path / "strict")["x.jpg"]["outcome"] == "refused"


def test_tars(tmp_path, bulk, picture, rows_of, results_of):
    source, target = tmp_path / "shards", tmp_path / "out"
    names = ["./000.jpg", "sub/001.png", "000.json", "sub/001.png", "../002.jpg"]
    source.mkdir()
    with tarfile.open(source / "s0.tar", "w") as tar:
        for seed, name in enumerate(names):
            data = picture(tmp_path / "one.png", seed).read_bytes()
            member = tarfile.TarInfo(name)
            member.size = len(data)
            tar.addfile(member, io.BytesIO(data))
    whole = (source / "s0.tar").read_bytes()
    (source / "cut.tar").write_bytes(whole[: 512 + 100])
    (source / "no.tar").write_bytes(b"no tar")
    assert bulk(source, target)[0] == 1
    names = {"s0.tar/000.jpg", "s0.tar/sub/001.png", "cut.tar/000.jpg"}
    assert results_of(target) == names
    assert not (tmp_path / "002.jpg").exists()
    rows = rows_of(target)
    first = picture(tmp_path / "first.png", 1).read_bytes()
    assert rows["s0.tar/sub/001.png"]["hash"] == hashlib.sha256(first).hexdigest()
    assert "twice" in rows["s0.tar/sub/001.png#2"]["note"]
    assert "leads out" in rows["s0.tar/../002.jpg"]["note"]
    assert "cannot be read as a tar" in rows["no.tar"]["note"]
    assert rows["cut.tar"]["note"].startswith("broken after 1 pictures")
    assert rows["cut.tar/000.jpg"]["outcome"] == "damaged"

    assert bulk(source / "s0.tar", tmp_path / "one")[0] == 1
    assert results_of(tmp_path / "one") == {"000.jpg", "sub/001.png"}


def test_a_list(tmp_path, bulk, picture, rows_of, results_of):
    there, beside = picture(tmp_path / "far" / "x.jpg"), picture(tmp_path / "lists" / "y.png")
    late = tmp_path / "late.png"
    pipe = tmp_path / "pipe.png"
    os.mkfifo(pipe)
    words = [str(there), "y.png", there.as_uri(), str(late), "what://z.png", "../z.png", str(pipe)]
    pq.write_table(pa.table({"source": words, "n": range(7)}), tmp_path / "lists" / "l.parquet")
    target = tmp_path / "out"
    assert bulk(tmp_path / "lists" / "l.parquet", target)[0] == 1
    rows = rows_of(target)
    assert len(rows) == 6  # one of them was named twice
    assert rows[there.as_uri()]["target"] == f"file{there}"
    assert rows[beside.as_uri()]["outcome"] == "coloured"
    assert rows[late.as_uri()]["outcome"] == "unread"
    assert rows["what://z.png"]["note"] == "what://z.png: Protocol not known: what"
    assert rows[pipe.as_uri()]["note"] == "not a file"
    picture(late)
    assert "2 to colour, 4 done by" in bulk(tmp_path / "lists" / "l.parquet", target)[1]
    assert rows_of(target)[late.as_uri()]["outcome"] == "coloured"
    assert f"file{late}" in results_of(target)


def test_a_list_without_its_column(tmp_path, bulk):
    pq.write_table(pa.table({"url": ["x.jpg"]}), tmp_path / "l.parquet")
    code, _, err = bulk(tmp_path / "l.parquet", tmp_path / "out")
    assert code == 1
    assert "no column 'source' of addresses (only url)" in err


def test_a_store(bulk, picture, tmp_path):
    """By addresses, from one store to the other; with pictures in a tar there."""
    fs = fsspec.filesystem("memory")
    fs.store.clear()
    one = picture(tmp_path / "one.png").read_bytes()
    fs.pipe_file("/in/a/one.png", one)
    data = io.BytesIO()
    with tarfile.open(fileobj=data, mode="w") as tar:
        tar.add(tmp_path / "one.png", "two.png")
    fs.pipe_file("/in/t.tar", data.getvalue())
    try:
        assert bulk("memory://in", "memory://out")[0] == 0
        names = {name for name in fs.find("/out") if "ledger" not in name}
        assert names == {"/out/a/one.png", "/out/t.tar/two.png"}
        # Their words hold the second in which each was made.
        alone, packed = (
            np.asarray(Image.open(io.BytesIO(fs.cat_file(name)))) for name in sorted(names)
        )
        np.testing.assert_array_equal(alone, packed)
        (row,) = [
            row
            for part in fs.glob("/out/tintlite-ledger/*.parquet")
            for row in pq.read_table(io.BytesIO(fs.cat_file(part))).to_pylist()
            if row["source"] == "a/one.png"
        ]
        assert row["hash"] == hashlib.sha256(one).hexdigest()
        assert bulk("memory://in", "memory://out")[1].splitlines()[1].startswith("0 to colour")
    finally:
        fs.store.clear()


def test_a_second_run_does_what_is_missing(tmp_path, bulk, picture, rows_of, results_of):
    source, target = tmp_path / "in", tmp_path / "out"
    for number in range(5):
        picture(source / f"{number}.png", number)
    (source / "bad.png").write_bytes(b"bad")
    bulk(source, target)
    before = {name: (target / name).stat().st_mtime_ns for name in results_of(target)}
    rows = rows_of(target)
    picture(source / "new.png")
    picture(source / "bad.png")  # mended, but given up
    code, out, _ = bulk(source, target)
    assert code == 1
    assert "1 to colour, 6 done by earlier runs\n6 coloured, 1 refused" in out
    assert results_of(target) == {*before, "new.png"}
    for name, changed in before.items():
        assert (target / name).stat().st_mtime_ns == changed
    assert rows_of(target).items() >= rows.items()
    assert bulk(source, target, "--retry")[0] == 0
    assert rows_of(target)["bad.png"]["outcome"] == "coloured"
    assert len(rows_of(target)) == 7


def test_pictures_that_kill_or_hang_are_rows(tmp_path, bulk, picture, rows_of, strike):
    source, target = tmp_path / "in", tmp_path / "out"
    for number in range(4):
        picture(source / f"{number}.png", number)
    (source / "1x.png").write_bytes(b"SEGV")
    (source / "2x.png").write_bytes(b"SEGV")
    code, out, _ = bulk(source, target)
    assert code == 1
    assert "4 coloured, 2 killed" in out
    row = rows_of(target)["1x.png"]
    assert (row["outcome"], row["note"]) == ("killed", "it ended its worker (SIGSEGV)")

    (tmp_path / "hang").mkdir()
    (tmp_path / "hang" / "x.png").write_bytes(b"HANG")
    assert bulk(tmp_path / "hang", tmp_path / "hung", "--patience", "1")[0] == 1
    row = rows_of(tmp_path / "hung")["x.png"]
    assert (row["outcome"], row["note"]) == ("killed", "takes longer than 1 s, and was given up")


class FullSystem(MemoryFileSystem):
    """A store of which so many results fit, and no more."""

    protocol = "full"
    store: dict = {}  # noqa: RUF012 (as its parent's)
    pseudo_dirs = [""]  # noqa: RUF012
    room = 0

    def pipe_file(self, path, value, **words):
        if path.endswith((".png.part", ".png")):
            if FullSystem.room == 0:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            FullSystem.room -= 1
        super().pipe_file(path, value, **words)


def test_a_full_target(tmp_path, bulk, picture):
    """It ends with a sentence; what is there stays, and is not done again."""
    fsspec.register_implementation("full", FullSystem, clobber=True)
    for number in range(9):
        picture(tmp_path / "in" / f"{number}.png", number)
    FullSystem.store.clear()
    FullSystem.room = 4
    code, _, err = bulk(tmp_path / "in", "full://out", "--workers", "2")
    assert code == 1
    assert "cannot be written: No space left on device" in err
    assert "4 done, 5 left: the same command goes on" in err
    assert "Traceback" not in err
    there = {name: bytes(file.getvalue()) for name, file in FullSystem.store.items()}
    assert sum(name.endswith(".png") for name in there) == 4
    assert not any(name.endswith(".part") for name in there)
    FullSystem.room = 5
    code, out, _ = bulk(tmp_path / "in", "full://out")
    assert code == 0
    assert "5 to colour, 4 done" in out
    assert FullSystem.room == 0  # nothing twice
    names = [Path(name).name for name in FullSystem.store if name.endswith(".png")]
    assert sorted(names) == [f"{number}.png" for number in range(9)]


@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)], ids=["ctrl-C", "SIGTERM"]
)
def test_stopped_in_the_middle(tmp_path, tiny_model, rows_of, results_of, bulk, number, code):
    source, target = tmp_path / "in", tmp_path / "out"
    source.mkdir()
    Image.effect_noise((600, 450), 40).save(source / "000.png", compress_level=1)
    for index in range(1, 600):  # more than are done before the signal comes
        (source / f"{index:03}.png").hardlink_to(source / "000.png")
    words = [str(source), str(target), "--model", str(tiny_model), "--workers", "2"]
    process = subprocess.Popen(
        [sys.executable, "-m", "edge_runtime", "bulk", *words],
        env=os.environ | {"PYTHONPATH": str(Path(__file__).parents[3])},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        while len(list(target.glob("*.png"))) < 3 and process.poll() is None:
            time.sleep(0.01)
        process.send_signal(number)
        _, err = process.communicate(timeout=600)
    finally:
        process.kill()
    assert process.returncode == code
    assert err.startswith("tintlite: interrupted: ")
    assert err.endswith("left: the same command goes on\n")
    assert err.count("\n") == 1
    rows = rows_of(target)
    assert 1 <= len(rows) < 600
    # Each result has its row, but for the two that were just given their names.
    assert len(rows) <= len(results_of(target)) <= len(rows) + 2
    for name in results_of(target):
        with Image.open(target / name) as picture:
            picture.load()
    for path in list(source.iterdir()):  # the rest of them would take long
        if path.name not in results_of(target) and path.name > "010.png":
            path.unlink()
    before = len(rows)
    code, out, _ = bulk(source, target)
    assert code == 0
    assert f"{before} done by earlier runs" in out
    assert set(rows_of(target)) == results_of(target) >= {path.name for path in source.iterdir()}


def test_no_two_names_become_the_same():
    dice = random.Random(1)  # noqa: S311
    pieces = ["x", ".colour", ".Colour", *ENDINGS, ".JPG", ".tar", ""]
    for format in WRITTEN:
        names = {"".join(dice.choices(pieces, k=dice.randint(1, 5))) for _ in range(20_000)}
        assert len({result_name(name, format) for name in names}) == len(names)
    assert result_name("a/x.tif", WRITTEN[0]) == "a/x.tif.colour.jpg"
    assert result_name("a/x.JPG", WRITTEN[0]) == "a/x.JPG"


@pytest.mark.parametrize("name", ["../x", "/x", "a/../x", "a//x", "..\\x", "a/.", "x\0", ""])
def test_names_that_lead_out(name):
    assert not is_safe(name)
    assert is_safe("a/..x/b.jpg")


def test_a_set_of_names(monkeypatch):
    monkeypatch.setattr(Known, "most_new", 7)
    known, own = Known(), set()
    dice = random.Random(2)  # noqa: S311
    for _ in range(2000):
        name = str(dice.randint(0, 500))
        assert known.add(name) == (name not in own)
        own.add(name)


def test_pace():
    assert pace(1200, 10_000, 600) == "1,200 of 10,000, 2 a second, 1:13:20 left"


def test_names_that_are_no_text(tmp_path, bulk, picture, rows_of):
    source = os.fsencode(tmp_path / "in")
    os.mkdir(source)
    picture(tmp_path / "x.png").rename(os.fsdecode(source + b"/\xff.png"))
    assert bulk(tmp_path / "in", tmp_path / "out")[0] == 1
    assert rows_of(tmp_path / "out")["\\udcff.png"]["note"] == "its name is not UTF-8: rename it"


def test_a_name_that_the_target_does_not_take(tmp_path, bulk, picture, rows_of):
    """One row, and the others go on."""
    long = f"{'x' * 250}.gif"  # .colour.png makes it too long
    Image.open(picture(tmp_path / "x.png")).save(tmp_path / "x.gif")
    (tmp_path / "in").mkdir()
    (tmp_path / "x.gif").rename(tmp_path / "in" / long)
    picture(tmp_path / "in" / "y.png")
    assert bulk(tmp_path / "in", tmp_path / "out")[0] == 1
    rows = rows_of(tmp_path / "out")
    assert "File name too long" in rows[long]["note"]
    assert rows["y.png"]["outcome"] == "coloured"


def test_what_is_refused(tmp_path, bulk, picture, tiny_view_model, monkeypatch):
    source, target = tmp_path / "in", tmp_path / "out"
    picture(source / "x.png")
    refused = [
        (source, source / "out", [], "source and target must not lie in each other"),
        (source, tmp_path, [], "source and target must not lie in each other"),
        (tmp_path / "none", target, [], "none: no such file or folder"),
        (source / "x.png", target, [], "neither a folder nor a .tar nor a .parquet"),
        ("what://x", target, [], "what://x: Protocol not known: what"),
        (source, target, ["--model", "none"], "none"),
    ]
    for taken, given, words, told in refused:
        code, _, err = bulk(taken, given, *words)
        assert (code, err.count("\n")) == (1, 1)
        assert told in err
    assert not list(target.glob("*.parquet"))
    assert bulk(source, target, "--format", "gif")[0] == 2
    assert bulk(source, tmp_path / "other")[0] == 0
    code, _, err = bulk(source, tmp_path / "other", "--model", str(tiny_view_model))
    assert code == 1
    assert "this target was begun with model tiny 1.0" in err
    assert (
        "with saturation 1.0, not 0.5" in bulk(source, tmp_path / "other", "--saturation", "0.5")[2]
    )
    monkeypatch.setattr("edge_runtime.cli.bulk.find_spec", lambda name: None)
    code, _, err = bulk(source, target)
    assert (code, err) == (1, "tintlite: fsspec is missing: pip install 'tintlite[bulk]'\n")

"""Preparing real picture files: what is kept, what is dropped and why, how it is split."""

import csv
import hashlib
import io
import multiprocessing
import os
import struct
import subprocess
import sys
import tarfile
import zipfile
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from skimage import data as photos

from train.data.decode import UndecodableError, decode
from train.data.prepare import PrepareOptions, difference_hash, parse_fractions, prepare, split_of
from train.data.sources import count_pictures, iter_pictures
from train.data.store import MANIFEST, PIXELS, Store
from train.errors import ConfigError, PictureSourceError, StoreError


def encoded(pixels, suffix="png", **options):
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, suffix, **options)
    return file.getvalue()


@pytest.fixture
def folder(tmp_path):
    """A folder with four good photos and one of each kind that must be dropped."""
    source = tmp_path / "photos"
    (source / "deep").mkdir(parents=True)
    astronaut, cat, coffee, rocket = (
        photos.astronaut(),
        photos.chelsea(),
        photos.coffee(),
        photos.rocket(),
    )
    (source / "astronaut.png").write_bytes(encoded(astronaut))
    (source / "cat.jpg").write_bytes(encoded(cat, "jpeg", quality=90))
    (source / "coffee.webp").write_bytes(encoded(coffee, "webp"))
    (source / "deep" / "rocket.png").write_bytes(encoded(rocket))
    (source / "copy.png").write_bytes(encoded(astronaut))
    (source / "recompressed.jpg").write_bytes(encoded(cat, "jpeg", quality=60))
    (source / "grey.png").write_bytes(encoded(photos.camera()))
    sepia = photos.camera()[..., None] * np.array([0.95, 0.8, 0.6])
    (source / "sepia.png").write_bytes(encoded(sepia.astype(np.uint8)))
    (source / "tiny.png").write_bytes(encoded(astronaut[:50, :50]))
    (source / "broken.jpg").write_bytes(encoded(coffee, "jpeg")[:3000])
    (source / "text.jpg").write_text("no picture at all")
    (source / "notes.txt").write_text("passed over: not a picture's name")
    return source


def test_drops_what_teaches_nothing_and_says_why(folder, tmp_path):
    report = prepare([folder], tmp_path / "data", PrepareOptions(fractions=(1.0,)))
    assert report.kept == {"train": 4}
    dropped = {"broken": 2, "tiny": 1, "grey": 1, "one tint": 1, "duplicate": 2}
    assert report.dropped == dropped
    assert report.read == 11


def test_store_holds_the_resized_pictures(folder, tmp_path):
    prepare([folder], tmp_path / "data", PrepareOptions(short_side=128, fractions=(1.0,)))
    store = Store(tmp_path / "data", "train")
    index = next(i for i, e in enumerate(store.entries) if e.name == "astronaut.png")
    assert store[index].shape == (128, 128, 3)
    with Image.open(folder / "astronaut.png") as picture:
        expected = np.asarray(picture.convert("RGB").resize((128, 128), Image.Resampling.BOX))
    assert np.abs(store[index].astype(int) - expected).max() <= 1
    wide = next(i for i, e in enumerate(store.entries) if e.name == "cat.jpg")
    assert store[wide].shape == (128, 192, 3), "longer than 3:2 is cut around the centre"


def test_same_pictures_from_folder_tar_and_zip(folder, tmp_path):
    tar_file, zip_file = tmp_path / "a.tar", tmp_path / "a.zip"
    with tarfile.open(tar_file, "w") as tar, zipfile.ZipFile(zip_file, "w") as z:
        for path in sorted(folder.rglob("*.*")):
            name = path.relative_to(folder).as_posix()
            tar.add(path, name)
            z.write(path, name)
    expected = dict(iter_pictures([folder]))
    assert len(expected) == 11
    assert dict(iter_pictures([tar_file])) == expected
    assert dict(iter_pictures([zip_file])) == expected


def test_orientation_tag_is_applied(tmp_path):
    source = tmp_path / "photos"
    source.mkdir()
    tags = Image.Exif()
    tags[0x0112] = 6  # stored lying on its side
    Image.fromarray(photos.coffee()).save(source / "a.jpg", exif=tags)
    prepare([source], tmp_path / "data", PrepareOptions(fractions=(1.0,)))
    height, width = Store(tmp_path / "data")[0].shape[:2]
    assert height > width


def test_split_follows_content_and_fractions():
    digests = [
        hashlib.sha1(str(i).encode(), usedforsecurity=False).hexdigest() for i in range(5000)
    ]
    for fractions in ((0.6, 0.4), (0.8, 0.2), (0.9, 0.1), (0.8, 0.1, 0.1)):
        splits = [split_of(digest, fractions) for digest in digests]
        for name, fraction in zip(("train", "val", "test"), fractions, strict=False):
            assert splits.count(name) / len(splits) == pytest.approx(fraction, abs=0.02)
    grown = [d for d in digests if split_of(d, (0.9, 0.1)) == "train"]
    assert {d for d in digests if split_of(d, (0.6, 0.4)) == "train"} <= set(grown)


@pytest.mark.parametrize("text", ["60/40", "80/20", "90/10", "80/10/10"])
def test_fractions_are_read(text):
    assert sum(parse_fractions(text)) == pytest.approx(1)


@pytest.mark.parametrize("text", ["", "60", "60/50", "a/b", "100/0", "25/25/25/25", "-10/110"])
def test_bad_fractions_are_refused(text):
    with pytest.raises(ConfigError, match="percentages that sum to 100"):
        parse_fractions(text)


def test_fingerprint_survives_recompression_and_tells_photos_apart():
    cat = photos.chelsea()
    with Image.open(io.BytesIO(encoded(cat, "jpeg", quality=50))) as picture:
        again = np.asarray(picture)
    (bits, thumb), (bits_again, thumb_again) = difference_hash(cat), difference_hash(again)
    assert (bits ^ bits_again).bit_count() <= 2
    assert np.abs(thumb - thumb_again).mean() < 6
    other, other_thumb = difference_hash(photos.coffee())
    assert (bits ^ other).bit_count() > 10
    assert np.abs(thumb - other_thumb).mean() > 20


def test_an_earlier_store_is_not_overwritten_unasked(folder, tmp_path):
    prepare([folder], tmp_path / "data")
    before = (tmp_path / "data" / PIXELS).read_bytes()
    with pytest.raises(PictureSourceError, match="--overwrite"):
        prepare([folder], tmp_path / "data")
    prepare([folder], tmp_path / "data", overwrite=True)
    assert (tmp_path / "data" / PIXELS).read_bytes() == before


def test_a_folder_of_something_else_is_never_replaced(folder, tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("precious")
    with pytest.raises(PictureSourceError, match="no prepared data"):
        prepare([folder], tmp_path / "mine", overwrite=True)
    assert (tmp_path / "mine" / "thesis.txt").read_text() == "precious"


@pytest.fixture
def in_processes(monkeypatch):
    """All but the first four pictures go to processes, one by one."""
    monkeypatch.setattr("train.data.prepare._PICTURES_A_PART", 2)


def contents(data):
    return {file.name: file.read_bytes() for file in data.iterdir()}


def test_processes_write_what_one_writes(in_processes, folder, tmp_path):
    begun = set()

    def on_picture():
        begun.update(child.pid for child in multiprocessing.active_children())

    report = prepare([folder], tmp_path / "two", workers=2, on_picture=on_picture)
    assert report == prepare([folder], tmp_path / "one", workers=1)
    assert len(begun) == 2
    assert contents(tmp_path / "two") == contents(tmp_path / "one")
    assert multiprocessing.active_children() == []


def test_a_process_that_dies_is_one_sentence(in_processes, folder, tmp_path):
    # More than lie ahead of the processes at once, so that some must come after the end.
    for number in range(20):
        (folder / f"more-{number}.jpg").write_text("no picture at all")

    def on_picture():
        for child in multiprocessing.active_children():
            child.kill()

    with pytest.raises(
        PictureSourceError, match=r"was ended from outside .*: nothing was written$"
    ):
        prepare([folder], tmp_path / "data", workers=2, on_picture=on_picture)
    assert [path.name for path in tmp_path.iterdir()] == ["photos"]


INTERRUPTED = """
import multiprocessing, os, signal, sys
from pathlib import Path
import train.data.prepare

def interrupt():
    if multiprocessing.active_children():
        os.killpg(0, signal.SIGINT)

train.data.prepare._PICTURES_A_PART = 2
try:
    train.data.prepare.prepare([Path("photos")], Path("data"), workers=2, on_picture=interrupt)
except KeyboardInterrupt:
    print("left", multiprocessing.active_children(), os.listdir())
"""


@pytest.mark.skipif(os.name != "posix", reason="ctrl-C reaches a group of processes")
def test_ctrl_c_ends_every_process_without_a_word(folder, tmp_path):
    done = subprocess.run(
        [sys.executable, "-c", INTERRUPTED],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(Path(__file__).parents[3])},
        start_new_session=True,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.stdout, done.stderr) == ("left [] ['photos']\n", "")


def test_nothing_is_left_when_nothing_is_kept(tmp_path):
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos" / "grey.png").write_bytes(encoded(photos.camera()))
    with pytest.raises(PictureSourceError, match="no picture was kept: 1 grey"):
        prepare([tmp_path / "photos"], tmp_path / "data")
    assert [p.name for p in tmp_path.iterdir()] == ["photos"]


def test_missing_and_strange_sources_are_refused(tmp_path):
    with pytest.raises(PictureSourceError, match="does not exist"):
        prepare([tmp_path / "nowhere"], tmp_path / "data")
    (tmp_path / "a.zip").write_text("not a zip")
    with pytest.raises(PictureSourceError, match="neither a folder nor"):
        prepare([tmp_path / "a.zip"], tmp_path / "data")


def test_damaged_archives_are_one_sentence(folder, tmp_path):
    with tarfile.open(tmp_path / "a.tar.gz", "w:gz") as tar:
        tar.add(folder / "astronaut.png", "astronaut.png")
    whole = (tmp_path / "a.tar.gz").read_bytes()
    (tmp_path / "a.tar.gz").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(PictureSourceError, match="cannot be read"):
        count_pictures([tmp_path / "a.tar.gz"])
    with pytest.raises(PictureSourceError, match="cannot be read"):
        list(iter_pictures([tmp_path / "a.tar.gz"]))


def test_a_damaged_entry_of_a_zip_is_one_broken_picture(folder, tmp_path):
    shard = tmp_path / "a.zip"
    with zipfile.ZipFile(shard, "w") as z:
        for name in ("astronaut.png", "cat.jpg"):
            z.write(folder / name, name)
    data = bytearray(shard.read_bytes())
    data[1000] ^= 255  # inside the first picture
    shard.write_bytes(data)
    report = prepare([shard], tmp_path / "data")
    assert (report.dropped, sum(report.kept.values())) == ({"broken": 1}, 1)


def test_names_that_are_no_text_do_not_end_the_work(folder, tmp_path):
    (folder / "cat.jpg").rename(os.fsdecode(os.fsencode(folder) + b"/caf\xe9.jpg"))
    prepare([folder], tmp_path / "data")
    assert r"caf\udce9.jpg" in {entry.name for entry in Store(tmp_path / "data").entries}


def test_bombs_and_foreign_formats_are_refused_before_decoding():
    header = b"IHDR" + struct.pack(">IIBBBBB", 8_000, 8_000, 8, 2, 0, 0, 0)
    chunk = struct.pack(">I", 13) + header + struct.pack(">I", zlib.crc32(header))
    with pytest.raises(UndecodableError, match="too large"):
        decode(b"\x89PNG\r\n\x1a\n" + chunk + struct.pack(">I", 0) + b"IDAT")
    with pytest.raises(UndecodableError, match="broken"):
        decode(b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 100 100\n%%EndComments\n")


def test_cut_off_store_is_refused(folder, tmp_path):
    data = tmp_path / "data"
    prepare([folder], data)
    pixels = (data / PIXELS).read_bytes()
    (data / PIXELS).write_bytes(pixels[:-1])
    with pytest.raises(StoreError, match="cut off"):
        Store(data)
    with pytest.raises(StoreError, match="not prepared data"):
        Store(tmp_path)


def test_manifest_names_every_picture(folder, tmp_path):
    report = prepare([folder], tmp_path / "data")
    with open(tmp_path / "data" / MANIFEST, newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == sum(report.kept.values())
    assert {row["name"] for row in rows} >= {"deep/rocket.png", "astronaut.png"}

"""Standard input and output, folders that are missing, pages, and work that is not done in vain."""

import io
import os
import pickle
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import tifffile
from PIL import Image

from edge_runtime import Colorizer, Device, Look, photo
from edge_runtime.cli import main
from edge_runtime.colour.compose import compose
from edge_runtime.colour.painted_rows import PaintedRows
from edge_runtime.pictures import read_picture

ROOT = Path(__file__).parents[3]
GREY = np.tile(np.arange(60, dtype=np.uint8) * 4, (40, 1))


@pytest.fixture
def tintlite(tmp_path, tiny_model):
    """Run the real command; standard input and output are bytes."""

    def run(*arguments, data=b"", **options):
        command = [sys.executable, "-m", "edge_runtime", *arguments, "--model", str(tiny_model)]
        return subprocess.run(
            command,
            input=data,
            capture_output=True,
            cwd=tmp_path,
            env=os.environ | {"PYTHONPATH": str(ROOT)},
            timeout=100,
            **options,
        )

    return run


def encoded(format: str) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(GREY).save(buffer, format)
    return buffer.getvalue()


def test_from_standard_input_to_standard_output(tintlite, tmp_path):
    result = tintlite("colorize", "-", data=encoded("PNG"))
    assert (result.returncode, result.stderr) == (0, b"")
    with Image.open(io.BytesIO(result.stdout)) as image:
        assert image.format == "PNG"
        assert image.mode == "RGB"
    assert list(tmp_path.iterdir()) == []


@pytest.fixture
def here(tmp_path, tiny_model, capfdbinary, monkeypatch):
    """Run `tintlite colorize` in this process, in a folder, with bytes for standard input."""
    monkeypatch.chdir(tmp_path)

    def run(*arguments, data=b""):
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))
        code = main(["colorize", *map(str, arguments), "--model", str(tiny_model)])
        out, err = capfdbinary.readouterr()
        return code, out, err.decode()

    return run


def test_streams_on_one_side(here, tmp_path):
    (tmp_path / "x.gif").write_bytes(encoded("GIF"))
    code, out, err = here("x.gif", "-o", "-")
    assert (code, err) == (0, "")
    assert Image.open(io.BytesIO(out)).format == "PNG"
    code, out, err = here("-", "-o", "new/sub/y.webp", data=encoded("TIFF"))
    assert (code, err) == (0, "")
    assert out == b"- -> new/sub/y.webp\n"
    with Image.open(tmp_path / "new" / "sub" / "y.webp") as image:
        assert image.format == "WEBP"
    assert not (tmp_path / "-").exists()


def test_streams_in_vain(here, tmp_path):
    (tmp_path / "x.png").write_bytes(encoded("PNG"))
    for arguments, code, words in (
        (["-", "-o", "folder/"], 2, "needs a file"),
        (["x.png", "x.png", "-o", "-"], 2, "one file"),
        (["-"], 1, "standard input: the file is empty"),
    ):
        result, out, err = here(*arguments)
        assert (result, out) == (code, b"")
        assert words in err
    code, _, err = here("-", data=b"no picture at all")
    assert code == 1
    assert err.startswith("tintlite: standard input: not a JPEG")


def test_a_picture_does_not_go_to_a_terminal(here, tmp_path, monkeypatch):
    (tmp_path / "x.png").write_bytes(encoded("PNG"))
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    code, out, err = here("x.png", "-o", "-")
    assert (code, out) == (2, b"")
    assert "would go to the terminal" in err


def test_missing_folders_are_made(here, tmp_path):
    (tmp_path / "x.png").write_bytes(encoded("PNG"))
    assert here("x.png", "-o", "sub/new/y.png")[0] == 0
    assert read_picture(tmp_path / "sub" / "new" / "y.png").pixels.ndim == 3


@pytest.mark.parametrize("beside", [False, True])
def test_what_will_not_fit_is_refused_before_the_work(here, tmp_path, monkeypatch, beside):
    width = 40_000 if beside else 65_501
    Image.new("L", (width, 8), 90).save(tmp_path / "x.png")

    def work(*arguments):
        raise AssertionError("it is coloured in vain")

    monkeypatch.setattr(Colorizer, "colorize", work)
    code, _, err = here("x.png", "-o", "y.jpg", *(["--side-by-side"] if beside else []))
    assert code == 1
    assert "pixels do not fit into JPEG (at most 65500 a side)" in err


@pytest.mark.skipif(not hasattr(signal, "SIGHUP"), reason="a signal of POSIX")
@pytest.mark.parametrize("ignored", [False, True], ids=["hung up", "nohup"])
def test_sighup_leaves_no_part(tmp_path, tiny_model, ignored):
    """It comes while a result is being flushed to the disk."""
    (tmp_path / "x.png").write_bytes(encoded("PNG"))
    code = f"""
import os, signal, sys
# Whoever began the tests may ignore it, as nohup does: that would be inherited.
signal.signal(signal.SIGHUP, signal.SIG_IGN if {ignored} else signal.SIG_DFL)
def hang_up(descriptor):
    os.kill(os.getpid(), signal.SIGHUP)
os.fsync = hang_up
from edge_runtime.cli import main
sys.exit(main())
"""
    result = subprocess.run(
        [sys.executable, "-c", code, "colorize", "x.png", "--model", str(tiny_model)],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
    )
    found = sorted(path.name for path in tmp_path.iterdir())
    if ignored:
        assert (result.returncode, found) == (0, ["x.colour.png", "x.png"])
    else:
        assert (result.returncode, found) == (129, ["x.png"])
        assert result.stderr == "tintlite: interrupted: 0 done, 1 left\n"


def pages(path: Path, count: int = 3) -> None:
    with tifffile.TiffWriter(path) as file:
        for page in range(count):
            file.write(
                np.full((40 + page, 60), 40 * (page + 1), np.uint8),
                photometric="minisblack",
                description=f"page {page}",
                metadata=None,
            )


def test_all_pages_of_a_tiff_go_to_a_tiff(here, tmp_path):
    pages(tmp_path / "x.tif")
    assert here("x.tif") == (0, b"x.tif -> x.colour.tif\n", "")
    with tifffile.TiffFile(tmp_path / "x.colour.tif") as file:
        assert [page.shape for page in file.pages] == [(40, 60, 3), (41, 60, 3), (42, 60, 3)]
        assert [page.description for page in file.pages] == ["page 0", "page 1", "page 2"]
        levels = [page.asarray()[..., 1].mean() for page in file.pages]
    assert levels == sorted(levels)
    with Image.open(tmp_path / "x.colour.tif") as image:
        assert image.n_frames == 3
    for page in range(3):
        picture = read_picture(tmp_path / "x.colour.tif", page=page)
        alone = read_picture(tmp_path / "x.tif", page=page)
        assert picture.mark is not None
        assert picture.pixels.shape[:2] == alone.pixels.shape


def test_all_pages_of_a_tiff_go_to_files(here, tmp_path):
    pages(tmp_path / "x.tif")
    assert here("x.tif", "-o", "new/y.jpg")[0] == 0
    names = sorted(path.name for path in (tmp_path / "new").iterdir())
    assert names == ["y-1.jpg", "y-2.jpg", "y-3.jpg"]
    assert read_picture(tmp_path / "new" / "y-3.jpg").pixels.shape == (42, 60, 3)
    (tmp_path / "new" / "y-1.jpg").unlink()
    code, _, err = here("x.tif", "-o", "new/y.jpg")
    assert code == 1
    assert "new/y-2.jpg: exists already (--overwrite replaces it)" in err
    assert not (tmp_path / "new" / "y-1.jpg").exists()
    code, _, err = here("x.tif", "-o", "-")
    assert code == 0  # a TIFF takes them all
    assert here("x.tif", "-o", "new/y.jpg", "--overwrite")[0] == 0


def test_a_damaged_page_is_told_once(here, tmp_path):
    pages(tmp_path / "x.tif", 2)
    with tifffile.TiffFile(tmp_path / "x.tif") as file:
        start = file.pages[1].dataoffsets[0]
    data = (tmp_path / "x.tif").read_bytes()
    (tmp_path / "x.tif").write_bytes(data[: start + 600])
    code, _, err = here("x.tif")
    assert code == 3
    assert "it is damaged" in err
    assert err.count("\n") == 1


def test_max_pixels(here, tmp_path, monkeypatch):
    """Above the usual limit a TIFF is painted by rows, to the same pixels."""
    noise = np.random.default_rng(0).integers(0, 65536, (150, 90), dtype=np.uint16)
    tifffile.imwrite(tmp_path / "x.tif", noise, photometric="minisblack")
    assert here("x.tif", "-o", "whole.tif")[0] == 0
    code, _, err = here("x.tif", "-o", "small.tif", "--max-pixels", 13_499)
    assert code == 1
    assert "90 x 150 pixels, more than 0.013499 megapixels" in err
    monkeypatch.setattr(photo, "MAX_PIXELS", 10_000)
    painted = []

    class Rows(PaintedRows):
        def __getitem__(self, rows):
            painted.append(rows)
            return super().__getitem__(rows)

    monkeypatch.setattr(photo, "PaintedRows", Rows)
    assert here("x.tif", "-o", "rows.tif", "--max-pixels", 20_000)[0] == 0
    assert len(painted) == 3
    whole, rows = (tifffile.imread(tmp_path / f"{name}.tif") for name in ("whole", "rows"))
    assert np.abs(whole.astype(int) - rows).max() <= 2


def test_margins_are_left_out_by_rows_too(here, tmp_path, monkeypatch):
    paper = 58_000  # white itself has no colour
    page = np.full((150, 120), paper, np.uint16)
    page[20:-20, 20:-20] = np.random.default_rng(0).integers(0, 40_000, (110, 80))
    tifffile.imwrite(tmp_path / "x.tif", page, photometric="minisblack")
    assert here("x.tif", "-o", "whole.tif")[0] == 0
    monkeypatch.setattr(photo, "MAX_PIXELS", 10_000)
    assert here("x.tif", "-o", "rows.tif", "--max-pixels", 20_000)[0] == 0
    assert here("x.tif", "-o", "tinted.tif", "--max-pixels", 20_000, "--whole")[0] == 0
    whole, rows, tinted = (
        tifffile.imread(tmp_path / f"{name}.tif").astype(int)
        for name in ("whole", "rows", "tinted")
    )
    assert np.abs(whole - rows).max() <= 8
    assert np.abs(rows[:15] - paper).max() <= 8
    assert np.abs(tinted[:15] - paper).max() > 500


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
@pytest.mark.parametrize("shape", [(97, 53), (40, 61, 3)])
def test_rows_are_those_of_the_whole(dtype, shape):
    generator = np.random.default_rng(1)
    picture = generator.integers(0, np.iinfo(dtype).max, shape, dtype=dtype)
    ab = generator.normal(0, 30, (8, 6, 2)).astype(np.float32)
    whole = compose(picture, ab)
    rows = PaintedRows(picture, ab, compose)
    assert (rows.shape, rows.dtype, rows.ndim) == (whole.shape, whole.dtype, 3)
    for part in (slice(0, 7), slice(7, 31), slice(31, shape[0])):
        assert np.abs(rows[part].astype(int) - whole[part]).max() <= (1 if dtype == np.uint8 else 8)


def test_a_colorizer_travels_to_another_process(tiny_model):
    here = Colorizer(tiny_model, Device(threads=2))
    there = pickle.loads(pickle.dumps(here))  # noqa: S301
    look = Look(saturation=1.7, framing="tile")
    np.testing.assert_array_equal(there.colorize(GREY, look), here.colorize(GREY, look))
    assert there.device == Device(threads=2)
    assert len(pickle.dumps(here)) < 1000  # the model itself stays where it is


@pytest.mark.parametrize("saturation", ["2", None, True, [1]])
def test_a_saturation_that_is_no_number(saturation):
    with pytest.raises(TypeError, match="the saturation is a number, not"):
        Look(saturation=saturation)


def test_nothing_is_said_when_a_network_is_loaded(tiny_model):
    code = f"""
import os
from edge_runtime import Colorizer
Colorizer({str(tiny_model)!r})
os.write(2, b"heard")
"""
    result = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert (result.stdout, result.stderr) == ("", "heard")


def test_what_else_is_said_meanwhile_is_heard(capfd):
    from edge_runtime.engine.litert import without_greeting

    with without_greeting():
        os.write(2, b"INFO: Created TensorFlow Lite XNNPACK delegate for CPU.\n")
        os.write(2, b"WARNING: something\n")
    assert capfd.readouterr().err == "WARNING: something\n"


def test_verbose_tells_what_is_done_and_quiet_nothing(tiny_model, tmp_path, capfd):
    Image.fromarray(GREY).save(tmp_path / "x.png")
    command = ["colorize", str(tmp_path / "x.png"), "-m", str(tiny_model), "--overwrite"]
    assert main(["-v", *command]) == 0
    out, err = capfd.readouterr()
    assert "->" in out
    assert "tintlite.model: model tiny" in err
    assert f"x.png: PNG of {GREY.shape[1]} x {GREY.shape[0]} pixels" in err
    assert main(["--quiet", *command]) == 0
    assert capfd.readouterr() == ("", "")
    assert main(["--quiet", "colorize", str(tmp_path / "gone.png")]) == 1
    assert "gone.png" in capfd.readouterr().err
    assert main(command) == 0  # neither lasts
    assert capfd.readouterr() == (f"{tmp_path / 'x.png'} -> {tmp_path / 'x.colour.png'}\n", "")


def test_programs_choose_what_of_the_log_is_shown(tiny_model, caplog):
    with caplog.at_level("INFO", logger="tintlite"):
        Colorizer(tiny_model, Device(threads=1))
    assert [record.name for record in caplog.records] == ["tintlite.model"]

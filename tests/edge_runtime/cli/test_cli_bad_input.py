"""Bad input: one line, a non-zero exit, nothing written, no traceback, in time."""

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from edge_runtime.cli import main

SECONDS = 5


@pytest.fixture
def ok(tmp_path):
    """A good picture."""
    path = tmp_path / "ok.png"
    Image.fromarray(np.tile(np.arange(256, dtype=np.uint8), (64, 1))).save(path)
    return path


@dataclass(frozen=True)
class Result:
    """What a run said, and what lay in its folder before."""

    returncode: int
    stdout: str
    stderr: str
    folder_before: dict[str, bytes | str | None]


@pytest.fixture
def tintlite(ok, tmp_path, tiny_model, capfd, monkeypatch):
    """Run the command in this process, in the folder of the good picture."""
    monkeypatch.chdir(tmp_path)

    def run(*arguments, model=tiny_model):
        before = contents(tmp_path)
        code = main(words_of(arguments, model))
        return Result(code, *capfd.readouterr(), before)

    return run


@pytest.fixture
def process(ok, tmp_path, tiny_model):
    """Run the real command in a process of its own, in the folder of the good picture."""

    def run(*arguments, model=tiny_model, start=("-m", "edge_runtime"), streams=""):
        command = [sys.executable, *start, *words_of(arguments, model)]
        if streams:
            command = ["/bin/sh", "-c", f'exec "$@" {streams}', "sh", *command]
        before = contents(tmp_path)
        result = subprocess.run(
            command,
            capture_output=True,
            text=True,
            cwd=tmp_path,
            env=os.environ | {"PYTHONPATH": str(Path(__file__).parents[3])},
            timeout=600,
        )
        return Result(result.returncode, result.stdout, result.stderr, before)

    return run


def words_of(arguments, model):
    options = ["--model", str(model)] if arguments[0] == "colorize" else []
    return [*map(str, arguments), *options]


def contents(folder: Path) -> dict[str, bytes | str | None]:
    """All that lies in a folder: the bytes of files, the ends of links, None for others."""
    found = {}
    for path in folder.rglob("*"):
        name = str(path.relative_to(folder))
        if path.is_symlink():
            found[name] = os.readlink(path)
        else:
            found[name] = path.read_bytes() if path.is_file() else None
    return found


def check(result, folder, *, code: int = 1, words: str) -> None:
    """See that a run failed as it should, and left the folder as it was."""
    assert result.returncode == code, result.stderr
    assert words in result.stderr
    assert result.stderr.startswith("tintlite: ")
    assert result.stderr.count("\n") == 1
    assert result.stdout == ""
    assert contents(folder) == result.folder_before


def test_missing_file(tintlite, tmp_path):
    check(tintlite("colorize", "gone.jpg"), tmp_path, words="gone.jpg: no such file or folder")


def test_the_real_command_says_the_same(process, tmp_path):
    check(process("colorize", "gone.jpg"), tmp_path, words="gone.jpg: no such file or folder")
    result = process("colorize", "ok.png", "--saturation", "9")
    check(result, tmp_path, code=2, words="--saturation")
    (tmp_path / "x.jpg").touch()
    check(process("colorize", "x.jpg"), tmp_path, words="x.jpg: the file is empty")


@pytest.mark.slow  # a time: for an idle machine
@pytest.mark.parametrize("name", ["gone.jpg", "huge.png", "x.tflite"])
def test_bad_input_is_told_in_time(name, measured, tmp_path, tiny_model, png_header):
    (tmp_path / "huge.png").write_bytes(png_header(50_000, 50_000))
    (tmp_path / "x.tflite").write_bytes(tiny_model.read_bytes()[:500])
    model = name if name.endswith(".tflite") else str(tiny_model)
    result = measured("colorize", name, "--model", model)
    assert result.code == 1
    assert result.seconds < SECONDS


def test_a_name_that_is_too_long(tintlite, tmp_path):
    name = "x" * 300
    check(tintlite("colorize", f"{name}.jpg"), tmp_path, words=".jpg: File name too long")
    check(tintlite("colorize", "ok.png", "-o", f"{name}.png"), tmp_path, words="name too long")


def test_links_that_go_round(tintlite, tmp_path):
    (tmp_path / "a.png").symlink_to("b.png")
    (tmp_path / "b.png").symlink_to("a.png")
    check(tintlite("colorize", "a.png"), tmp_path, words="a.png: Too many levels")
    result = tintlite("colorize", "ok.png", "-o", "a.png")
    check(result, tmp_path, words="a.png: exists already")


def test_folder_without_pictures(tintlite, tmp_path):
    (tmp_path / "empty").mkdir()
    (tmp_path / "empty" / "notes.txt").touch()
    check(tintlite("colorize", "empty"), tmp_path, words="empty: no pictures in this folder")


def test_empty_file(tintlite, tmp_path):
    (tmp_path / "x.jpg").touch()
    check(tintlite("colorize", "x.jpg"), tmp_path, words="x.jpg: the file is empty")


def test_text_named_jpg(tintlite, tmp_path):
    (tmp_path / "x.jpg").write_text("dear grandmother\n")
    check(tintlite("colorize", "x.jpg"), tmp_path, words="x.jpg: not a JPEG, PNG")


def test_cut_off_jpeg(tintlite, tmp_path):
    Image.effect_noise((400, 300), 50).save(tmp_path / "x.jpg")
    data = (tmp_path / "x.jpg").read_bytes()
    (tmp_path / "x.jpg").write_bytes(data[: len(data) // 2])
    result = tintlite("colorize", "x.jpg", "--strict")
    check(result, tmp_path, words="x.jpg: it is damaged: its end is missing")
    (tmp_path / "x.jpg").write_bytes(data[: data.index(b"\xff\xda") + 4])
    check(tintlite("colorize", "x.jpg"), tmp_path, words="x.jpg: the header is damaged")


@pytest.mark.parametrize("depth", [8, 16])
def test_huge_png_header(tiny_model, tmp_path, png_header, measured, depth):
    """Refused before decoding: memory stays within 100 MB of that of a tiny picture."""
    Image.new("L", (8, 8), 90).save(tmp_path / "small.png")
    (tmp_path / "huge.png").write_bytes(png_header(50_000, 50_000, depth))
    small = measured("colorize", "small.png", "--model", str(tiny_model))
    huge = measured("colorize", "huge.png", "--model", str(tiny_model))
    assert (small.code, huge.code) == (0, 1)
    assert (tmp_path / "small.colour.png").exists()
    assert huge.stderr.startswith("tintlite: huge.png: ")
    assert "megapixels" in huge.stderr
    assert huge.stderr.count("\n") == 1
    assert huge.megabytes - small.megabytes < 100
    assert not (tmp_path / "huge.colour.png").exists()


def test_unwritable_target(tintlite, tmp_path):
    """Under a file: not even root can write there."""
    result = tintlite("colorize", "ok.png", "-o", "ok.png/x.png")
    check(result, tmp_path, words="ok.png/x.png: ")
    assert "its folder cannot be made" in result.stderr


def test_full_target(process, tmp_path):
    """A limit on the size of files stops the write in its middle, as a full disk does."""
    limited = (
        "import resource, sys; from edge_runtime.cli import main;"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (500, 500)); sys.exit(main())"
    )
    result = process("colorize", "ok.png", start=("-c", limited))
    check(result, tmp_path, words="ok.colour.png: cannot be written: File too large")


def test_output_is_the_input(tintlite, tmp_path):
    before = (tmp_path / "ok.png").read_bytes()
    result = tintlite("colorize", "ok.png", "-o", "ok.png", "--overwrite")
    check(result, tmp_path, words="ok.png: the result would replace the picture itself")
    assert (tmp_path / "ok.png").read_bytes() == before


def test_unknown_output_format(tintlite, tmp_path):
    result = tintlite("colorize", "ok.png", "-o", "x.gif")
    check(result, tmp_path, words="x.gif: '.gif' is no picture format")


def test_unknown_ending_of_the_picture(tintlite, tmp_path):
    """Without an OUT it is the picture that has the ending, and that is to be named."""
    (tmp_path / "y.foo").write_bytes(b"whatever")
    check(tintlite("colorize", "y.foo"), tmp_path, words="tintlite: y.foo: '.foo' is no picture")


def test_camera_raw_is_named(tintlite, tmp_path):
    (tmp_path / "y.CR2").write_bytes(b"II*\0")
    check(tintlite("colorize", "y.CR2"), tmp_path, words="y.CR2: camera raw is not read")


def test_empty_paths(tintlite, tmp_path):
    """An empty path is not the folder in which the command runs."""
    check(tintlite("colorize", ""), tmp_path, words="'': no such file or folder")
    result = tintlite("colorize", "ok.png", "-o", "")
    check(result, tmp_path, code=2, words="the path of --out is empty")


@pytest.mark.parametrize("command", ["colorize", "info"])
@pytest.mark.parametrize(
    ("name", "words"),
    [("x" * 300, "unknown model 'xxx"), ("x" * 300 + ".tflite", "cannot be read: File name too")],
    ids=["a name", "a file"],
)
def test_a_models_name_that_is_too_long(tintlite, tmp_path, command, name, words):
    argument = "ok.png" if command == "colorize" else name
    check(tintlite(command, argument, model=name), tmp_path, words=words)


def test_a_model_in_a_closed_folder(tintlite, tmp_path):
    (tmp_path / "closed").mkdir()
    (tmp_path / "closed").chmod(0)
    if os.access(tmp_path / "closed", os.R_OK):
        pytest.skip("no folder is closed to root")
    words = {"closed/model": "unknown model 'closed/model'", "closed/x.tflite": "Permission denied"}
    results = {name: tintlite("colorize", "ok.png", model=name) for name in words}
    (tmp_path / "closed").chmod(0o700)
    for name, result in results.items():
        assert result.returncode == 1
        assert result.stderr.startswith("tintlite: ")
        assert result.stderr.count("\n") == 1
        assert words[name] in result.stderr


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a device of Linux")
@pytest.mark.parametrize("arguments", [["colorize", "ok.png"], ["models"], ["--version"]])
def test_a_full_standard_output(process, tmp_path, arguments):
    result = process(*arguments, streams=">/dev/full")
    assert result.returncode == 1
    assert result.stderr == "tintlite: standard output: No space left on device\n"


@pytest.mark.skipif(os.name == "nt", reason="needs a POSIX shell")
@pytest.mark.parametrize("streams", [">&-", "2>&-", "<&- >&- 2>&-"])
@pytest.mark.parametrize("arguments", [["colorize", "ok.png"], ["models"], ["--version"]])
def test_closed_streams(process, tmp_path, arguments, streams):
    result = process(*arguments, streams=streams)
    assert (result.returncode, result.stderr) == (0, "")
    if arguments[0] == "colorize":
        with Image.open(tmp_path / "ok.colour.png") as image:
            image.load()


@pytest.mark.skipif(os.name == "nt", reason="needs a POSIX shell")
def test_a_complaint_that_nobody_hears(process, tmp_path):
    result = process("colorize", "gone.png", streams="2>&-")
    assert (result.returncode, result.stdout, result.stderr) == (1, "", "")


def test_unknown_model(tintlite, tmp_path):
    result = tintlite("colorize", "ok.png", model="huge")
    check(result, tmp_path, words="unknown model 'huge'")


@pytest.mark.parametrize("command", ["colorize", "info"])
@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (lambda data: data[: len(data) // 2], "cut off"),
        (lambda data: data[:-1], "cut off"),
        (lambda data: b"", "neither a .tflite nor an .onnx model"),
        (lambda data: np.random.default_rng(0).bytes(4000), "neither a .tflite nor an .onnx model"),
        (lambda data: data[:8] + np.random.default_rng(0).bytes(4000), "cut off or damaged"),
    ],
    ids=["half", "a byte less", "empty", "random", "random with the mark"],
)
def test_damaged_model(tintlite, tmp_path, tiny_model, command, damage, words):
    bad = tmp_path / "bad.tflite"
    bad.write_bytes(damage(tiny_model.read_bytes()))
    argument = "ok.png" if command == "colorize" else bad
    check(tintlite(command, argument, model=bad), tmp_path, words=words)


@pytest.mark.parametrize("command", ["colorize", "info"])
def test_model_without_contract(tintlite, tmp_path, no_contract_model, command):
    argument = "ok.png" if command == "colorize" else no_contract_model
    result = tintlite(command, argument, model=no_contract_model)
    check(result, tmp_path, words="no TintLite contract inside: it is another network")


@pytest.mark.parametrize("command", ["colorize", "info"])
def test_another_network(tintlite, tmp_path, other_network, command):
    argument = "ok.png" if command == "colorize" else other_network
    result = tintlite(command, argument, model=other_network)
    check(result, tmp_path, words="another network: its output is not a square of ab")


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("--saturation", "-0.5"),
        ("--saturation", "9"),
        ("--saturation", "nan"),
        ("--saturation", "much"),
        ("--threads", "0"),
        ("--threads", "65"),
        ("--threads", "two"),
        ("--framing", "crop"),
        ("--nonesuch", "1"),
    ],
)
def test_options_out_of_range(tintlite, tmp_path, option, value):
    result = tintlite("colorize", "ok.png", option, value)
    check(result, tmp_path, code=2, words=option)


def test_unknown_command_and_missing_argument(tintlite, tmp_path):
    check(tintlite("colour", "ok.png"), tmp_path, code=2, words="No such command 'colour'")
    check(tintlite("info"), tmp_path, code=2, words="Missing argument 'MODEL'")

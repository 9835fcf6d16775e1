"""Bad input: one line, a non-zero exit, nothing written, no traceback, in time."""

import os
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

SECONDS = 5


@pytest.fixture
def tintlite(tmp_path, tiny_model):
    """Run the real command in a process of its own, in a folder with the good picture `ok.png`."""
    Image.fromarray(np.tile(np.arange(256, dtype=np.uint8), (64, 1))).save(tmp_path / "ok.png")

    def run(*arguments, model=tiny_model, start=("-m", "edge_runtime")):
        command = [sys.executable, *start, *map(str, arguments)]
        if arguments[0] == "colorize":
            command += ["--model", str(model)]
        begin = time.monotonic()
        result = subprocess.run(
            command,
            capture_output=True,
            text=True,
            cwd=tmp_path,
            env=os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])},
            timeout=60,
        )
        result.seconds = time.monotonic() - begin
        return result

    return run


def check(result, folder, *, code: int = 1, words: str) -> None:
    """See that a run failed as it should, and left nothing but its input."""
    assert result.returncode == code, result.stderr
    assert words in result.stderr
    assert result.stderr.startswith("tintlite: ")
    assert result.stderr.count("\n") == 1
    assert result.stdout == ""
    assert result.seconds < SECONDS
    left = {path.name for path in folder.iterdir()}
    assert not any("colour" in name or name.startswith(".") for name in left)


def test_missing_file(tintlite, tmp_path):
    check(tintlite("colorize", "gone.jpg"), tmp_path, words="gone.jpg: no such file or folder")


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
    check(tintlite("colorize", "x.jpg"), tmp_path, words="x.jpg: cannot be decoded: image file is")


@pytest.mark.parametrize("depth", [8, 16])
def test_huge_png_header(tiny_model, tmp_path, png_header, depth):
    """Refused before decoding: memory stays within 100 MB of that of a tiny picture."""
    Image.new("L", (8, 8), 90).save(tmp_path / "small.png")
    (tmp_path / "huge.png").write_bytes(png_header(50_000, 50_000, depth))
    memory = {}
    for name in ("small", "huge"):
        command = [sys.executable, "-m", "edge_runtime", "colorize", f"{name}.png"]
        process = subprocess.Popen(
            [*command, "--model", str(tiny_model)],
            cwd=tmp_path,
            env=os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        )
        with process.stderr:
            message = process.stderr.read().decode()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        memory[name] = usage.ru_maxrss * 1024  # Linux counts in KiB
    assert process.returncode == 1
    assert message.startswith("tintlite: huge.png: ")
    assert "megapixels" in message
    assert message.count("\n") == 1
    assert memory["huge"] - memory["small"] < 100e6
    assert not (tmp_path / "huge.colour.png").exists()


def test_unwritable_target(tintlite, tmp_path):
    """Under a file: not even root can write there."""
    result = tintlite("colorize", "ok.png", "-o", "ok.png/x.png")
    check(result, tmp_path, words="ok.png/x.png: ")
    assert "Not a directory" in result.stderr


def test_missing_target_folder(tintlite, tmp_path):
    result = tintlite("colorize", "ok.png", "-o", "gone/x.png")
    check(result, tmp_path, words="gone/x.png: cannot be written: No such file")


def test_full_target(tintlite, tmp_path):
    """A limit on the size of files stops the write in its middle, as a full disk does."""
    limited = (
        "import resource, sys; from edge_runtime.cli import main;"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (500, 500)); sys.exit(main())"
    )
    result = tintlite("colorize", "ok.png", start=("-c", limited))
    check(result, tmp_path, words="ok.colour.png: cannot be written: File too large")


def test_output_is_the_input(tintlite, tmp_path):
    before = (tmp_path / "ok.png").read_bytes()
    result = tintlite("colorize", "ok.png", "-o", "ok.png", "--overwrite")
    check(result, tmp_path, words="ok.png: the result would replace the picture itself")
    assert (tmp_path / "ok.png").read_bytes() == before


def test_unknown_output_format(tintlite, tmp_path):
    result = tintlite("colorize", "ok.png", "-o", "x.gif")
    check(result, tmp_path, words="x.gif: '.gif' is no picture format")


def test_unknown_model(tintlite, tmp_path):
    result = tintlite("colorize", "ok.png", model="huge")
    check(result, tmp_path, words="unknown model 'huge'")


@pytest.mark.parametrize("command", ["colorize", "info"])
@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (lambda data: data[: len(data) // 2], "cut off"),
        (lambda data: data[:-1], "cut off"),
        (lambda data: b"", "not a .tflite model"),
        (lambda data: np.random.default_rng(0).bytes(4000), "not a .tflite model"),
        (lambda data: data[:8] + np.random.default_rng(0).bytes(4000), "cut off or damaged"),
    ],
    ids=["half", "a byte less", "empty", "random", "random with the mark"],
)
def test_damaged_model(tintlite, tmp_path, tiny_model, command, damage, words):
    bad = tmp_path / "bad.tflite"
    bad.write_bytes(damage(tiny_model.read_bytes()))
    argument = "ok.png" if command == "colorize" else bad
    check(tintlite(command, argument, model=bad), tmp_path, words=words)


def test_model_without_contract(tintlite, tmp_path, no_contract_model):
    result = tintlite("colorize", "ok.png", model=no_contract_model)
    check(result, tmp_path, words="no TintLite contract inside: it is another network")


def test_another_network(tintlite, tmp_path, other_network):
    result = tintlite("colorize", "ok.png", model=other_network)
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

"""ctrl-C and SIGTERM in the middle of a folder: told, and nothing half written."""

import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

PICTURES = 600  # more than are done before the signal comes, however late it is sent


@pytest.mark.parametrize(
    "module",
    ["typer", "edge_runtime.colour.framing", "numpy", "PIL.Image", "ai_edge_litert.interpreter"],
)
def test_interrupted_while_things_are_still_loaded(tmp_path, tiny_model, module):
    """ctrl-C in the middle of an import, early or late: told in one line."""
    Image.new("L", (8, 8), 90).save(tmp_path / "x.png")
    code = f"""
import sys

class Stop:
    def find_spec(self, name, *rest):
        if name == {module!r}:
            raise KeyboardInterrupt

sys.meta_path.insert(0, Stop())
from edge_runtime.cli import main
sys.exit(main())
"""
    result = subprocess.run(
        [sys.executable, "-c", code, "colorize", "x.png", "--model", str(tiny_model)],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(Path(__file__).parents[3])},
        capture_output=True,
        text=True,
    )
    assert result.returncode == 130
    assert result.stderr == "tintlite: interrupted\n"
    assert [path.name for path in tmp_path.iterdir()] == ["x.png"]


@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)], ids=["ctrl-C", "SIGTERM"]
)
def test_interrupted_in_the_middle_of_a_folder(tmp_path, tiny_model, number, code):
    album = tmp_path / "album"
    album.mkdir()
    Image.effect_noise((1200, 900), 40).save(album / "000.png", compress_level=1)
    for index in range(1, PICTURES):
        (album / f"{index:03}.png").hardlink_to(album / "000.png")
    process = subprocess.Popen(
        [sys.executable, "-m", "edge_runtime", "colorize", "album", "--model", str(tiny_model)],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(Path(__file__).parents[3])},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        for _ in range(2):
            process.stdout.readline()
        process.send_signal(number)
        _, err = process.communicate(timeout=300)
    finally:
        process.kill()
    assert process.returncode == code
    assert err.startswith("tintlite: interrupted: ")
    assert err.count("\n") == 1
    done, left = map(int, re.findall(r"(\d+) done, (\d+) left", err)[0])
    assert done + left == PICTURES
    assert done >= 2
    assert left > 0

    written = sorted((tmp_path / "album-colour").iterdir())
    assert done <= len(written) <= done + 1  # the one that was just given its name
    for path in written:
        assert re.fullmatch(r"\d{3}\.colour\.png", path.name)
        with Image.open(path) as image:
            image.load()

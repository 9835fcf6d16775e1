"""`tintlite colorize` with said colours: options, files beside photos, what is refused."""

import json
import shutil

import numpy as np
import pytest
from PIL import Image
from skimage import data as photos

from edge_runtime.cli import main
from edge_runtime.colorizer import Colorizer
from edge_runtime.colour.hints import MAX_HINTS, Hint
from edge_runtime.hints.file import read_hints
from edge_runtime.pictures import read_picture

RED, BLUE = Hint(0.3, 0.8, "#8c1d2f"), Hint(0.45, 0.06, "#2040c0")


@pytest.fixture
def colorize(monkeypatch, tmp_path, capfd):
    """Runs the command on `nano` in a folder with a.png, b.png and more; gives code and lines."""
    monkeypatch.chdir(tmp_path)
    levels = np.asarray(Image.fromarray(photos.astronaut()).convert("L"))
    for name, pixels in (("a", levels), ("b", levels[::-1])):
        Image.fromarray(np.ascontiguousarray(pixels)).save(f"{name}.png")
    (tmp_path / "film.avi").write_bytes(b"RIFF\0\0\0\0AVI LIST")

    def run(*arguments):
        code = main(["colorize", *arguments, "--model", "nano"])
        return code, "".join(capfd.readouterr())

    return run


def coloured(name, *hints):
    return Colorizer("nano").colorize(read_picture(name).pixels, hints=hints)


def test_hints_on_the_command_line(colorize):
    code, _ = colorize("a.png", "--hint", "0.3,0.8,#8c1d2f", "--hint", "0.45,0.06,#2040c0")
    assert code == 0
    assert np.array_equal(read_picture("a.colour.png").pixels, coloured("a.png", RED, BLUE))


def test_hints_are_saved_and_found_beside_each_photo(colorize, tmp_path):
    assert colorize("a.png", "--hint", "0.3,0.8,#8c1d2f", "--save-hints")[0] == 0
    assert read_hints("a.hints.json", read_picture("a.png").pixels) == (RED,)
    code, output = colorize("a.png", "--hint", "0.1,0.8,grey", "--save-hints", "-o", "c.png")
    assert code == 1
    assert "a.hints.json: exists already" in output
    assert read_hints("a.hints.json") == (RED,)
    assert not (tmp_path / "c.png").exists()

    (tmp_path / "a.colour.png").unlink()
    (tmp_path / "film.avi").unlink()
    code, output = colorize(".", "--hints", "auto", "-o", "out")
    assert code == 0, output
    assert np.array_equal(read_picture("out/a.colour.png").pixels, coloured("a.png", RED))
    assert np.array_equal(read_picture("out/b.colour.png").pixels, coloured("b.png"))

    # A file and more hints on the line, saved together.
    arguments = ["--hints", "auto", "--hint", "0.45,0.06,#2040c0", "--save-hints", "--overwrite"]
    assert colorize("a.png", *arguments)[0] == 0
    assert read_hints("a.hints.json") == (RED, BLUE)
    assert np.array_equal(read_picture("a.colour.png").pixels, coloured("a.png", RED, BLUE))


def test_results_of_other_hints_are_not_up_to_date(colorize):
    def ran(*arguments):
        code, output = colorize("a.png", *arguments, "--skip-existing")
        return code, "exists already" in output

    assert ran() == (0, False)
    assert ran() == (0, False)
    assert ran("--hint", "0.3,0.8,#8c1d2f") == (1, True)
    assert ran("--hint", "0.3,0.8,#8c1d2f", "--overwrite") == (0, False)
    before = read_picture("a.colour.png").pixels
    assert ran("--hint", "0.3,0.8,#8c1d2f") == (0, False)
    assert ran("--hint", "0.3,0.8,#8c1d2e") == (1, True)
    assert np.array_equal(read_picture("a.colour.png").pixels, before)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["a.png", "--hint", "2,0.5,#8c1d2f"], "outside of the picture"),
        (["a.png", "--hint", "0.2,0.5,rouge"], "colour is"),
        (["a.png", "--save-hints"], "needs hints"),
        (["a.png", "b.png", "--hint", "0.2,0.5,grey"], "is for one picture"),
        ([".", "--hint", "0.2,0.5,grey"], "is for one picture"),
        ([".", "--hints", "a.hints.json"], "is for one picture"),
        (["film.avi", "--hint", "0.2,0.5,grey"], "is for photos"),
        (["a.png", "--suggest", "0"], "2 to 4 suggestions, not 0"),
        (["a.png", "--suggest", "1"], "2 to 4 suggestions, not 1"),
        (["a.png", "--suggest", "50"], "2 to 4 suggestions, not 50"),
        (["a.png", "--suggest", "few"], "not a valid int"),
        ([".", "--suggest", "4"], "--suggest is for one picture"),
        (["a.png", "b.png", "--suggest", "4"], "--suggest is for one picture"),
        (["film.avi", "--suggest", "4"], "--suggest is for photos"),
        (["-", "--suggest", "4", "-o", "b.png"], "not a stream"),
        (["a.png", "--suggest", "4", "-o", "-"], "not a stream"),
        (["a.png", "--suggest", "4", "--hint", "0.2,0.5,grey"], "makes hints itself"),
        (["a.png", "--suggest", "4", "--skip-existing"], "does not know results of --suggest"),
    ],
)
def test_wrong_usage(colorize, arguments, told, tmp_path):
    code, output = colorize(*arguments)
    assert code == 2
    assert told in " ".join(output.replace("│", " ").split())
    assert not list(tmp_path.glob("*colour*"))


def test_files_of_hints_that_are_refused(colorize, tmp_path):
    assert colorize("a.png", "--hint", "0.3,0.8,#8c1d2f", "--save-hints")[0] == 0
    good = json.loads((tmp_path / "a.hints.json").read_text())
    shutil.copy("a.hints.json", "other.json")
    wrong = {
        "other.json": "belong to another picture",
        "missing.json": "not a file",
        "a.png": "not readable as JSON",
        "many.json": f"a picture takes {MAX_HINTS} at most",
        "new.json": "newer TintLite",
    }
    (tmp_path / "many.json").write_text(json.dumps(good | {"hints": good["hints"] * 10_000}))
    (tmp_path / "new.json").write_text(json.dumps(good | {"version": 2}))
    for file, told in wrong.items():
        picture = "b.png" if file == "other.json" else "a.png"
        code, output = colorize(picture, "--hints", file, "-o", "x.png")
        assert code == 1
        assert told in output, output
        assert file in output
        assert "Traceback" not in output
    assert not (tmp_path / "x.png").exists()


def test_suggestions_and_their_hints(colorize, tmp_path):
    assert colorize("a.png", "--suggest", "3", "--save-hints")[0] == 0
    assert sorted(path.name for path in tmp_path.glob("a.colour*")) == [
        "a.colour-1.png",
        "a.colour-2.hints.json",
        "a.colour-2.png",
        "a.colour-3.hints.json",
        "a.colour-3.png",
    ]
    assert np.array_equal(read_picture("a.colour-1.png").pixels, coloured("a.png"))
    # They are hints like others: a later run colours by them in the same way.
    assert colorize("a.png", "--hints", "a.colour-3.hints.json", "-o", "again.png")[0] == 0
    again = read_picture("again.png").pixels
    assert np.array_equal(again, read_picture("a.colour-3.png").pixels)
    assert not np.array_equal(again, coloured("a.png"))

    code, output = colorize("a.png", "--suggest", "2", "-o", "out/b.jpg")
    assert code == 0, output
    assert {path.name for path in (tmp_path / "out").iterdir()} == {"b-1.jpg", "b-2.jpg"}
    code, output = colorize("a.png", "--suggest", "2")
    assert code == 1
    assert "2 results exist already" in output

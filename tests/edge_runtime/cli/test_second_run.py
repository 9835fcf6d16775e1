"""Colouring the same pictures again: results are known by their mark, and passed over."""

import os
import shutil

import numpy as np
import pytest
from PIL import Image

from edge_runtime.cli import main
from edge_runtime.pictures import mark_of_file, read_picture


@pytest.fixture
def tintlite(tiny_model, capfd):
    """Run `tintlite colorize`; returns (exit code, standard output, standard error)."""

    def run(*arguments, model=tiny_model):
        code = main(["colorize", *map(str, arguments), "--model", str(model)])
        return code, *capfd.readouterr()

    return run


@pytest.fixture
def album(tmp_path):
    folder = tmp_path / "album"
    folder.mkdir()
    ramp = np.tile(np.arange(60, dtype=np.uint8) * 4, (40, 1))
    for name in ("a.jpg", "b.png", "c.tif", "d.webp", "e.bmp"):
        Image.fromarray(ramp).save(folder / name)
    return folder


def names(folder) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_results_among_the_pictures_are_passed_over(tintlite, album):
    """`tintlite colorize f/*` once more."""
    assert tintlite(*sorted(album.iterdir()))[0] == 0
    before = names(album)
    assert len(before) == 10
    code, out, err = tintlite(*sorted(album.iterdir()), "--overwrite")
    assert (code, err) == (0, "")
    assert out.endswith("5 coloured, 0 failed, 5 results of earlier runs passed over\n")
    assert names(album) == before


def test_a_mark_is_known_whatever_the_file_is_called(tintlite, album):
    tintlite(album / "a.jpg")
    (album / "a.colour.jpg").rename(album / "in colour.jpg")
    shutil.copy(album / "b.png", album / "mine.colour.png")
    code, out, _ = tintlite(album)
    assert code == 0
    assert out.endswith("6 coloured, 0 failed, 1 result of earlier runs passed over\n")
    assert "mine.colour.colour.png" in names(album.parent / "album-colour")


def test_who_names_a_file_for_the_result_gets_it(tintlite, album):
    tintlite(album / "a.jpg")
    assert tintlite(album / "a.colour.jpg", "-o", album / "again.png")[0] == 0
    assert read_picture(album / "again.png").pixels.ndim == 3


def test_nothing_but_results_is_nothing_to_do(tintlite, album):
    tintlite(album / "a.jpg")
    code, out, err = tintlite(album / "a.colour.jpg")
    assert (code, out) == (1, "")
    assert err == "tintlite: nothing to colour: 1 result of earlier runs\n"


def test_without_marks_results_are_pictures(tintlite, album):
    tintlite(album / "a.jpg", "--no-mark")
    assert mark_of_file(album / "a.colour.jpg") is None
    assert tintlite(album / "a.colour.jpg")[0] == 0
    assert "a.colour.colour.jpg" in names(album)


def test_a_folder_again_says_once_what_is_there(tintlite, album):
    assert tintlite(album)[0] == 0
    code, out, err = tintlite(album)
    assert code == 1
    first = album.parent / "album-colour" / "a.colour.jpg"
    assert err == (
        f"tintlite: 5 results exist already, {first} the first (--skip-existing passes over those "
        "that are up to date, --overwrite replaces them)\n"
    )
    assert out == "0 coloured, 5 failed\n"


def test_skip_existing(tintlite, album):
    results = album.parent / "album-colour"
    assert tintlite(album)[0] == 0
    code, out, err = tintlite(album, "--skip-existing")  # BMP has no place for a mark
    bitmap = results / "e.colour.bmp"
    assert err == f"tintlite: {bitmap}: exists already (--overwrite replaces it)\n"
    assert code == 1
    bitmap.unlink()
    (album / "e.bmp").unlink()
    code, out, err = tintlite(album, "--skip-existing")
    assert (code, err) == (0, "")
    assert out == "0 coloured, 0 failed, 4 results of earlier runs passed over\n"
    # A picture that is newer, one that is not there yet, and the options.
    newer = (results / "a.colour.jpg").stat().st_mtime + 10
    os.utime(album / "a.jpg", (newer, newer))
    shutil.copy(album / "b.png", album / "f.png")
    code, out, err = tintlite(album, "--skip-existing", "--overwrite")
    assert (code, err) == (0, "")
    assert out.endswith("2 coloured, 0 failed, 3 results of earlier runs passed over\n")
    code, out, _ = tintlite(album, "--skip-existing", "--overwrite", "--saturation", "1.5")
    assert out.endswith("5 coloured, 0 failed\n")
    for option in ((), ("--saturation", "1.5", "--whole")):
        code, out, err = tintlite(album, "--skip-existing", *option)
        assert code == 1
        assert "5 results exist already" in err


def test_another_model_is_another_result(tintlite, album, tiny_view_model):
    tintlite(album)
    (album / "e.bmp").unlink()
    code, out, _ = tintlite(album, "--skip-existing", "--overwrite", model=tiny_view_model)
    assert code == 0
    assert out.endswith("4 coloured, 0 failed\n")


def test_dates_are_kept(tintlite, album):
    for index, path in enumerate(sorted(album.iterdir())):
        os.utime(path, (1e9 + index, 1e9 + index))
    assert tintlite(album)[0] == 0
    for path in album.iterdir():
        result = album.parent / "album-colour" / f"{path.stem}.colour{path.suffix}"
        assert result.stat().st_mtime == path.stat().st_mtime
    # Equal dates mean up to date.
    assert "4 results" in tintlite(album, "--skip-existing")[1]

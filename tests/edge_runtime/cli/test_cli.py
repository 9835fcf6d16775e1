"""The command line, called in this process."""

import os

import cv2
import numpy as np
import pytest
from PIL import Image

from edge_runtime import __version__
from edge_runtime.cli import main
from edge_runtime.pictures import read_picture


@pytest.fixture
def tintlite(capfd, tiny_model):
    """Run `tintlite`; returns (exit code, standard output, standard error)."""

    def run(*arguments, model=tiny_model):
        extra = ["--model", str(model)] if arguments[:1] == ("colorize",) and model else []
        code = main([str(argument) for argument in arguments] + extra)
        return code, *capfd.readouterr()

    return run


@pytest.fixture
def album(tmp_path, grey):
    """A folder with two pictures, one in a sub-folder, and files that are no pictures."""
    folder = tmp_path / "album"
    (folder / "inner").mkdir(parents=True)
    Image.fromarray(grey).save(folder / "a.jpg")
    Image.fromarray(grey).save(folder / "b.PNG")
    Image.fromarray(grey).save(folder / "inner" / "c.tif")
    (folder / "notes.txt").write_text("not a picture")
    (folder / ".hidden.jpg").write_text("not a picture")
    return folder


NO_PICTURE = "not a JPEG, PNG, TIFF, WebP, BMP, HEIC, AVIF, JPEG 2000 or GIF picture"


def names(folder) -> list[str]:
    return sorted(str(p.relative_to(folder)) for p in folder.rglob("*") if p.is_file())


def is_coloured(path) -> bool:
    pixels = read_picture(path).pixels
    return pixels.ndim == 3 and np.ptp(pixels.astype(int), axis=2).mean() > 5


def test_version(tintlite):
    assert tintlite("--version") == (0, f"tintlite {__version__}\n", "")


def test_alone_it_says_first_what_most_people_want(tintlite):
    code, out, err = tintlite(model=None)
    assert (code, err) == (0, "")
    first, _, rest = out.partition("Usage: tintlite")
    assert "    tintlite serve " in first
    assert "colorize" in rest


def test_help_has_examples(tintlite):
    for arguments in (["--help"], ["colorize", "--help"], ["info", "-h"], []):
        code, out, err = tintlite(*arguments, model=None)
        assert code == 0
        assert "\n    tintlite " in out
        assert err == ""


def test_a_picture_is_coloured_beside_itself(tintlite, album):
    code, out, err = tintlite("colorize", album / "a.jpg")
    assert (code, err) == (0, "")
    assert out == f"{album}/a.jpg -> {album}/a.colour.jpg\n"
    assert is_coloured(album / "a.colour.jpg")


@pytest.mark.parametrize("ending", ["jpg", "png", "tif", "webp", "bmp"])
def test_the_ending_of_out_is_the_format(tintlite, album, ending):
    out = album.parent / f"result.{ending}"
    assert tintlite("colorize", album / "a.jpg", "-o", out)[0] == 0
    formats = {"jpg": "JPEG", "png": "PNG", "tif": "TIFF", "webp": "WEBP", "bmp": "BMP"}
    with Image.open(out) as image:
        assert image.format == formats[ending]
    assert is_coloured(out)


def test_a_folder_goes_to_a_folder_beside(tintlite, album):
    code, out, err = tintlite("colorize", album)
    assert (code, err) == (0, "")
    assert out.endswith("2 coloured, 0 failed\n")
    assert names(album.parent / "album-colour") == ["a.colour.jpg", "b.colour.PNG"]


def test_recursive_mirrors_the_tree(tintlite, album):
    out = album.parent / "results"
    assert tintlite("colorize", album, "-o", out, "--recursive")[0] == 0
    assert names(out) == ["a.colour.jpg", "b.colour.PNG", "inner/c.colour.tif"]
    assert all(is_coloured(out / name) for name in names(out))


def test_several_inputs_go_to_one_folder(tintlite, album):
    out = album.parent / "results"
    code, _, _ = tintlite("colorize", album / "inner", album / "a.jpg", "-o", out)
    assert code == 0
    assert names(out) == ["a.colour.jpg", "c.colour.tif"]


def test_results_of_earlier_runs_are_no_inputs(tintlite, album):
    assert tintlite("colorize", album, "-o", album)[0] == 0
    code, out, err = tintlite("colorize", album, "-o", album, "--overwrite")
    assert (code, err) == (0, "")
    assert out.endswith("2 coloured, 0 failed, 2 results of earlier runs passed over\n")


def test_existing_files_are_kept_without_overwrite(tintlite, album):
    target = album / "a.colour.jpg"
    target.write_bytes(b"mine")
    code, _, err = tintlite("colorize", album / "a.jpg")
    assert code == 1
    assert err == f"tintlite: {target}: exists already (--overwrite replaces it)\n"
    assert target.read_bytes() == b"mine"
    assert tintlite("colorize", album / "a.jpg", "--overwrite")[0] == 0
    assert is_coloured(target)


@pytest.mark.parametrize("link", [None, "symbolic", "hard"])
def test_the_picture_itself_is_never_replaced(tintlite, album, link):
    source, target = album / "a.jpg", album / "link.jpg"
    before = source.read_bytes()
    if link == "symbolic":
        target.symlink_to(source)
    elif link == "hard":
        target.hardlink_to(source)
    else:
        target = source
    code, out, err = tintlite("colorize", source, "-o", target, "--overwrite")
    assert (code, out) == (1, "")
    assert err == f"tintlite: {source}: the result would replace the picture itself\n"
    assert source.read_bytes() == before


def test_a_folder_goes_on_past_bad_files(tintlite, album):
    (album / "bad.jpg").write_bytes(b"nothing of use")
    code, out, err = tintlite("colorize", album)
    assert code == 1
    assert err == f"tintlite: {album}/bad.jpg: {NO_PICTURE}\n"
    assert out.endswith("2 coloured, 1 failed\n")
    assert names(album.parent / "album-colour") == ["a.colour.jpg", "b.colour.PNG"]


def test_two_inputs_of_one_name_do_not_overwrite_each_other(tintlite, album):
    (album / "inner" / "a.jpg").write_bytes((album / "a.jpg").read_bytes())
    out = album.parent / "results"
    code, _, err = tintlite("colorize", album / "a.jpg", album / "inner" / "a.jpg", "-o", out)
    assert code == 1
    assert "would be written to" in err
    assert names(out) == ["a.colour.jpg"]


def test_one_file_for_several_pictures_is_wrong_usage(tintlite, album):
    code, out, err = tintlite("colorize", album, "-o", album / "one.jpg")
    assert (code, out) == (2, "")
    assert "a folder is needed" in err


def test_a_result_never_replaces_another_input(tintlite, album):
    other = album / "a.colour.jpg"
    other.write_bytes((album / "a.jpg").read_bytes())
    before = other.read_bytes()
    code, _, err = tintlite("colorize", album / "a.jpg", other, "--overwrite")
    assert code == 1
    assert err == f"tintlite: {album}/a.jpg: the result would replace the input {other}\n"
    assert other.read_bytes() == before
    assert is_coloured(album / "a.colour.colour.jpg")


def test_a_folder_for_results_may_have_a_dot(tintlite, album):
    out = album.parent / "album.1931"
    assert tintlite("colorize", album, "-o", out)[0] == 0
    assert names(out) == ["a.colour.jpg", "b.colour.PNG"]


def test_a_picture_goes_into_an_existing_folder(tintlite, album):
    assert tintlite("colorize", album / "a.jpg", "-o", album / "inner")[0] == 0
    assert is_coloured(album / "inner" / "a.colour.jpg")


@pytest.mark.parametrize("name", ["results.1931", "results.jpg", "results"])
def test_a_slash_at_the_end_means_a_folder(tintlite, album, name):
    out = album.parent / name
    assert tintlite("colorize", album / "a.jpg", "-o", f"{out}/")[0] == 0
    assert names(out) == ["a.colour.jpg"]
    assert tintlite("colorize", album, "-o", f"{out}/", "--overwrite")[0] == 0
    assert names(out) == ["a.colour.jpg", "b.colour.PNG"]


def test_a_picture_named_twice_is_taken_once(tintlite, album):
    alias = album.parent / "alias"
    alias.symlink_to(album)
    paths = (album, album / "a.jpg", alias / "a.jpg", album / "inner" / ".." / "b.PNG")
    code, out, err = tintlite("colorize", *paths)
    assert (code, err) == (0, "")
    assert out.endswith("2 coloured, 0 failed\n")
    assert names(album.parent / "album-colour") == ["a.colour.jpg", "b.colour.PNG"]
    assert names(album) == sorted([".hidden.jpg", "a.jpg", "b.PNG", "inner/c.tif", "notes.txt"])


def test_results_of_a_link_to_a_folder_lie_beside_the_link(tintlite, album, tmp_path):
    link = tmp_path / "desk" / "photos"
    link.parent.mkdir()
    link.symlink_to(album)
    assert tintlite("colorize", link)[0] == 0
    assert names(tmp_path / "desk" / "photos-colour") == ["a.colour.jpg", "b.colour.PNG"]
    assert not (tmp_path / "album-colour").exists()


def test_a_folder_without_a_name_of_its_own(tintlite, album, monkeypatch):
    monkeypatch.chdir(album)
    assert tintlite("colorize", ".")[0] == 0
    assert names(album.parent / "album-colour") == ["a.colour.jpg", "b.colour.PNG"]


@pytest.mark.parametrize("closed", ["a.jpg", "inner"])
def test_what_cannot_be_read_fails_alone(tintlite, album, closed):
    (album / closed).chmod(0)
    if os.access(album / closed, os.R_OK):
        pytest.skip("nothing is closed to root")
    code, out, err = tintlite("colorize", album / closed, album / "b.PNG")
    (album / closed).chmod(0o700)
    assert code == 1
    assert err == f"tintlite: {album / closed}: Permission denied\n"
    assert out.endswith("1 coloured, 1 failed\n")


def test_rights_are_not_asked_beforehand(tintlite, album, monkeypatch):
    """What cannot be read is that picture's failure, not wrong usage of the whole command."""
    monkeypatch.setattr(os, "access", lambda *_, **__: False)
    out = album.parent / "results"
    out.mkdir()
    assert tintlite("colorize", album / "a.jpg", "-o", out)[0] == 0


def test_side_by_side(tintlite, album, grey):
    out = album.parent / "both.png"
    assert tintlite("colorize", album / "b.PNG", "-o", out, "--side-by-side")[0] == 0
    pixels = read_picture(out).pixels
    width = grey.shape[1]
    assert pixels.shape == (grey.shape[0], 2 * width + 3, 3)
    np.testing.assert_array_equal(pixels[:, :width], np.repeat(grey[..., None], 3, 2))


def test_saturation_zero_is_grey(tintlite, album, grey):
    out = album.parent / "grey.png"
    assert tintlite("colorize", album / "b.PNG", "-o", out, "--saturation", 0)[0] == 0
    np.testing.assert_array_equal(read_picture(out).pixels[..., 1], grey)


@pytest.mark.parametrize("framing", ["squash", "pad", "tile"])
def test_framings_and_threads(tintlite, album, framing):
    arguments = ("--framing", framing, "--threads", 1, "--overwrite")
    assert tintlite("colorize", album / "a.jpg", *arguments)[0] == 0
    assert is_coloured(album / "a.colour.jpg")


def test_the_framing_decides_how_finely_a_wide_picture_is_seen(tintlite, tmp_path):
    """Stripes on 192 x 64 pixels: whole when tiled, blurred when squashed to a third of the width.

    The tiny network gives bright stripes a warm and dark ones a cold colour.
    """
    stripes = np.tile(np.repeat(np.array([60, 200], np.uint8), 4), (64, 24))
    Image.fromarray(stripes).save(tmp_path / "x.png")
    contrast = {}
    for framing in ("tile", "squash"):
        out = tmp_path / f"{framing}.png"
        assert tintlite("colorize", tmp_path / "x.png", "-o", out, "--framing", framing)[0] == 0
        pixels = read_picture(out).pixels.astype(int)
        contrast[framing] = np.std(pixels[..., 0] - pixels[..., 2])
    assert contrast["tile"] > 1.5 * contrast["squash"]


def test_alpha_and_16_bits_are_kept(tintlite, tmp_path):
    deep = np.random.default_rng(0).integers(0, 65536, (30, 40, 4), dtype=np.uint16)
    cv2.imwrite(str(tmp_path / "x.png"), deep)
    assert tintlite("colorize", tmp_path / "x.png")[0] == 0
    result = read_picture(tmp_path / "x.colour.png")
    assert result.pixels.dtype == np.uint16
    np.testing.assert_array_equal(result.alpha, deep[..., 3])


def test_a_note_is_told(tintlite, tmp_path, grey):
    frames = [Image.fromarray(grey), Image.fromarray(grey)]
    frames[0].save(tmp_path / "x.gif", save_all=True, append_images=[frames[1].rotate(180)])
    # Without a picture's name for the result it is a film.
    code, _, err = tintlite("colorize", tmp_path / "x.gif", "-o", tmp_path / "x.png")
    assert code == 0
    assert err == (
        f"tintlite: {tmp_path}/x.gif: note: it has several frames or pages, the first was taken\n"
    )


def test_what_the_format_cannot_hold_is_told(tintlite, tmp_path):
    deep = np.full((30, 40, 4), 30_000, np.uint16)
    deep[..., 3] = 65_535
    cv2.imwrite(str(tmp_path / "opaque.png"), deep)
    deep[0, 0, 3] = 0
    cv2.imwrite(str(tmp_path / "x.png"), deep)
    start = f"tintlite: {tmp_path}/x.png: note: "
    white = f"{start}its transparency was laid on white\n"
    rounded = f"{start}its 16 bits were rounded to 8\n"
    for ending, told in (("jpg", white + rounded), ("webp", rounded), ("png", "")):
        result = tintlite("colorize", tmp_path / "x.png", "-o", tmp_path / f"y.{ending}")
        assert result[::2] == (0, told)
    opaque = tintlite("colorize", tmp_path / "opaque.png", "-o", tmp_path / "z.bmp")[2]
    assert opaque == rounded.replace("x.png", "opaque.png")


def test_file_names_cannot_command_the_terminal(tintlite, tmp_path, grey):
    path = tmp_path / "a\x1b[31m\n[red]b.jpg"
    Image.fromarray(grey).save(path)
    code, out, _ = tintlite("colorize", path)
    assert code == 0
    assert out.count("\n") == 1
    assert "\x1b" not in out
    assert r"a\x1b[31m\n[red]b.jpg" in out


def test_info_shows_contract_and_tensors(tintlite, tiny_model):
    code, out, err = tintlite("info", tiny_model)
    assert (code, err) == (0, "")
    for words in ("tiny", "fp32", "22.7", "Apache-2.0", "[1, 64, 64, 1]", "[1, 32, 32, 2]"):
        assert words in out


def test_models_lists_what_is_shipped(tintlite):
    from edge_runtime.model.model_file import read_model
    from edge_runtime.model.shipped import shipped_names

    code, out, err = tintlite("models")
    assert (code, err) == (0, "")
    for name in shipped_names():
        (row,) = (line for line in out.splitlines() if line.split()[:1] == [name])
        figures = read_model(name).contract.result
        assert f"{figures['val_gain_over_grey_db']:+.2f} dB" in row
        assert row.endswith(f"{figures['val_colourfulness_ratio']:.2f}  ")

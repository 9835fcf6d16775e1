"""Films whose frames are files of their own, read and written."""

import os
from pathlib import Path

import av
import cv2
import numpy as np
import pytest
import tifffile
from PIL import Image

from edge_runtime import Look
from edge_runtime.cli import main
from edge_runtime.colour.cielab import lightness
from edge_runtime.video import VideoError, VideoOptions, VideoStoppedError, colorize_video, reader
from edge_runtime.video.leftovers import folder_of
from edge_runtime.video.sequence import is_pattern

STILL = VideoOptions(look=Look(smoothing=0.5))


@pytest.fixture
def frames(tmp_path, photo):
    """12 frames of 16 bits, numbered from 7: returns their pattern and their levels."""
    folder = tmp_path / "100%"
    folder.mkdir()
    levels = []
    for number in range(7, 19):
        part = photo[number : number + 48, 2 * number : 2 * number + 64].astype(np.uint16)
        levels.append(part * 256 + number)
        cv2.imwrite(str(folder / f"f_{number:04}.png"), levels[-1])
    return folder / "f_%04d.png", levels


def test_what_a_pattern_is(tmp_path):
    for name in ("f_%05d.png", "%d.tif", "a%03db.dpx"):
        assert is_pattern(tmp_path / name)
    (tmp_path / "g_%05d.png").touch()
    for name in ("f.png", "100%.png", "%d_%d.png", "%s.png", "50%_%d.png", "g_%05d.png"):
        assert not is_pattern(tmp_path / name)


def test_pictures_become_a_film(tmp_path, frames, colorizer, luma_planes):
    pattern, levels = frames
    target = tmp_path / "out.mkv"
    options = VideoOptions(codec="ffv1", fps=16, look=STILL.look)
    result = colorize_video(pattern, target, colorizer, options)
    assert (result.frames, result.film_seconds) == (12, 0.75)
    with av.open(str(target)) as film:
        times = [float(frame.pts * frame.time_base) for frame in film.decode(video=0)]
    np.testing.assert_allclose(times, np.arange(12) / 16, atol=0.001)
    # 16 bits are rounded to the 10 of the film, which takes all levels.
    for before, after in zip(levels, luma_planes(target), strict=True):
        np.testing.assert_allclose(after / 1023, before / 65535, atol=1 / 1023)


@pytest.mark.parametrize("ending", ["png", "tif", "dpx"])
def test_pictures_become_pictures_of_16_bits(tmp_path, frames, colorizer, ending):
    pattern, levels = frames
    (tmp_path / "out").mkdir()
    target = tmp_path / "out" / f"c_%03d.{ending}"
    result = colorize_video(pattern, target, colorizer, STILL)
    assert (result.frames, result.warnings) == (12, ())
    assert sorted(p.name for p in (tmp_path / "out").iterdir()) == [
        f"c_{number:03}.{ending}" for number in range(7, 19)
    ]
    for number, before in zip(range(7, 19), levels, strict=True):
        path = tmp_path / "out" / f"c_{number:03}.{ending}"
        if ending == "tif":
            pixels = tifffile.imread(path)
        elif ending == "png":
            pixels = cv2.cvtColor(cv2.imread(str(path), cv2.IMREAD_UNCHANGED), cv2.COLOR_BGR2RGB)
        else:
            with av.open(str(path)) as file:
                frame = next(file.decode(video=0))
                assert frame.format.name.startswith("rgb48")
                pixels = frame.to_ndarray(format="rgb48le")
        assert (pixels.shape, pixels.dtype) == ((48, 64, 3), np.uint16)
        # The picture keeps its own L*, finer than 8 or 10 bits could.
        error = np.abs(lightness(pixels) - lightness(before))
        assert error.max() < 0.02
        assert np.ptp(pixels.astype(int), axis=-1).max() > 500  # and it has colours


def test_a_film_becomes_pictures(tmp_path, make_film, colorizer):
    """Upright, smoothed as a film is, numbered from 1."""
    source = make_film(tmp_path / "f.mp4", frames=6, audio="aac")
    target = tmp_path / "c_%d.tif"
    result = colorize_video(source, target, colorizer, VideoOptions(look=STILL.look))
    assert result.warnings == ("pictures hold no sound: it and all else are left out",)
    film = tmp_path / "whole.mkv"
    colorize_video(source, film, colorizer, VideoOptions(codec="ffv1", look=STILL.look))
    with av.open(str(film)) as whole:
        for number, frame in enumerate(whole.decode(video=0), 1):
            pixels = tifffile.imread(tmp_path / f"c_{number}.tif") / 257
            near = np.abs(pixels - frame.to_ndarray(format="rgb24"))
            assert near.mean() < 4  # 4:2:0 and its rounding


def test_missing_frames_are_named(tmp_path, frames, colorizer):
    pattern, _ = frames
    for number in (9, 12, 13):
        (pattern.parent / f"f_{number:04}.png").unlink()
    with pytest.raises(VideoError, match=r"f_%04d\.png: frames are missing: 9, 12 to 13$"):
        colorize_video(pattern, tmp_path / "out.mkv", colorizer, STILL)
    with pytest.raises(VideoError, match=r"g_%04d\.png: no such frames$"):
        colorize_video(pattern.with_name("g_%04d.png"), tmp_path / "out.mkv", colorizer, STILL)


def test_a_spoilt_frame_is_told(tmp_path, frames, colorizer):
    pattern, _ = frames
    (pattern.parent / "f_0010.png").write_bytes(b"no picture")
    result = colorize_video(pattern, tmp_path / "out.mkv", colorizer, STILL)
    assert result.damaged
    assert result.frames == 11


def test_stopped_pictures_go_on(tmp_path, make_film, colorizer, interrupted, monkeypatch):
    monkeypatch.setattr(reader, "_SEGMENT_SECONDS", 1)
    source = make_film(tmp_path / "f.mp4", frames=80, size=(64, 48), options={"g": "10"})
    whole, target = tmp_path / "whole" / "c_%d.png", tmp_path / "out" / "c_%d.png"
    whole.parent.mkdir()
    target.parent.mkdir()
    colorize_video(source, whole, colorizer, STILL)
    stopped = interrupted(source, target, colorizer, STILL, 60)
    assert isinstance(stopped, VideoStoppedError)
    assert stopped.frames >= 50
    assert colorize_video(source, target, colorizer, STILL).resumed == stopped.frames
    assert not folder_of(target).exists()
    for number in range(1, 81):
        one, other = (pattern.with_name(f"c_{number}.png") for pattern in (whole, target))
        assert one.read_bytes() == other.read_bytes()


def test_through_the_command(tmp_path, frames, tiny_model, monkeypatch, capfd):
    pattern, _ = frames
    monkeypatch.chdir(tmp_path)
    source = os.path.relpath(pattern)

    def tintlite(*arguments):
        code = main(["colorize", *arguments, "--model", str(tiny_model)])
        return code, *capfd.readouterr()

    assert tintlite(source, "--fps", "16", "-o", "film.mkv")[0] == 0
    assert tintlite(source, "-o", "out/f_%03d.tif") == (
        0,
        f"{source} -> out/f_%03d.tif\n",
        "",
    )
    assert len(list(Path("out").iterdir())) == 12
    assert tintlite(source, "-o", "out/f_%03d.tif") == (
        1,
        "",
        "tintlite: out/f_%03d.tif: exists already (--overwrite replaces it)\n",
    )
    assert tintlite(source, "-o", "out/f_%03d.tif", "--overwrite")[0] == 0
    for arguments, words in (
        ((source,), "say where the film goes (-o film.mkv, or -o out/f_%04d.png)"),
        ((source, "-o", source, "--overwrite"), "would replace the pictures themselves"),
        ((source, "-o", "x_%d.jpg"), "frames are written as pictures of 16 bits (use .png, .tif,"),
        ((source, "-o", "x_%d.png", "--crf", "9"), "pictures take no --crf"),
        (
            ("film.mkv", "--fps", "16", "-o", "y.mkv"),
            "--fps is for frames that are files of their own",
        ),
        (("no_%d.png", "-o", "y.mkv"), "no_%d.png: no such frames"),
    ):
        code, out, err = tintlite(*arguments)
        assert (code, out) == (1, "")
        assert words in err
        assert err.count("\n") == 1
    with Image.open("out/f_007.tif") as picture:
        assert picture.size == (64, 48)
    assert not list(tmp_path.rglob(".tintlite*"))

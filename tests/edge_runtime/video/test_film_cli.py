"""`tintlite colorize` on films, and what it says of files that are none."""

import os
import resource
import shutil
import struct
import subprocess
import sys
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image

from edge_runtime.cli import main

ROOT = Path(__file__).parents[3]


@pytest.fixture
def tintlite(capfd, tiny_model):
    """Run `tintlite`; returns (exit code, standard output, standard error)."""

    def run(*arguments):
        options = ["--model", str(tiny_model), "--smoothing", "0", "--preset", "ultrafast"]
        if any("codec" in str(a) or "webm" in str(a) or ".avi" in str(a) for a in arguments):
            options = options[:-2]
        code = main([str(argument) for argument in ("colorize", *arguments)] + options)
        return code, *capfd.readouterr()

    return run


@pytest.fixture(scope="module")
def film(tmp_path_factory, make_film) -> Path:
    return make_film(tmp_path_factory.mktemp("film") / "film.mp4", frames=12, audio="aac")


@pytest.fixture
def place(tmp_path, film) -> Path:
    """A folder with a film in it."""
    shutil.copy(film, tmp_path / "film.mp4")
    return tmp_path


def names(folder: Path) -> list[str]:
    return sorted(str(p.relative_to(folder)) for p in folder.rglob("*") if p.is_file())


def frames(path: Path) -> int:
    with av.open(str(path)) as film:
        return sum(1 for _ in film.decode(video=0))


def test_a_film_is_coloured_beside_itself(tintlite, place):
    code, out, err = tintlite(place / "film.mp4")
    assert (code, err) == (0, "")
    assert out == f"{place}/film.mp4 -> {place}/film.colour.mp4\n"
    assert frames(place / "film.colour.mp4") == 12


def test_kinds_that_are_only_read_become_mkv(tintlite, place, make_film):
    make_film(place / "old.mpg", frames=5, codec="mpeg2video", container="mpeg")
    assert tintlite(place / "old.mpg")[0] == 0
    assert frames(place / "old.colour.mkv") == 5


def test_an_animated_gif_becomes_a_film_or_a_picture(tintlite, tmp_path):
    pictures = [Image.effect_noise((40, 30), 20 * n) for n in range(1, 5)]
    source = tmp_path / "a.gif"
    pictures[0].save(source, save_all=True, append_images=pictures[1:], duration=[50, 200, 50, 50])
    assert tintlite(source)[0] == 0
    with av.open(str(tmp_path / "a.colour.mp4")) as film:
        times = [frame.time for frame in film.decode(video=0)]
    np.testing.assert_allclose(times, [0, 0.05, 0.25, 0.3], atol=0.005)
    assert tintlite(source, "-o", tmp_path / "a.png")[0] == 0
    with Image.open(tmp_path / "a.png") as still:
        assert (still.size, still.mode) == ((40, 30), "RGB")


def test_pictures_and_films_mixed(tintlite, place):
    Image.effect_noise((40, 30), 50).save(place / "a.png")
    code, out, err = tintlite(place)
    assert (code, err) == (0, "")
    assert out.endswith("2 coloured, 0 failed\n")
    assert names(place.with_name(f"{place.name}-colour")) == ["a.colour.png", "film.colour.mp4"]


def test_stats(tintlite, place):
    code, out, err = tintlite(place / "film.mp4", "--stats")
    assert (code, err) == (0, "")
    assert "12 frames, 0.48 s of film" in out
    assert "time: decode " in out
    # Smoothing is off: the meter has a share of its own.
    assert "smooth" not in out
    assert ", measure " in out
    assert "scene cuts: 0" in out


def test_start_end_preview_and_container(tintlite, place):
    code, _, err = tintlite(
        place / "film.mp4",
        *("--start", "0:00.2", "--end", "0:00:00.4"),
        *("--preview", place / "still.jpg", "-o", place / "x.mkv"),
    )
    assert (code, err) == (0, "")
    assert frames(place / "x.mkv") == 5
    with Image.open(place / "still.jpg") as still:
        assert still.size == (96, 64)


def test_existing_files_are_kept(tintlite, place):
    for name, options in (
        ("film.colour.mp4", ()),
        ("still.png", ("--preview", place / "still.png")),
    ):
        (place / name).write_bytes(b"mine")
        code, _, err = tintlite(place / "film.mp4", *options)
        assert code == 1
        assert err == f"tintlite: {place / name}: exists already (--overwrite replaces it)\n"
        assert (place / name).read_bytes() == b"mine"
        (place / name).unlink()
    assert names(place) == ["film.mp4"]


def test_a_damaged_film_has_its_own_exit_code(tintlite, place, make_film):
    whole = make_film(place / "a.mkv", frames=60, options={"g": "5"}).read_bytes()
    (place / "cut.mkv").write_bytes(whole[: len(whole) // 2])
    code, out, err = tintlite(place / "cut.mkv")
    assert code == 3
    assert out == f"{place}/cut.mkv -> {place}/cut.colour.mkv\n"
    assert err.startswith(f"tintlite: {place}/cut.mkv: note: cut off: ")
    assert frames(place / "cut.colour.mkv") > 10


def jpeg(path: Path) -> None:
    Image.effect_noise((40, 30), 50).save(path, "JPEG")


def sound_only(path: Path) -> None:
    with av.open(str(path), "w") as film:
        stream = film.add_stream("aac", rate=48_000)
        stream.layout = "mono"
        wave = np.zeros((1, 48_000), np.float32)
        frame = av.AudioFrame.from_ndarray(wave, "fltp", "mono")
        frame.sample_rate = 48_000
        film.mux(stream.encode(frame))
        film.mux(stream.encode(None))


def no_frames(path: Path) -> None:
    """A whole file with a picture stream in which no frame was ever written."""
    with av.open(str(path), "w", format="avi") as film:
        stream = film.add_stream("mpeg4", rate=25)
        stream.width, stream.height = 96, 64
        film.start_encoding()


def playlist(path: Path) -> None:
    path.write_text("#EXTM3U\n#EXT-X-TARGETDURATION:5\n#EXTINF:5,\nfile:///etc/hostname\n")


def concat(path: Path) -> None:
    path.write_text("ffconcat version 1.0\nfile /etc/hostname\n")


BAD = {
    "empty": (lambda path: path.touch(), "the file is empty"),
    "text": (lambda path: path.write_text("a film\n" * 99), "no film of a known format"),
    "noise": (lambda path: path.write_bytes(os.urandom(9999)), "no film"),
    "picture": (jpeg, "no film of a known format"),
    "playlist": (playlist, "no film of a known format"),
    "list": (concat, "no film of a known format"),
    "folder": (lambda path: path.mkdir(), None),
    "sound": (sound_only, "sound only, no film"),
    "no frames": (no_frames, "a film without frames"),
}


@pytest.mark.parametrize("kind", BAD)
def test_what_is_no_film(tintlite, tmp_path, kind):
    make, words = BAD[kind]
    make(tmp_path / "x.mp4")
    code, out, err = tintlite(tmp_path / "x.mp4")
    assert (code, out) == (1, "")
    assert err.startswith("tintlite: ")
    assert err.count("\n") == 1
    if words:
        assert f"x.mp4: {words}" in err
    assert names(tmp_path) == ([] if kind == "folder" else ["x.mp4"])


@pytest.mark.parametrize(
    ("options", "code", "words"),
    [
        (("--codec", "nonsense"), 1, "no encoder 'nonsense' is in this FFmpeg; there are libx264,"),
        (("--codec", "aac"), 1, "no encoder 'aac' is in this FFmpeg"),
        (("--codec", "mpeg4", "--crf", "20"), 1, "the encoder mpeg4 knows no crf"),
        (("--codec", "libvpx"), 1, "x.mp4: .mp4 does not hold what libvpx makes"),
        (("--codec", "libx264", "--preset", "soon"), 1, "the presets of libx264 are ultrafast,"),
        (("-o", "film.mp4", "--overwrite"), 1, "would replace the picture itself"),
        (("-o", "-", "--crf", "9"), 1, "standard output takes raw frames (y4m): no --crf"),
        (("--codec", "h263"), 1, "film.mp4: the encoder h263 does not take 96 x 64 pixels"),
        (("-o", "x.gif"), 1, "x.gif: '.gif' is no film format"),
        (("-o", "film.mp4/x.mp4"), 1, "cannot be made"),
        (("--side-by-side",), 1, "a film is not written side by side"),
        (("--start", "9"), 1, "no frames between the start and the end"),
        (("--start", "soon"), 2, "'soon' is no time"),
        (("--start", "2", "--end", "1"), 2, "the end (1 s) lies not after the start"),
        (("--preview", "x.txt"), 1, "'.txt' is no picture format"),
        (("--smoothing", "2"), 2, "smoothing"),
    ],
)
def test_wrong_options(capfd, monkeypatch, place, tiny_model, options, code, words):
    monkeypatch.chdir(place)
    if "libvpx" in options:
        options = (*options, "-o", "x.mp4")
    arguments = ["colorize", "film.mp4", *options, "--model", str(tiny_model)]
    assert main(arguments) == code
    out, err = capfd.readouterr()
    assert out == ""
    assert words in err
    assert err.count("\n") == 1
    assert names(place) == ["film.mp4"]


def test_options_of_other_encoders_stop_no_film_of_a_folder(capfd, place, tiny_model, make_film):
    make_film(place / "old.avi", frames=3, codec="mpeg4")
    make_film(place / "new.webm", frames=3, codec="libvpx")
    arguments = ["colorize", str(place), "--preset", "ultrafast", "--crf", "30", "--smoothing", "0"]
    assert main([*arguments, "--model", str(tiny_model)]) == 0
    out, err = capfd.readouterr()
    assert out.endswith("3 coloured, 0 failed\n")
    assert sorted(err.splitlines()) == [
        f"tintlite: {place}/{name}: note: the encoder {encoder} knows no {what}"
        for name, encoder, what in (
            ("new.webm", "libvpx-vp9", "presets: it works at its usual speed"),
            ("old.avi", "mpeg4", "crf: it works to its usual quality"),
            ("old.avi", "mpeg4", "presets: it works at its usual speed"),
        )
    ]


def test_an_encoder_of_hardware_that_is_not_there(tintlite, place):
    code, _, err = tintlite(place / "film.mp4", "--codec", "h264_v4l2m2m")
    if "no encoder" in err:
        pytest.skip("not in this FFmpeg")
    assert code == 1
    assert "film.mp4: the encoder h264_v4l2m2m does not work here (is its device there?)" in err
    assert names(place) == ["film.mp4"]


def test_one_preview_of_two_films(tintlite, place):
    shutil.copy(place / "film.mp4", place / "b.mp4")
    code, _, err = tintlite(place / "film.mp4", place / "b.mp4", "--preview", place / "x.png")
    assert code == 2
    assert "several films" in err


def test_a_huge_header_is_refused_before_decoding(tmp_path, make_film, measured, tiny_model):
    """Matroska's width and height are rewritten: 50,000 x 50,000 raw pixels are claimed."""
    small = make_film(tmp_path / "small.mkv", frames=3, codec="rawvideo", size=(320, 240))
    data = small.read_bytes()
    header = b"\xb0\x82" + struct.pack(">H", 320) + b"\xba\x81" + struct.pack(">B", 240)
    assert header in data
    claimed = b"\xb0\x82" + struct.pack(">H", 50_000) + b"\xba\x81\xf0"
    (tmp_path / "huge.mkv").write_bytes(data.replace(header, claimed))
    good = measured("colorize", "small.mkv", "--model", str(tiny_model))
    bad = measured("colorize", "huge.mkv", "--model", str(tiny_model))
    assert (good.code, bad.code) == (0, 1)
    assert "huge.mkv: 50000 x 240 pixels, more than" in bad.stderr
    assert bad.stderr.count("\n") == 1
    assert bad.megabytes < good.megabytes + 50
    assert not (tmp_path / "huge.colour.mkv").exists()


def test_a_file_that_may_not_grow_leaves_the_old_one(place, tiny_model):
    """A limit on the size of files stops the write, as a full disk does."""
    (place / "film.colour.mp4").write_bytes(b"the old film")
    command = [sys.executable, "-m", "edge_runtime", "colorize", "film.mp4", "--overwrite"]
    result = subprocess.run(
        [*command, "--model", str(tiny_model), "--crf", "0"],
        cwd=place,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (9000, 9000)),
    )
    assert result.returncode == 1
    assert "film.colour.mp4: cannot be written: File too large" in result.stderr
    assert result.stderr.count("\n") == 1
    assert (place / "film.colour.mp4").read_bytes() == b"the old film"
    assert names(place) == ["film.colour.mp4", "film.mp4"]


def test_a_full_file_system_leaves_the_old_one(place, tiny_model):
    """A real one of 16 KB, where this user may mount one."""
    disk = place / "disk"
    disk.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=16k", "tmpfs", str(disk)],  # noqa: S607
        capture_output=True,
    )
    if mounted.returncode:
        pytest.skip("only root may mount a small file system")
    try:
        (disk / "out.mp4").write_bytes(b"the old film")
        command = [sys.executable, "-m", "edge_runtime", "colorize", "film.mp4", "--overwrite"]
        result = subprocess.run(
            [*command, "--model", str(tiny_model), "--crf", "0", "-o", "disk/out.mp4"],
            cwd=place,
            env=os.environ | {"PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
        )
        assert result.returncode == 1
        assert "out.mp4: cannot be written: No space left on device" in result.stderr
        assert (disk / "out.mp4").read_bytes() == b"the old film"
        assert names(disk) == ["out.mp4"]
    finally:
        subprocess.run(["umount", str(disk)], check=True)  # noqa: S607

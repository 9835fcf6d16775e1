"""The examples run as they stand, and the README shows the first of them."""

import os
import subprocess
import sys
from pathlib import Path

import av
import cv2
import numpy as np
import pytest
from PIL import Image, ImageOps
from skimage.color import rgb2lab

ROOT = Path(__file__).parents[1]
EXAMPLES = ROOT / "examples"
PHOTO = ROOT / "docs" / "demo" / "grey.jpg"
ORIENTATION = 0x0112


def run(name: str, *arguments: object, cwd: Path) -> str:
    command = [sys.executable, str(EXAMPLES / name), *map(str, arguments)]
    result = subprocess.run(
        command,
        cwd=cwd,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    return result.stdout


def is_in_colour(rgb: np.ndarray) -> bool:
    return float(np.abs(rgb2lab(rgb)[..., 1:]).mean()) > 2


@pytest.fixture
def sideways(tmp_path) -> Path:
    """A photo as phones write it: lying on its side, with a word on how to turn it."""
    exif = Image.Exif()
    exif[ORIENTATION] = 6
    path = tmp_path / "sideways.jpg"
    with Image.open(PHOTO) as photo:
        photo.convert("L").resize((200, 120)).save(path, exif=exif, quality=95)
    return path


@pytest.fixture
def film(tmp_path) -> Path:
    """A second of a slow pan over the demo photo."""
    grey = np.asarray(Image.open(PHOTO).convert("RGB"))
    path = tmp_path / "film.mp4"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=10)
        stream.width, stream.height, stream.pix_fmt = 160, 120, "yuv420p"
        for shift in range(10):
            part = np.ascontiguousarray(grey[100:220, 100 + shift : 260 + shift])
            container.mux(stream.encode(av.VideoFrame.from_ndarray(part, format="rgb24")))
        container.mux(stream.encode(None))
    return path


def check_photo(source: Path, result: Path) -> None:
    """The result is upright, in colour, and of the photo's own lightness."""
    with Image.open(result) as ours:
        assert ours.getexif().get(ORIENTATION, 1) == 1
        rgb = np.asarray(ours.convert("RGB"))
    with Image.open(source) as photo:
        upright = np.asarray(ImageOps.exif_transpose(photo).convert("RGB"))
    assert rgb.shape == upright.shape
    assert is_in_colour(rgb)
    assert np.abs(rgb2lab(rgb)[..., 0] - rgb2lab(upright)[..., 0]).mean() < 1


def test_photo(sideways, tmp_path):
    assert "120 x 200 pixels" in run("photo.py", sideways, "out.jpg", cwd=tmp_path)
    check_photo(sideways, tmp_path / "out.jpg")


def test_folder(sideways, tmp_path):
    album = tmp_path / "album"
    album.mkdir()
    (album / "broken.jpg").write_bytes(b"not a picture")
    sideways.rename(album / "photo.jpg")
    run("folder.py", album, tmp_path / "out", cwd=tmp_path)
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["photo.jpg"]
    check_photo(album / "photo.jpg", tmp_path / "out" / "photo.jpg")


def test_film(film, tmp_path):
    assert "10 frames" in run("film.py", film, "out.mp4", cwd=tmp_path)
    with av.open(str(tmp_path / "out.mp4")) as container:
        frames = list(container.decode(video=0))
    assert len(frames) == 10
    assert is_in_colour(frames[5].to_ndarray(format="rgb24"))


def test_camera(film, tmp_path):
    run("camera.py", film, tmp_path / "stills", cwd=tmp_path)
    first, *others = sorted((tmp_path / "stills").iterdir())
    assert not others  # the film is shorter than ten seconds
    rgb = np.asarray(Image.open(first))
    assert rgb.shape == (120, 160, 3)
    assert is_in_colour(rgb)


def test_own_model(tiny_model, sideways, tmp_path):
    told = run("own_model.py", tiny_model, sideways, "out.png", cwd=tmp_path)
    assert "sees 64 pixels" in told
    check_photo(sideways, tmp_path / "out.png")


def test_opencv_loop(film, tmp_path):
    run("opencv_loop.py", film, "out.avi", cwd=tmp_path)
    capture = cv2.VideoCapture(str(tmp_path / "out.avi"))
    frames = []
    while (read := capture.read())[0]:
        frames.append(read[1])
    capture.release()
    assert len(frames) == 10
    assert is_in_colour(np.ascontiguousarray(frames[5][..., ::-1]))


def test_every_example_is_short_and_run():
    for path in EXAMPLES.glob("*.py"):
        assert len(path.read_text("utf-8").splitlines()) < 30, path.name
        assert f'run("{path.name}"' in Path(__file__).read_text("utf-8"), path.name


def test_the_readme_shows_the_example_of_a_photo():
    code = (EXAMPLES / "photo.py").read_text("utf-8").split("\n\n", 1)[1]
    assert f"```python\n{code}```" in (ROOT / "README.md").read_text("utf-8")

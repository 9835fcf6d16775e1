"""JPEGs that repeat a scan: refused by counting, before anything is decoded."""

import io

import numpy as np
import pytest
from PIL import Image

from edge_runtime.cli.main import main
from edge_runtime.errors import PictureError
from edge_runtime.pictures import read_picture
from edge_runtime.pictures.header import Limits
from edge_runtime.pictures.jpeg_scans import count_scans


@pytest.fixture
def jpeg(grey):
    """The bytes of a JPEG, its last scan as often again as is said."""

    def made(again: int = 0, colour: bool = False, **options) -> bytes:
        buffer = io.BytesIO()
        pixels = np.dstack([grey, grey[::-1], grey]) if colour else grey
        Image.fromarray(pixels).save(buffer, "JPEG", **options)
        data = buffer.getvalue()
        scan, end = data.rindex(b"\xff\xda"), data.rindex(b"\xff\xd9")
        return data[:end] + again * data[scan:end] + data[end:]

    return made


def test_scans_are_counted(jpeg):
    # libjpeg's own scripts: six scans of grey, ten of colour, and one where it is not progressive.
    assert count_scans(jpeg()) == count_scans(jpeg(colour=True)) == 1
    assert count_scans(jpeg(progressive=True)) == 6
    assert count_scans(jpeg(colour=True, progressive=True)) == 10
    assert count_scans(jpeg(7, progressive=True)) == 13
    # Neither a thumbnail in the EXIF nor what comes behind the end counts; a cut is no trouble.
    thumbnail = jpeg(progressive=True, exif=b"Exif\0\0II*\0" + jpeg())
    assert count_scans(thumbnail + 50 * b"\xff\xda\0\2") == 6
    assert count_scans(jpeg(restart_marker_blocks=1)) == 1
    for length in range(0, 400, 7):
        assert count_scans(jpeg(progressive=True)[:length]) <= 6


def test_a_scan_that_is_repeated_for_ever_is_refused(jpeg, tmp_path, capsys, tiny_model):
    path = tmp_path / "hostile.jpg"
    path.write_bytes(jpeg(2000, progressive=True))
    with pytest.raises(PictureError, match="its 2006 scans would take too long"):
        read_picture(path)
    assert main(["colorize", str(path), "--model", str(tiny_model)]) == 1
    lines = capsys.readouterr().err.splitlines()
    assert f"tintlite: {path}: not decoded: its 2006 scans would take too long" in lines
    path.write_bytes(jpeg(20, progressive=True))
    assert read_picture(path).pixels.shape == (90, 130)


def test_large_pictures_may_have_fewer_scans(jpeg, tmp_path, monkeypatch):
    path = tmp_path / "photo.jpg"
    path.write_bytes(jpeg(24, progressive=True))
    monkeypatch.setattr("edge_runtime.pictures.read_jpeg.MAX_PIXELS", 130 * 90)
    with pytest.raises(PictureError, match="its 30 scans"):
        read_picture(path, limits=Limits(130 * 90))
    path.write_bytes(jpeg(14, progressive=True))
    assert read_picture(path, limits=Limits(130 * 90)).pixels.shape == (90, 130)

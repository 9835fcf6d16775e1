"""Writing pictures: formats, depths, alpha, words; whole or not at all."""

import errno
import io
import os
import subprocess
from pathlib import Path

import numpy as np
import pytest
import tifffile
from PIL import Image

from edge_runtime.errors import PictureError
from edge_runtime.pictures import (
    Picture,
    encode,
    format_of_name,
    read_picture,
    side_by_side,
    write_picture,
)
from edge_runtime.pictures.encode import lay_on_white, to_8_bits
from edge_runtime.whole_file import write_whole

RNG = np.random.default_rng(12)
COLOUR = RNG.integers(0, 256, (150, 40, 3), dtype=np.uint8)
DEEP = RNG.integers(0, 65536, (150, 40, 3), dtype=np.uint16)
ALPHA = RNG.integers(0, 256, (150, 40), dtype=np.uint8)


def words() -> bytes:
    exif = Image.Exif()
    exif[0x010F] = "A camera maker"
    exif[0x013B] = "A photographer"
    exif.get_ifd(0x8769)[0x9003] = "1931:05:06 10:00:00"
    return exif.tobytes()


def smooth(dtype) -> np.ndarray:
    ramp = np.linspace(0.1, 0.9, 40)[None, :, None] * np.array([1.0, 0.8, 0.6])
    return (np.repeat(ramp, 150, 0) * np.iinfo(dtype).max).astype(dtype)


@pytest.mark.parametrize("pixels", [COLOUR, DEEP, COLOUR[..., 0], DEEP[..., 0]])
@pytest.mark.parametrize("ending", ["png", "tif", "tiff"])
@pytest.mark.parametrize("transparent", [False, True])
def test_lossless_formats_come_back(tmp_path, pixels, ending, transparent):
    alpha = ALPHA.astype(pixels.dtype) if transparent else None
    path = tmp_path / f"x.{ending}"
    write_picture(Picture(pixels, alpha), path)
    if ending != "png":
        stored = pixels if alpha is None else np.dstack([pixels, alpha])
        np.testing.assert_array_equal(tifffile.imread(path), stored)
    back = read_picture(path)
    # OpenCV writes grey with alpha at 16 bits as three equal channels.
    first = back.pixels if back.pixels.ndim == pixels.ndim else back.pixels[..., 0]
    np.testing.assert_array_equal(first, pixels)
    assert back.pixels.dtype == pixels.dtype
    if transparent:
        np.testing.assert_array_equal(back.alpha, alpha)


@pytest.mark.parametrize("pixels", [COLOUR, DEEP])
def test_tiff_is_read_by_others(tmp_path, pixels):
    write_picture(Picture(pixels, exif=words(), profile=True, dpi=(300, 200)), tmp_path / "x.tif")
    with tifffile.TiffFile(tmp_path / "x.tif") as file:
        np.testing.assert_array_equal(file.pages[0].asarray(), pixels)
        tags = file.pages[0].tags
        assert tags["Make"].value == "A camera maker"
        assert tags["XResolution"].value == (300, 1)
        assert len(tags["InterColorProfile"].value) > 300


@pytest.mark.parametrize(
    "layout",
    [{284: 2}, {339: 3}, {338: 2, 322: 16, 323: 16}, {273: 8, 279: 4, 330: 8}],
    ids=["separate planes", "floats", "tiles", "strips"],
)
@pytest.mark.parametrize("ending", ["jpg", "png", "webp"])
def test_the_layout_that_an_exif_claims_stays_out_of_a_tiff(tmp_path, layout, ending):
    exif = Image.Exif()
    exif.load(words())
    for tag, value in layout.items():
        exif[tag] = value
    Image.fromarray(COLOUR).save(tmp_path / f"x.{ending}", exif=exif.tobytes())
    picture = read_picture(tmp_path / f"x.{ending}")
    write_picture(picture, tmp_path / "x.tif")
    with tifffile.TiffFile(tmp_path / "x.tif") as file:
        np.testing.assert_array_equal(file.pages[0].asarray(), picture.pixels)
        assert file.pages[0].tags["Make"].value == "A camera maker"
        assert not set(layout) - {273, 279} & {tag.code for tag in file.pages[0].tags}
    np.testing.assert_array_equal(read_picture(tmp_path / "x.tif").pixels, picture.pixels)


@pytest.mark.parametrize("source", ["jpg", "tif"])
@pytest.mark.parametrize("target", ["jpg", "png", "tif"])
def test_the_interoperability_directory_is_carried_whole(tmp_path, source, target):
    """Cameras write it inside the Exif directory, as an offset that holds in their file alone."""
    exif = Image.Exif()
    exif[0x010F] = "A camera maker" * 20  # whatever follows lies elsewhere in the result
    exif[0x8769] = {0x9003: "1931:05:06 10:00:00", 0xA005: {1: "R98", 2: b"0100"}}
    path = tmp_path / f"x.{source}"
    if source == "jpg":
        Image.fromarray(COLOUR).save(path, exif=exif)
    else:  # Pillow's TIFF writer loses that directory: an EXIF is a TIFF that lacks its pixels
        exif.update({256: 40, 257: 150, 258: 8, 259: 1, 262: 1, 273: 0, 277: 1, 278: 150})
        exif[279] = 40 * 150  # 273, where the pixels start, is counted from the end
        path.write_bytes(exif.tobytes()[6:] + COLOUR[..., 0].tobytes())
    picture = read_picture(path)
    write_picture(picture, tmp_path / f"y.{target}")
    if source == "tif":
        np.testing.assert_array_equal(picture.pixels, COLOUR[..., 0])
    with Image.open(tmp_path / f"y.{target}") as image:
        kept = image.getexif()
        assert kept.get_ifd(0x8769)[0x9003] == "1931:05:06 10:00:00"
        assert kept.get_ifd(0xA005) == {1: "R98", 2: b"0100"}


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
@pytest.mark.parametrize("ending", ["jpg", "png", "tif", "webp", "bmp"])
def test_words_profile_and_resolution_are_kept_where_they_can_be(tmp_path, ending, dtype):
    path = tmp_path / f"x.{ending}"
    picture = Picture(smooth(dtype), exif=words(), profile=True, dpi=(300, 200))
    write_picture(picture, path)
    back = read_picture(path)
    assert np.abs(to_float(back.pixels) - to_float(picture.pixels)).max() < 0.03
    if ending != "bmp":
        exif = Image.Exif()
        exif.load(back.exif)
        assert exif[0x010F] == "A camera maker"
        assert exif[0x013B] == "A photographer"
        assert exif.get_ifd(0x8769)[0x9003] == "1931:05:06 10:00:00"
        assert back.profile
    if ending != "webp":
        assert [round(value) for value in back.dpi] == [300, 200]


def to_float(pixels: np.ndarray) -> np.ndarray:
    return pixels / np.iinfo(pixels.dtype).max


@pytest.mark.parametrize("ending", ["jpg", "bmp"])
@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_transparency_is_laid_on_white_where_it_cannot_be_kept(tmp_path, ending, dtype):
    top = np.iinfo(dtype).max
    picture = Picture(np.zeros((32, 32, 3), dtype), np.zeros((32, 32), dtype))
    picture.alpha[:, 16:] = top
    write_picture(picture, tmp_path / f"x.{ending}")
    back = read_picture(tmp_path / f"x.{ending}")
    assert back.alpha is None
    assert (back.pixels[:, :12] > 250).all()
    assert (back.pixels[:, 20:] < 5).all()


@pytest.mark.parametrize("quality", [None, 60])
@pytest.mark.parametrize("dpi", [None, (300.0, 72.4)])
@pytest.mark.parametrize("profile", [False, True])
def test_a_jpeg_is_that_of_pillow(monkeypatch, quality, dpi, profile):
    """To the last byte: which encoder is taken is a matter of time and memory alone."""
    icc = bytes(range(250)) * 10  # a real one has the time in it
    monkeypatch.setattr(encode, "srgb_profile_bytes", lambda: icc)
    picture = Picture(COLOUR, dpi=dpi, profile=profile)
    ours = encode.encode_picture(picture, format_of_name(Path("x.jpg")), quality)
    options = {"dpi": dpi} if dpi else {}
    options |= {"icc_profile": icc} if profile else {}
    expected = io.BytesIO()
    Image.fromarray(COLOUR).save(
        expected, "JPEG", quality=quality or 95, subsampling="4:2:0", **options
    )
    assert ours == expected.getvalue()


def test_lay_on_white_mixes():
    mixed = lay_on_white(np.array([[100]], np.uint8), np.array([[51]], np.uint8))
    assert mixed.tolist() == [[224]]


def test_rounding_to_8_bits():
    levels = np.arange(256, dtype=np.uint16) * 257
    np.testing.assert_array_equal(to_8_bits(levels[None])[0], np.arange(256))
    assert to_8_bits(np.array([[128, 129, 65535]], np.uint16)).tolist() == [[0, 1, 255]]


def test_unknown_ending(tmp_path):
    with pytest.raises(PictureError, match=r"'\.gif' is no picture format"):
        write_picture(Picture(COLOUR), tmp_path / "x.gif")


def test_too_large_for_the_format(tmp_path):
    with pytest.raises(PictureError, match="do not fit into WebP"):
        write_picture(Picture(np.zeros((1, 16_384, 3), np.uint8)), tmp_path / "x.webp")


def test_missing_folder(tmp_path):
    with pytest.raises(PictureError, match="cannot be written: No such file"):
        write_picture(Picture(COLOUR), tmp_path / "gone" / "x.png")


def test_under_a_file(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(PictureError, match="cannot be written: Not a directory"):
        write_picture(Picture(COLOUR), tmp_path / "file" / "x.png")


def test_a_full_disk_leaves_what_was_there(tmp_path, monkeypatch):
    def full(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    (tmp_path / "x.png").write_bytes(b"before")
    with pytest.raises(PictureError, match="No space left on device"):
        write_picture(Picture(COLOUR), tmp_path / "x.png")
    assert [path.name for path in tmp_path.iterdir()] == ["x.png"]
    assert (tmp_path / "x.png").read_bytes() == b"before"


def test_a_really_full_disk(tmp_path):
    mount = ["/bin/mount", "-t", "tmpfs", "-o", "size=16k", "none", str(tmp_path)]
    if not Path(mount[0]).exists() or subprocess.run(mount, capture_output=True).returncode:
        pytest.skip("needs the right to mount a file system")
    try:
        with pytest.raises(PictureError, match="No space left on device"):
            write_picture(Picture(COLOUR), tmp_path / "x.png")
        assert list(tmp_path.iterdir()) == []
    finally:
        subprocess.run(["/bin/umount", str(tmp_path)], check=True)


def test_interrupted_writing_leaves_nothing(tmp_path, monkeypatch):
    def interrupt(descriptor: int) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "fsync", interrupt)
    with pytest.raises(KeyboardInterrupt):
        write_whole(tmp_path / "x", b"data")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(os.name == "nt", reason="modes are POSIX's")
@pytest.mark.parametrize("umask", [0o022, 0o077])
def test_the_mode_follows_the_umask(tmp_path, umask):
    before = os.umask(umask)
    try:
        write_whole(tmp_path / "x", b"data")
    finally:
        os.umask(before)
    assert (tmp_path / "x").stat().st_mode & 0o777 == 0o666 & ~umask


def test_side_by_side():
    before = np.zeros((150, 40, 3), np.uint8)
    both = side_by_side(before, Picture(COLOUR, ALPHA, dpi=(72, 72)))
    assert both.pixels.shape == (150, 83, 3)
    np.testing.assert_array_equal(both.pixels[:, :40], before)
    np.testing.assert_array_equal(both.pixels[:, 43:], COLOUR)
    assert (both.pixels[:, 40:43] == 255).all()
    assert (both.alpha[:, 40:43] == 255).all()
    np.testing.assert_array_equal(both.alpha[:, 43:], ALPHA)
    assert both.dpi == (72, 72)


@pytest.mark.parametrize("ending", ["jpg", "tif"])
@pytest.mark.parametrize("orientation", [1, 6])
@pytest.mark.parametrize("beside", [False, True])
def test_the_size_in_the_exif_is_that_of_the_result(tmp_path, ending, orientation, beside):
    exif = Image.Exif()
    exif[0x8769] = {0x9003: "1931:05:06 10:00:00", 0xA002: 40, 0xA003: 150}
    exif[0x0112] = orientation
    Image.fromarray(COLOUR).save(tmp_path / f"x.{ending}", exif=exif.tobytes())
    picture = read_picture(tmp_path / f"x.{ending}")
    result = side_by_side(picture.pixels, picture) if beside else picture
    write_picture(result, tmp_path / "y.jpg")
    with Image.open(tmp_path / "y.jpg") as image:
        directory = image.getexif().get_ifd(0x8769)
        assert directory[0x9003] == "1931:05:06 10:00:00"
        assert (directory[0xA002], directory[0xA003]) == image.size
        assert image.size == result.pixels.shape[1::-1]

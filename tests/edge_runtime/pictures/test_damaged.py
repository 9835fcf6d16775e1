"""Damaged pictures: what decodes is read, and said to be damaged; what does not is refused."""

import io
import struct
import time
import zlib

import cv2
import numpy as np
import pytest
import tifffile
from PIL import Image
from skimage import data as photos

from edge_runtime.cli import main
from edge_runtime.errors import PictureError
from edge_runtime.pictures import read_picture
from edge_runtime.pictures.png_parts import SIGNATURE, chunk

COLOUR = np.ascontiguousarray(photos.coffee()[:300, :400])
GREY = np.ascontiguousarray(COLOUR[..., 1])
DEEP = COLOUR.astype(np.uint16) * 257


def encoded(pixels: np.ndarray, format: str, mode: str | None = None, **options) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(pixels).convert(mode).save(buffer, format, **options)
    return buffer.getvalue()


def tiff(pixels: np.ndarray, **options) -> bytes:
    buffer = io.BytesIO()
    photometric = "rgb" if pixels.ndim == 3 else "minisblack"
    tifffile.imwrite(buffer, pixels, photometric=photometric, metadata=None, **options)
    return buffer.getvalue()


@pytest.fixture
def read(tmp_path):
    """Read bytes as a picture."""

    def read_bytes(data: bytes):
        (tmp_path / "x").write_bytes(data)
        return read_picture(tmp_path / "x")

    return read_bytes


WHOLE = {
    "jpeg": encoded(COLOUR, "JPEG", quality=90),
    "grey jpeg": encoded(GREY, "JPEG", quality=90),
    "progressive jpeg": encoded(COLOUR, "JPEG", quality=90, progressive=True),
    "cmyk jpeg": encoded(COLOUR, "JPEG", mode="CMYK"),
    "png": encoded(COLOUR, "PNG"),
    "grey png": encoded(GREY, "PNG"),
    "16-bit png": cv2.imencode(".png", DEEP[..., ::-1])[1].tobytes(),
    "bmp": encoded(COLOUR, "BMP"),
    "gif": encoded(GREY, "GIF"),
    "webp": encoded(COLOUR, "WEBP"),
    "tiff": tiff(COLOUR, rowsperstrip=16),
    "16-bit tiff": tiff(DEEP, rowsperstrip=16, compression="zlib"),
    "lzw tiff": tiff(DEEP, rowsperstrip=16, compression="lzw", predictor=True),
    "one strip": tiff(DEEP, rowsperstrip=300),
    "one deflated strip": tiff(DEEP, rowsperstrip=300, compression="zlib"),
}


@pytest.mark.parametrize("kind", WHOLE)
def test_what_is_whole_is_not_called_damaged(read, kind):
    picture = read(WHOLE[kind])
    assert not picture.damaged
    assert picture.notes == ()


@pytest.mark.parametrize("kind", ["jpeg", "grey jpeg", "progressive jpeg", "cmyk jpeg"])
def test_a_jpeg_without_its_end(read, kind):
    whole = read(WHOLE[kind]).pixels.astype(int)
    picture = read(WHOLE[kind][:-2])
    assert picture.damaged
    assert "its end is missing" in picture.notes[0]
    assert np.abs(picture.pixels - whole)[:-32].max() <= 2


CUT = ("jpeg", "grey jpeg", "png", "grey png", "16-bit png", "bmp", "one strip")


@pytest.mark.parametrize("part", [0.3, 0.5, 0.9])
@pytest.mark.parametrize("kind", CUT)
def test_cut_off_it_is_read_as_far_as_it_goes(read, kind, part):
    data = WHOLE[kind]
    if kind == "one strip":  # tifffile writes the directory first
        assert struct.unpack_from("<I", data, 4)[0] < 100
    whole, picture = read(data).pixels.astype(int), read(data[: int(len(data) * part)])
    assert picture.damaged
    assert "damaged" in picture.notes[0]
    assert picture.pixels.dtype == read(data).pixels.dtype
    height = len(whole)
    # BMP begins at the bottom; how many rows a part of the bytes holds depends on the picture.
    rows = slice(height - int(height * part * 0.7), None) if kind == "bmp" else slice(0, None)
    same = (np.abs(picture.pixels - whole).reshape(height, -1).max(1) <= 2)[rows]
    assert same.sum() > height * part * 0.5


@pytest.mark.parametrize("kind", ["webp", "gif"])
def test_what_its_decoder_gives_up_is_refused(read, kind):
    data = WHOLE[kind]
    with pytest.raises(PictureError, match=r"cannot be decoded|header is damaged"):
        read(data[: len(data) // 2])


@pytest.mark.parametrize("kind", WHOLE)
def test_without_pixels_it_is_refused(read, kind):
    """Cut off where the pixels begin."""
    data = WHOLE[kind]
    begin = {"j": data.find(b"\xff\xda"), "p": data.find(b"IDAT")}.get(kind.split()[-1][0], 40)
    if "tiff" in kind or "strip" in kind:
        begin = 160
    with pytest.raises(PictureError):
        read(data[: begin + 10])


@pytest.mark.parametrize("kind", ["jpeg", "progressive jpeg"])
def test_a_flipped_byte_in_a_jpeg_is_noticed_where_libjpeg_notices(read, kind):
    """Of those that break the codes most are; a changed number that fits stays one."""
    pytest.importorskip("simplejpeg", reason="there is no wheel for this machine")
    data = WHOLE[kind]
    whole = read(data).pixels.astype(int)
    begin = data.index(b"\xff\xda") + 20
    noticed = broken = 0
    for seed in range(40):
        generator = np.random.default_rng(seed)
        flipped = bytearray(data)
        flipped[generator.integers(begin, len(data) - 2)] ^= int(generator.integers(1, 256))
        picture = read(bytes(flipped))
        rows = (np.abs(picture.pixels - whole).max((1, 2)) > 40).sum()
        if rows > 60:
            broken += 1
            noticed += picture.damaged
    assert broken > 5
    assert noticed > broken / 2


@pytest.mark.parametrize(
    ("extra", "damaged"), [(b"\0" * 40, False), (b"\xff" * 3, False), (b"\1\2\3\4\5\6\7", True)]
)
def test_fill_bytes_are_no_damage(read, extra, damaged):
    pytest.importorskip("simplejpeg", reason="there is no wheel for this machine")
    data = WHOLE["jpeg"]
    assert read(data[:-2] + extra + data[-2:]).damaged == damaged


def png(rows: int, height: int, pixels: np.ndarray) -> bytes:
    """A PNG that says it is higher than it is."""
    raw = b"".join(b"\0" + row.tobytes() for row in pixels[:rows])
    header = struct.pack(">IIBBBBB", pixels.shape[1], height, 8, 2, 0, 0, 0)
    parts = [chunk(b"IHDR", header), chunk(b"IDAT", zlib.compress(raw)), chunk(b"IEND", b"")]
    return SIGNATURE + b"".join(parts)


def test_a_png_with_fewer_rows_than_it_says(read):
    picture = read(png(100, 300, COLOUR))
    assert picture.notes == ("it is damaged: 100 of its 300 rows could be read",)
    np.testing.assert_array_equal(picture.pixels[:100], COLOUR[:100])
    with pytest.raises(PictureError, match="none of its rows is left"):
        read(png(0, 300, COLOUR))


@pytest.mark.parametrize("black", [1, 300])
def test_a_png_that_ends_black_is_whole(read, black):
    pixels = COLOUR.copy()
    pixels[300 - black :] = 0
    picture = read(encoded(pixels, "PNG"))
    assert not picture.damaged
    np.testing.assert_array_equal(picture.pixels, pixels)


@pytest.mark.parametrize("kind", ["png", "16-bit png"])
def test_a_flipped_byte_in_a_png(read, kind):
    data = bytearray(WHOLE[kind])
    data[len(data) // 2] ^= 0x55
    picture = read(bytes(data))
    assert picture.damaged
    whole = read(WHOLE[kind]).pixels
    assert (picture.pixels[:100] == whole[:100]).all()
    assert picture.pixels.dtype == whole.dtype


def test_a_wrong_checksum_of_words_keeps_the_pixels(read):
    data = WHOLE["png"]
    text = bytearray(chunk(b"tEXt", b"Comment\0a comment"))
    text[-1] ^= 1
    picture = read(data[:33] + bytes(text) + data[33:])
    assert picture.notes == ("it is damaged: its end is missing or a checksum is wrong",)
    np.testing.assert_array_equal(picture.pixels, COLOUR)
    assert picture.captions.texts == ()


def test_an_interlaced_png_that_is_cut_off(read):
    """Its last pass, that of the odd rows, goes first."""
    passes = b""
    for left, top, across, down in (
        *((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4)),
        *((0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)),
    ):
        passes += b"".join(b"\0" + row.tobytes() for row in COLOUR[top::down, left::across])
    header = struct.pack(">IIBBBBB", 400, 300, 8, 2, 0, 0, 1)
    for part, damaged in ((1.0, False), (0.8, True)):
        packed = zlib.compress(passes[: int(len(passes) * part)])
        parts = [chunk(b"IHDR", header), chunk(b"IDAT", packed), chunk(b"IEND", b"")]
        picture = read(SIGNATURE + b"".join(parts))
        assert picture.damaged == damaged
        np.testing.assert_array_equal(picture.pixels[::2], COLOUR[::2])


@pytest.mark.parametrize("kind", ["16-bit tiff", "lzw tiff"])
def test_a_broken_strip_costs_itself_alone(read, kind):
    data = WHOLE[kind]
    with tifffile.TiffFile(io.BytesIO(data)) as file:
        starts, sizes = file.pages[0].dataoffsets, file.pages[0].databytecounts
    broken = bytearray(data)
    broken[starts[5] : starts[5] + sizes[5]] = np.random.default_rng(0).bytes(sizes[5])
    picture = read(bytes(broken))
    assert picture.damaged
    assert "it is damaged" in picture.notes[0]
    intact = np.r_[0:80, 96:300]
    np.testing.assert_array_equal(picture.pixels[intact], DEEP[intact])


def test_a_deflated_strip_is_read_up_to_the_wrong_byte(read):
    data = WHOLE["one deflated strip"]
    with tifffile.TiffFile(io.BytesIO(data)) as file:
        (start,), (size,) = file.pages[0].dataoffsets, file.pages[0].databytecounts
    broken = bytearray(data)
    broken[start + size // 2] ^= 0x55
    picture = read(bytes(broken))
    assert picture.damaged
    np.testing.assert_array_equal(picture.pixels[:100], DEEP[:100])


def test_lost_strips_of_a_tiff(read):
    data = WHOLE["tiff"]
    picture = read(data[: int(len(data) * 0.6)])
    assert picture.damaged
    np.testing.assert_array_equal(picture.pixels[:160], COLOUR[:160])


@pytest.mark.parametrize("damaged", [False, True])
def test_the_exit_code_tells(tmp_path, tiny_model, capfd, damaged):
    (tmp_path / "album").mkdir()
    (tmp_path / "album" / "a.jpg").write_bytes(WHOLE["jpeg"])
    data = WHOLE["grey jpeg"]
    (tmp_path / "album" / "b.jpg").write_bytes(data[:-2] if damaged else data)
    command = ["colorize", str(tmp_path / "album"), "--model", str(tiny_model)]
    assert main(command) == (3 if damaged else 0)
    out, err = capfd.readouterr()
    assert out.endswith("2 coloured, 0 failed\n")
    assert err.count("\n") == damaged
    if damaged:
        assert err.startswith(f"tintlite: {tmp_path}/album/b.jpg: note: it is damaged")
        assert main([*command, "--overwrite", "--strict"]) == 1
        out, err = capfd.readouterr()
        assert out.endswith("1 coloured, 1 failed\n")
        assert err.startswith(f"tintlite: {tmp_path}/album/b.jpg: it is damaged")
        (tmp_path / "album" / "c.jpg").write_bytes(b"no picture")
        assert main([*command, "--overwrite"]) == 1


def test_hostile_jpegs_and_pngs_end_in_time(read):
    """Bytes flipped all over, and chunks that claim what they have not."""
    begin = time.monotonic()
    for data in (WHOLE["jpeg"], WHOLE["png"], WHOLE["16-bit png"], WHOLE["16-bit tiff"]):
        for seed in range(12):
            generator = np.random.default_rng(seed)
            hostile = bytearray(data)
            for place in generator.integers(0, len(data), 20):
                hostile[place] = generator.integers(0, 256)
            try:
                picture = read(bytes(hostile))
            except PictureError:
                continue
            assert picture.pixels.ndim in (2, 3)
    assert time.monotonic() - begin < 60

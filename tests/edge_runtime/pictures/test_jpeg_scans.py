"""JPEGs that repeat a scan: refused by counting, before anything is decoded."""

import io
import struct

import numpy as np
import pytest
from PIL import Image

from edge_runtime.cli.main import main
from edge_runtime.errors import PictureError
from edge_runtime.pictures import read_picture
from edge_runtime.pictures.header import PictureLimits
from edge_runtime.pictures.jpeg_scans import count_scans


def hidden(jpeg: bytes) -> bytes:
    """A JPEG with marker TEM before its last scans, and two bytes that look like their length."""
    first = jpeg.index(b"\xff\xda", jpeg.index(b"\xff\xda") + 2)
    end = jpeg.rindex(b"\xff\xd9")
    return jpeg[:first] + b"\xff\x01" + struct.pack(">H", min(end - first, 65_535)) + jpeg[first:]


def tiff_of(jpegs, size, packed=7, tile=None, sizes=True):
    """A TIFF whose strips or tiles are these JPEGs, one below the other.

    Args:
        jpegs: their bytes; the same object lies in the file once.
        size: (width, height) of each.
        packed: the number of the packing.
        tile: whether they are tiles.
        sizes: whether it says how large they are.
    """
    width, height = size
    data, places = bytearray(8), {}
    for one in jpegs:
        if id(one) not in places:
            places[id(one)] = len(data)
            data += one + bytes(len(one) % 2)
    lists = []
    for values in ([places[id(one)] for one in jpegs], [len(one) for one in jpegs]):
        lists.append(len(data) if len(values) > 1 else values[0])
        data += struct.pack(f"<{len(values)}I", *values)
    count = len(jpegs)
    fields = [(256, 1, width), (257, 1, height * count), (258, 1, 8), (259, 1, packed)]
    fields += [(262, 1, 1), (277, 1, 1)]
    if tile:
        fields += [(322, 1, width), (323, 1, height)]
    else:
        fields.append((278, 1, height))
    fields.append((324 if tile else 273, count, lists[0]))
    if sizes:
        fields.append((325 if tile else 279, count, lists[1]))
    data[:8] = b"II*\0" + struct.pack("<I", len(data))
    data += struct.pack("<H", len(fields))
    for tag, number, value in sorted(fields):
        data += struct.pack("<HHII", tag, 4, number, value)
    return bytes(data + bytes(4))


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
    # A marker without a length, in whose "length" scans would hide: libjpeg finds them (below).
    assert count_scans(hidden(jpeg(7, progressive=True))) == 13
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
        read_picture(path, limits=PictureLimits(130 * 90))
    path.write_bytes(jpeg(14, progressive=True))
    assert read_picture(path, limits=PictureLimits(130 * 90)).pixels.shape == (90, 130)


def test_scans_that_hide_behind_a_marker_are_found(jpeg, tmp_path):
    path = tmp_path / "hidden.jpg"
    path.write_bytes(hidden(jpeg(2000, progressive=True)))
    with pytest.raises(PictureError, match="its 2006 scans would take too long"):
        read_picture(path)
    # It is a picture to libjpeg too.
    path.write_bytes(hidden(jpeg(3, progressive=True)))
    plain = Image.open(io.BytesIO(jpeg(3, progressive=True)))
    np.testing.assert_array_equal(Image.open(path), plain)
    np.testing.assert_array_equal(read_picture(path).pixels, plain)


@pytest.mark.parametrize("packed", [6, 7, 33007, 34892])
@pytest.mark.parametrize("layout", [{}, {"tile": True}, {"sizes": False}])
def test_scans_inside_a_tiff_count_too(jpeg, tmp_path, grey, packed, layout):
    path = tmp_path / "scan.tif"
    honest, hostile = jpeg(20, progressive=True), jpeg(2000, progressive=True)
    size = grey.shape[::-1]
    for inside in ([hostile], [honest, hostile]):
        path.write_bytes(tiff_of(inside, size, packed, **layout))
        with pytest.raises(PictureError, match="its 2006 scans would take too long"):
            read_picture(path)


def test_honest_jpegs_inside_a_tiff_are_read(jpeg, tmp_path, grey):
    path = tmp_path / "scan.tif"
    one = jpeg(20, progressive=True)
    path.write_bytes(tiff_of([one, jpeg(1), one], grey.shape[::-1]))
    decoded = np.asarray(Image.open(io.BytesIO(one)))
    pixels = read_picture(path).pixels
    assert pixels.shape == (270, 130)
    np.testing.assert_array_equal(pixels[:90], decoded)
    np.testing.assert_array_equal(pixels[180:], decoded)


def test_the_scans_of_all_parts_are_added(jpeg, tmp_path, monkeypatch):
    monkeypatch.setattr("edge_runtime.pictures.read_tiff.MAX_PIXELS", 2 * 130 * 90)
    path = tmp_path / "scan.tif"
    path.write_bytes(tiff_of(2 * [jpeg(14, progressive=True)], (130, 90)))
    assert read_picture(path, limits=PictureLimits(2 * 130 * 90)).pixels.shape == (180, 130)
    path.write_bytes(tiff_of(2 * [jpeg(15, progressive=True)], (130, 90)))
    with pytest.raises(PictureError, match="its 21 scans would take too long"):
        read_picture(path, limits=PictureLimits(2 * 130 * 90))


def test_parts_that_lie_over_each_other_are_refused(jpeg, tmp_path, grey):
    """To count the same bytes a thousand times would be what it is to prevent."""
    path = tmp_path / "scan.tif"
    data = bytearray(tiff_of(4 * [jpeg()], grey.shape[::-1], sizes=False))
    at = data.index(struct.pack("<HHI", 273, 4, 4)) + 8
    (places,) = struct.unpack_from("<I", data, at)
    struct.pack_into("<4I", data, places, 8, 9, 10, 11)
    path.write_bytes(data)
    with pytest.raises(PictureError, match="its parts lie over each other"):
        read_picture(path)


def test_plain_levels_that_look_like_a_jpeg_are_no_jpeg(jpeg, tmp_path):
    """Uncompressed, the bytes of a hostile JPEG are just levels."""
    levels = jpeg(2000, progressive=True)[: 1000 * 1000]
    path = tmp_path / "levels.tif"
    path.write_bytes(tiff_of([levels], (1000, 1000), packed=1))
    expected = np.frombuffer(levels, np.uint8).reshape(1000, 1000)
    np.testing.assert_array_equal(read_picture(path).pixels, expected)


def test_of_several_pictures_in_a_jpeg_the_first_counts(jpeg, tmp_path):
    path = tmp_path / "several.jpg"
    buffer = io.BytesIO()
    one = Image.open(io.BytesIO(jpeg()))
    one.save(buffer, "MPO", save_all=True, append_images=[one], progressive=True)
    several = buffer.getvalue()
    end = several.index(b"\xff\xd9\xff\xd8")
    scans = 2000 * several[several.rindex(b"\xff\xda", 0, end) : end]
    path.write_bytes(several[:end] + scans + several[end:])
    with pytest.raises(PictureError, match="its 2006 scans would take too long"):
        read_picture(path)
    end = several.rindex(b"\xff\xd9")
    path.write_bytes(several[:end] + scans + several[end:])  # the second one is never decoded
    assert read_picture(path).pixels.shape == (90, 130)

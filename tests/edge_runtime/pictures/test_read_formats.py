"""HEIC, AVIF, JPEG 2000, GIF, lossless WebP: read; camera raw and others: named as left aside."""

import base64
import io
import sys
from pathlib import Path

import numpy as np
import pytest
import tifffile
from PIL import Image, features
from skimage import data as photos

from edge_runtime.cli import main
from edge_runtime.errors import PictureError
from edge_runtime.pictures import (
    format_called,
    format_of_name,
    read_open_picture,
    read_picture,
    result_format,
    write_picture,
)
from edge_runtime.pictures.header import format_of

GREY = np.ascontiguousarray(photos.camera()[100:164, 100:180])
COLOUR = np.ascontiguousarray(photos.coffee()[100:164, 100:180])
needs_avif = pytest.mark.skipif(not features.check("avif"), reason="this Pillow knows no AVIF")


@pytest.fixture
def tintlite(tiny_model, capfd):
    """Run `tintlite colorize`; returns (exit code, standard output, standard error)."""

    def run(*arguments):
        code = main(["colorize", *map(str, arguments), "--model", str(tiny_model)])
        return code, *capfd.readouterr()

    return run


def exif(orientation: int = 1) -> bytes:
    words = Image.Exif()
    words[0x010F], words[0x0112] = "A maker", orientation
    return words.tobytes()


def check_exif(picture) -> None:
    words = Image.Exif()
    words.load(picture.exif)
    assert words[0x010F] == "A maker"
    assert words.get(0x0112, 1) == 1


# A grey ramp of 64 x 48 pixels, 4 levels a column, turned clockwise by `irot` and by its EXIF,
# which is not to turn it again; written by pillow-heif, whose encoder is under the GPL.
HEIC = base64.b64decode(
    "AAAAHGZ0eXBoZWl4AAAAAG1pZjFoZWl4bWlhZgAAAcBtZXRhAAAAAAAAACFoZGxyAAAAAAAAAABwaWN0AAAAAAAAAA"
    "AAAAAAAAAAADRpbG9jAAAAAERAAAIAAQAAAAAB5AABAAAAAAAAAC0AAgAAAAACEQABAAAAAAAAADgAAAA4aWluZgAA"
    "AAAAAgAAABVpbmZlAgAAAAABAABodmMxAAAAABVpbmZlAgAAAQACAABFeGlmAAAAAA5waXRtAAAAAAABAAAA/2lwcn"
    "AAAADeaXBjbwAAAHBodmNDAQQIAAAAn/gAAAAAHvAA/Pz4+AAADwNgAAEAF0ABDAH//wQIAAADAJ/4AAADAAAeugJA"
    "YQABACVCAQEECAAAAwCf+AAAAwAAHsCCBBZbq5Ka5sCAAAAMgAAAAwCEYgABAAZEAcFzwIkAAAATY29scm5jbHgAAQ"
    "ANAAaAAAAAFGlzcGUAAAAAAAAAQAAAAEAAAAAoY2xhcAAAAEAAAAABAAAAMAAAAAEAAAAAAAAAAv////AAAAACAAAA"
    "DnBpeGkAAAAAAQgAAAAJaXJvdAMAAAAZaXBtYQAAAAAAAAABAAEGgQIDBYSGAAAAGmlyZWYAAAAAAAAADmNkc2MAAg"
    "ABAAEAAABtbWRhdAAAACkoAa4TwGx2NxH69sBjZ7C9pji0e+txOqqf5XEPRBG3fx7/gn9cRpZn4AAAAAZFeGlmAABN"
    "TQAqAAAACAACAQ8AAgAAAAgAAAAmARIAAwAAAAEABgAAAAAAAEEgbWFrZXIA"
)


def near(found: np.ndarray, expected: np.ndarray, bound: float) -> None:
    assert found.shape[:2] == expected.shape[:2]
    found = found if found.ndim == 2 else found.mean(2)
    expected = expected if expected.ndim == 2 else expected.mean(2)
    assert np.abs(found - expected).mean() < bound


def test_heic(tmp_path):
    pytest.importorskip("pi_heif", reason="there is no wheel for this machine")
    (tmp_path / "x.heic").write_bytes(HEIC)
    picture = read_picture(tmp_path / "x.heic")
    near(picture.pixels, np.repeat(np.arange(64)[:, None] * 4, 48, 1), 3)
    check_exif(picture)
    assert picture.notes == ()
    assert not picture.lossless
    for cut in (60, 500):
        (tmp_path / "x.heic").write_bytes(HEIC[:cut])
        with pytest.raises(PictureError):
            read_picture(tmp_path / "x.heic")


def test_heic_without_its_package(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "pi_heif", None)
    monkeypatch.setitem(sys.modules, "pi_heif.as_plugin", None)
    (tmp_path / "x.heic").write_bytes(HEIC)
    with pytest.raises(PictureError, match="read with the package pi-heif, which is missing"):
        read_picture(tmp_path / "x.heic")


@needs_avif
@pytest.mark.parametrize("orientation", [1, 6])
def test_avif(tmp_path, orientation):
    Image.fromarray(COLOUR).save(tmp_path / "x.avif", quality=95, exif=exif(orientation))
    picture = read_picture(tmp_path / "x.avif")
    upright = COLOUR if orientation == 1 else COLOUR.swapaxes(0, 1)[:, ::-1]
    near(picture.pixels, upright, 3)
    check_exif(picture)
    assert picture.notes == ()


@needs_avif
def test_avif_of_10_bits_is_lowered_with_a_note(tmp_path):
    imagecodecs = pytest.importorskip("imagecodecs", reason="it writes AVIF of 10 bits")
    deep = COLOUR.astype(np.uint16) << 2
    data = imagecodecs.avif_encode(deep, level=90, bitspersample=10)
    (tmp_path / "x.avif").write_bytes(data)
    picture = read_picture(tmp_path / "x.avif")
    near(picture.pixels, COLOUR, 4)
    assert picture.notes == ("its 10 bits were lowered to 8",)


@pytest.mark.parametrize("pixels", [GREY, COLOUR], ids=["grey", "colour"])
@pytest.mark.parametrize("ending", ["jp2", "j2k"])
def test_jpeg_2000(tmp_path, pixels, ending):
    Image.fromarray(pixels).save(tmp_path / f"x.{ending}", irreversible=False)
    picture = read_picture(tmp_path / f"x.{ending}")
    np.testing.assert_array_equal(picture.pixels, pixels)
    assert picture.notes == ()


def test_jpeg_2000_of_16_bits(tmp_path):
    """Grey stays; of colours Pillow gives 8 bits, which is said."""
    deep = GREY.astype(np.uint16) * 257
    Image.fromarray(deep).save(tmp_path / "x.jp2", irreversible=False)
    picture = read_picture(tmp_path / "x.jp2")
    np.testing.assert_array_equal(picture.pixels, deep)
    assert picture.notes == ()
    imagecodecs = pytest.importorskip("imagecodecs", reason="it writes 16-bit colour")
    for codec in ("jp2", "j2k"):
        data = imagecodecs.jpeg2k_encode(
            COLOUR.astype(np.uint16) * 257, codecformat=codec, reversible=True
        )
        (tmp_path / "x.jp2").write_bytes(data)
        picture = read_picture(tmp_path / "x.jp2")
        assert np.abs(picture.pixels.astype(int) - COLOUR).max() <= 1
        assert picture.notes == ("its 16 bits were lowered to 8",)


def test_the_words_of_a_jpeg_2000(tmp_path):
    Image.fromarray(GREY).save(tmp_path / "x.jp2", comment="a comment")
    xmp = b"<x:xmpmeta><rdf:RDF></rdf:RDF></x:xmpmeta>"
    uuids = {
        "be7acfcb97a942e89c71999491e3afac": xmp,
        b"JpgTiffExif->JP2".hex(): exif(6).removeprefix(b"Exif\0\0"),
        "33c7a4d2b81d4723a0baf1a3e097ad38": b"\x1c\x02\x78\0\4Anna",
    }
    with (tmp_path / "x.jp2").open("ab") as file:
        for identifier, data in uuids.items():
            body = bytes.fromhex(identifier) + data
            file.write((len(body) + 8).to_bytes(4, "big") + b"uuid" + body)
    picture = read_picture(tmp_path / "x.jp2")
    check_exif(picture)
    assert picture.pixels.shape == (80, 64)
    assert picture.captions.xmp == xmp
    assert picture.captions.iptc == b"\x1c\x02\x78\0\4Anna"
    assert picture.captions.texts == (("Comment", "a comment"),)


@pytest.mark.parametrize("transparent", [False, True])
def test_gif(tmp_path, transparent):
    options = {"transparency": 0} if transparent else {}
    grey = GREY.copy()
    grey[:9] = 0
    frames = [Image.fromarray(grey), Image.fromarray(255 - grey)]
    frames[0].save(
        tmp_path / "x.gif", save_all=True, append_images=frames[1:], comment=b"c", **options
    )
    picture = read_picture(tmp_path / "x.gif")
    first = picture.pixels if picture.pixels.ndim == 2 else picture.pixels[..., 0]
    np.testing.assert_array_equal(first, grey)
    assert (picture.alpha is not None) == transparent
    assert "the first was taken" in picture.notes[0]
    assert picture.captions.texts == (("Comment", "c"),)


@pytest.mark.parametrize("lossless", [False, True])
@pytest.mark.parametrize("alpha", [False, True])
def test_webp_without_loss_stays_so(tmp_path, lossless, alpha):
    pixels = np.dstack([COLOUR, GREY]) if alpha else COLOUR
    Image.fromarray(pixels).save(tmp_path / "x.webp", lossless=lossless, exact=True)
    picture = read_picture(tmp_path / "x.webp")
    assert picture.lossless == lossless
    write_picture(picture, tmp_path / "y.webp")
    again = read_picture(tmp_path / "y.webp")
    assert again.lossless == lossless
    opaque = (picture.alpha > 0) if alpha else np.ones(GREY.shape, bool)
    same = np.array_equal(again.pixels[opaque], picture.pixels[opaque])
    assert same == lossless
    # What somebody asks for is done.
    write_picture(picture, tmp_path / "z.webp", quality=50)
    assert not read_picture(tmp_path / "z.webp").lossless


@pytest.mark.parametrize("ending", ["jpg", "webp"])
def test_quality(tmp_path, ending):
    sizes = []
    for quality in (30, 95, 100):
        picture = read_of(COLOUR)
        write_picture(picture, tmp_path / f"x.{ending}", quality=quality)
        sizes.append((tmp_path / f"x.{ending}").stat().st_size)
    assert sizes == sorted(sizes)
    assert sizes[0] < sizes[2] / 3
    write_picture(read_of(COLOUR), tmp_path / f"y.{ending}")
    assert (tmp_path / f"y.{ending}").stat().st_size == sizes[1]


def read_of(pixels: np.ndarray):
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "PNG")
    return read_open_picture(file, Path("x.png"))


@pytest.mark.parametrize(
    ("start", "name"),
    [
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", "HEIF"),
        (b"\0\0\0\x18ftypmif1\0\0\0\0mif1heic", "HEIF"),
        (b"\0\0\0\x1cftypmif1\0\0\0\0mif1avifmiaf", "AVIF"),
        (b"\0\0\0\x1cftypavif\0\0\0\0avifmif1miaf", "AVIF"),
        (b"\0\0\0\x18ftypisom\0\0\0\0isommp42", ""),
        (b"\0\0\0\x18ftypcrx \0\0\0\1crx isom", ""),
        (b"RIFF\0\0\0\0WEBPVP8 ", "WEBP"),
        (b"RIFF\0\0\0\0AVI LIST", ""),
        (b"MM\0+\0\x08\0\0", "TIFF"),
        (b"", ""),
    ],
)
def test_formats_are_known_by_how_they_begin(start, name):
    assert format_of(start.ljust(64, b"\0")) == name


def test_what_is_only_read_becomes_what_is_written(tmp_path):
    for name, result in (("HEIF", "JPEG"), ("AVIF", "JPEG"), ("JPEG2000", "TIFF"), ("GIF", "PNG")):
        assert result_format(name).name == result
        with pytest.raises(PictureError, match="no picture format that is written"):
            format_called(name)
    with pytest.raises(PictureError, match=r"'\.heic' is no picture format that is written"):
        format_of_name(tmp_path / "x.heic")


def test_a_folder_of_a_phone(tintlite, tmp_path):
    album = tmp_path / "album"
    album.mkdir()
    Image.fromarray(GREY).save(album / "a.gif")
    Image.fromarray(GREY).save(album / "b.jp2")
    Image.fromarray(GREY).save(album / "c.gif")
    Image.fromarray(GREY).save(album / "c.png")
    code, out, err = tintlite(album)
    assert (code, err) == (0, "")
    assert out.endswith("4 coloured, 0 failed\n")
    found = sorted(path.name for path in (tmp_path / "album-colour").iterdir())
    # Of two pictures of one name the one that changes its format keeps it in its name.
    assert found == ["a.colour.png", "b.colour.tif", "c.colour.png", "c.gif.colour.png"]
    for path in (tmp_path / "album-colour").iterdir():
        with Image.open(path) as image:
            assert image.format == {".png": "PNG", ".tif": "TIFF"}[path.suffix]


@pytest.mark.parametrize("others", [False, True])
def test_what_is_not_read_is_named_and_counted(tintlite, tmp_path, others):
    album = tmp_path / "album"
    album.mkdir()
    for name in ("a.DNG", "b.cr2", "c.nef", "d.jxl"):
        (album / name).write_bytes(b"II*\0")
    if others:
        Image.fromarray(GREY).save(album / "e.jpg")
    code, _, err = tintlite(album)
    assert code == 1
    lines = [
        "tintlite: 1 picture of the kind .jxl left aside: not read",
        "tintlite: 3 pictures of the kind camera raw left aside: not read (develop them first)",
    ]
    assert err.splitlines() == lines
    assert (tmp_path / "album-colour" / "e.colour.jpg").exists() == others


def test_a_dng_of_another_name_is_known(tmp_path):
    tag = (50706, "B", 4, (1, 4, 0, 0), True)
    tifffile.imwrite(tmp_path / "x.tif", GREY, photometric="minisblack", extratags=[tag])
    with pytest.raises(PictureError, match=r"is camera raw \(DNG\), which is not read"):
        read_picture(tmp_path / "x.tif")

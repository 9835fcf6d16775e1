"""TIFF of every depth, layout and packing: tifffile writes, we read."""

import contextlib
import struct

import numpy as np
import pytest
import tifffile
from PIL import Image
from skimage.color import rgb2lab

from edge_runtime.errors import PictureError
from edge_runtime.pictures import read_picture, unpack_tiff

RNG = np.random.default_rng(18)
GREY = RNG.integers(0, 65536, (33, 45), dtype=np.uint16)
COLOUR = RNG.integers(0, 65536, (33, 45, 3), dtype=np.uint16)
ALPHA = RNG.integers(0, 65536, (33, 45), dtype=np.uint16)
FLOATS = RNG.random((33, 45, 3)).astype(np.float32)


@pytest.fixture
def tiff(tmp_path):
    """Write a TIFF with tifffile and read it."""

    def write_and_read(pixels, photometric, **options):
        path = tmp_path / "x.tif"
        try:
            tifffile.imwrite(path, pixels, photometric=photometric, **options)
        except NotImplementedError as error:  # imagecodecs packs odd bits from 2026.3 on
            pytest.skip(f"the imagecodecs here has no {error}")
        return read_picture(path)

    return write_and_read


@pytest.mark.parametrize("big", [False, True], ids=["TIFF", "BigTIFF"])
@pytest.mark.parametrize("byteorder", ["<", ">"])
@pytest.mark.parametrize("predictor", [False, True])
@pytest.mark.parametrize("compression", [None, "zlib", "lzw", "packbits", "zstd", "lzma"])
@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_every_packing(tiff, compression, predictor, byteorder, big, dtype):
    if predictor and compression is None:
        pytest.skip("nothing is packed")
    pixels = (COLOUR >> 8).astype(np.uint8) if dtype == np.uint8 else COLOUR
    picture = tiff(
        pixels,
        "rgb",
        compression=compression,
        predictor=predictor,
        byteorder=byteorder,
        bigtiff=big,
    )
    np.testing.assert_array_equal(picture.pixels, pixels)
    assert picture.pixels.dtype == dtype
    assert picture.notes == ()
    assert not picture.damaged


@pytest.mark.parametrize("tile", [None, (16, 16)], ids=["strips", "tiles"])
@pytest.mark.parametrize("separate", [False, True], ids=["together", "separate planes"])
@pytest.mark.parametrize("rows", [None, 7])
def test_every_layout(tiff, tile, separate, rows):
    pixels = np.ascontiguousarray(COLOUR.transpose(2, 0, 1)) if separate else COLOUR
    options = {"planarconfig": "separate"} if separate else {}
    if tile is None:
        options["rowsperstrip"] = rows
    picture = tiff(pixels, "rgb", tile=tile, compression="lzw", **options)
    np.testing.assert_array_equal(picture.pixels, COLOUR)


def test_grey_with_alpha(tiff):
    both = np.dstack([GREY, ALPHA])
    picture = tiff(both, "minisblack", planarconfig="contig", extrasamples=["unassalpha"])
    np.testing.assert_array_equal(picture.pixels, GREY)
    np.testing.assert_array_equal(picture.alpha, ALPHA)


def test_associated_alpha_is_divided_out(tiff):
    alpha = np.maximum(ALPHA, 20_000)
    multiplied = np.rint(COLOUR * (alpha / 65535)[..., None]).astype(np.uint16)
    picture = tiff(np.dstack([multiplied, alpha]), "rgb", extrasamples=["assocalpha"])
    assert np.abs(picture.pixels.astype(int) - COLOUR).max() <= 2
    np.testing.assert_array_equal(picture.alpha, alpha)


def test_an_infrared_channel_is_left_out_with_a_note(tiff):
    four = np.dstack([COLOUR, GREY])
    picture = tiff(four, "rgb", extrasamples=["unspecified"])
    np.testing.assert_array_equal(picture.pixels, COLOUR)
    assert picture.alpha is None
    assert "infrared" in picture.notes[0]
    both = np.dstack([COLOUR, ALPHA, GREY])
    picture = tiff(both, "rgb", extrasamples=["unassalpha", "unspecified"])
    np.testing.assert_array_equal(picture.alpha, ALPHA)
    assert "infrared" in picture.notes[0]


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_white_is_zero(tiff, dtype):
    grey = GREY.astype(dtype)
    picture = tiff(grey, "miniswhite")
    np.testing.assert_array_equal(picture.pixels, np.iinfo(dtype).max - grey)


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_cmyk_is_read_at_its_own_depth(tiff, dtype):
    top = np.iinfo(dtype).max
    inks = np.random.default_rng(2).integers(0, int(top) + 1, (33, 45, 4)).astype(dtype)
    picture = tiff(inks, "separated")
    expected = (1 - inks[..., :3] / top) * (1 - inks[..., 3:] / top) * top
    assert picture.pixels.dtype == dtype
    assert np.abs(picture.pixels - expected).max() <= 0.51


@pytest.mark.parametrize("bits", [10, 12, 14])
def test_bits_between_8_and_16(tiff, bits):
    pytest.importorskip("imagecodecs", reason="packed bits are read with imagecodecs")
    levels = GREY >> (16 - bits)
    picture = tiff(levels, "minisblack", bitspersample=bits)
    expected = levels / (2**bits - 1) * 65535
    assert picture.pixels.dtype == np.uint16
    assert np.abs(picture.pixels - expected).max() <= 0.51


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
@pytest.mark.parametrize("compression", [None, "zlib"])
def test_floats_are_levels_of_0_to_1(tiff, dtype, compression):
    picture = tiff(FLOATS.astype(dtype), "rgb", compression=compression)
    expected = FLOATS.astype(dtype).astype(np.float64) * 65535
    assert picture.pixels.dtype == np.uint16
    assert np.abs(picture.pixels - expected).max() <= 0.51
    assert picture.notes == ()


def test_floats_with_a_predictor(tiff):
    pytest.importorskip("imagecodecs", reason="float differences are undone by imagecodecs")
    picture = tiff(FLOATS, "rgb", compression="zlib", predictor=True)
    assert np.abs(picture.pixels - FLOATS * 65535).max() <= 0.51


def test_floats_outside_0_to_1(tiff):
    some = FLOATS.copy()
    some[:3] = 1.25
    some[3] = np.nan
    picture = tiff(some, "rgb")
    assert (picture.pixels[:3] == 65535).all()
    assert (picture.pixels[3] == 0).all()
    assert picture.notes == ("9.1% of its floating-point levels lie outside 0..1 and were cut",)
    with pytest.raises(PictureError, match=r"levels go from 0\.\d+ to 25\d[.]\d+, not from 0 to 1"):
        tiff(FLOATS * 255, "rgb")


def test_32_bits_are_lowered_to_16_with_a_note(tiff):
    picture = tiff(GREY.astype(np.uint32) << 16 | 0xFFFF, "minisblack")
    np.testing.assert_array_equal(picture.pixels, GREY)
    assert picture.notes == ("its 32 bits were lowered to 16",)


@pytest.mark.parametrize(
    ("photometric", "dtype", "white"),
    [("cielab", np.uint8, 255), ("cielab", np.uint16, 65535), ("icclab", np.uint16, 65280)],
)
def test_of_lab_the_lightness_is_read(tiff, photometric, dtype, white):
    lab = np.full((32, 32, 3), 140, dtype)
    lab[..., 0] = np.linspace(0, white, 1024).reshape(32, 32)
    picture = tiff(lab, photometric)
    top = np.iinfo(dtype).max
    assert picture.pixels.dtype == dtype
    assert picture.coloured
    lightness = rgb2lab(np.repeat(picture.pixels[..., None] / top, 3, 2))[..., 0]
    difference = np.abs(lightness - lab[..., 0] / white * 100).max()
    assert difference < (0.25 if dtype == np.uint8 else 0.01)


@pytest.mark.parametrize("compression", ["jpegxl", "jpeg2000", "lerc", "webp"])
def test_packing_by_pictures_is_left_to_imagecodecs(tiff, compression):
    pytest.importorskip("imagecodecs", reason="only it unpacks these")
    pixels = (COLOUR >> 8).astype(np.uint8) if compression == "webp" else COLOUR
    options = {"webp": {"lossless": True}, "jpeg2000": {"reversible": True}}
    options |= {"jpegxl": {"lossless": True}}
    picture = tiff(
        pixels, "rgb", compression=compression, compressionargs=options.get(compression, {})
    )
    np.testing.assert_array_equal(picture.pixels, pixels)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"compression": "jpegxl"}, "packing 50002 is read with the package imagecodecs"),
        ({"bitspersample": 12}, "12 bits a sample is read with the package imagecodecs"),
    ],
)
def test_what_needs_imagecodecs_says_so(tiff, monkeypatch, options, words):
    pytest.importorskip("imagecodecs", reason="it writes the file")
    monkeypatch.setattr(unpack_tiff.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(PictureError, match=words):
        tiff(GREY >> 4, "minisblack", **options)


@pytest.mark.parametrize(
    ("pixels", "photometric", "options", "words"),
    [
        (GREY.view(np.int16), "minisblack", {}, "signed numbers"),
        (FLOATS[..., 0].astype(np.complex64), "minisblack", {}, "complex numbers"),
        (GREY, "cfa", {"extratags": [(33422, "B", 4, (0, 1, 1, 2), True)]}, "camera raw"),
        (
            np.zeros((4, 32, 32), np.uint8),
            "minisblack",
            {"volumetric": True, "tile": (4, 16, 16)},
            "4 layers in depth",
        ),
        (GREY, "minisblack", {"extratags": [(50706, "B", 4, (1, 4, 0, 0), True)]}, "DNG"),
    ],
)
def test_what_is_not_supported_is_named(tiff, pixels, photometric, options, words):
    with pytest.raises(PictureError, match=words):
        tiff(pixels, photometric, **options)


def test_small_versions_and_masks_are_no_pages(tmp_path):
    path = tmp_path / "x.tif"
    with tifffile.TiffWriter(path) as file:
        file.write(GREY, photometric="minisblack", metadata=None)
        file.write(GREY[::2, ::2], photometric="minisblack", subfiletype=1, metadata=None)
        file.write(65535 - GREY, photometric="minisblack", metadata=None)
    assert read_picture(path).pages == 2
    assert "the first was taken" in read_picture(path).notes[0]
    second = read_picture(path, page=1)
    np.testing.assert_array_equal(second.pixels, 65535 - GREY)
    assert second.notes == ()
    with pytest.raises(PictureError, match="no page 3"):
        read_picture(path, page=2)


def test_pages_of_other_kinds(tmp_path):
    """One by tifffile, one by Pillow, each with its own size and words."""
    path = tmp_path / "x.tif"
    with tifffile.TiffWriter(path) as file:
        file.write(COLOUR, photometric="rgb", description="one", metadata=None)
        file.write(GREY[:9] > 30_000, photometric="minisblack", description="two", metadata=None)
    first, second = (read_picture(path, page=page) for page in (0, 1))
    np.testing.assert_array_equal(first.pixels, COLOUR)
    np.testing.assert_array_equal(second.pixels, np.where(GREY[:9] > 30_000, 255, 0))
    for picture, words in ((first, b"one"), (second, b"two")):
        exif = Image.Exif()
        exif.load(picture.exif)
        assert exif[270].encode() == words


@pytest.mark.parametrize("kind", ["palette", "bilevel", "jpeg"])
def test_what_pillow_reads_is_turned_once(tmp_path, kind):
    path = tmp_path / "x.tif"
    tag = (274, "H", 1, 6, True)
    shallow = (GREY >> 8).astype(np.uint8)
    if kind == "palette":
        ramp = np.repeat(np.arange(256, dtype=np.uint16)[None] * 257, 3, 0)
        tifffile.imwrite(path, shallow, photometric="palette", colormap=ramp, extratags=[tag])
        stored = np.repeat(shallow[..., None], 3, 2)
    elif kind == "bilevel":
        tifffile.imwrite(path, GREY > 30_000, photometric="minisblack", extratags=[tag])
        stored = np.where(GREY > 30_000, 255, 0)
    else:
        smooth = np.tile(np.arange(45, dtype=np.uint8) * 5, (33, 1))
        exif = Image.Exif()
        exif[274] = 6
        Image.fromarray(smooth).save(path, compression="jpeg", quality=95, exif=exif)
        stored = smooth
    upright = read_picture(path).pixels.astype(int)
    assert np.abs(upright - stored.swapaxes(0, 1)[:, ::-1]).max() <= (6 if kind == "jpeg" else 0)


def test_a_directory_that_goes_round_ends(tmp_path):
    path = tmp_path / "x.tif"
    tifffile.imwrite(path, GREY, photometric="minisblack", metadata=None)
    data = bytearray(path.read_bytes())
    (first,) = struct.unpack_from("<I", data, 4)
    (count,) = struct.unpack_from("<H", data, first)
    struct.pack_into("<I", data, first + 2 + 12 * count, first)
    path.write_bytes(data)
    picture = read_picture(path)
    assert picture.pages == 1
    np.testing.assert_array_equal(picture.pixels, GREY)


@pytest.mark.parametrize("tag", [256, 257, 273, 279])
def test_hostile_counts_are_damage(tmp_path, tag):
    """A field that claims billions of values, or a picture of billions of pixels."""
    path = tmp_path / "x.tif"
    tifffile.imwrite(path, GREY, photometric="minisblack", rowsperstrip=1, metadata=None)
    data = path.read_bytes()
    (first,) = struct.unpack_from("<I", data, 4)
    (count,) = struct.unpack_from("<H", data, first)
    for index in range(count):
        entry = first + 2 + 12 * index
        if struct.unpack_from("<H", data, entry)[0] == tag:
            for offset in (4, 8):
                hostile = bytearray(data)
                struct.pack_into("<I", hostile, entry + offset, 0x7FFFFFF0)
                path.write_bytes(hostile)
                with contextlib.suppress(PictureError):
                    assert read_picture(path).damaged

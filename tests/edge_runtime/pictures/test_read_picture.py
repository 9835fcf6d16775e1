"""Reading picture files of every kind, and refusing what is none."""

import contextlib
import struct
import zlib

import cv2
import numpy as np
import pytest
import tifffile
from PIL import Image, PngImagePlugin

from edge_runtime.errors import PictureError
from edge_runtime.pictures import header, memory, read_picture
from edge_runtime.pictures.profile import srgb_profile_bytes

RNG = np.random.default_rng(11)
GREY = RNG.integers(0, 256, (20, 30), dtype=np.uint8)
COLOUR = RNG.integers(0, 256, (20, 30, 3), dtype=np.uint8)
DEEP_GREY = RNG.integers(0, 65536, (20, 30), dtype=np.uint16)
DEEP_COLOUR = RNG.integers(0, 65536, (20, 30, 3), dtype=np.uint16)
ALPHA = RNG.integers(0, 256, (20, 30), dtype=np.uint8)


@pytest.mark.parametrize("ending", ["png", "tif", "bmp"])
@pytest.mark.parametrize("pixels", [GREY, COLOUR], ids=["grey", "colour"])
def test_lossless_8_bits(tmp_path, ending, pixels):
    path = tmp_path / f"x.{ending}"
    Image.fromarray(pixels).save(path)
    picture = read_picture(path)
    np.testing.assert_array_equal(picture.pixels, pixels)
    assert picture.alpha is None
    assert picture.notes == ()


@pytest.mark.parametrize("ending", ["jpg", "webp"])
def test_lossy(tmp_path, ending):
    smooth = np.linspace(20, 220, 64).astype(np.uint8)[None].repeat(48, 0)
    Image.fromarray(smooth).save(tmp_path / f"x.{ending}", quality=95)
    pixels = read_picture(tmp_path / f"x.{ending}").pixels
    assert pixels.ndim == (2 if ending == "jpg" else 3)
    three = pixels if pixels.ndim == 3 else pixels[..., None]
    assert np.abs(three.astype(int) - smooth[..., None]).max() <= 6


@pytest.mark.parametrize("mode", ["1", "P", "CMYK", "YCbCr", "LAB"])
def test_other_modes(tmp_path, mode):
    flat = Image.new("RGB", (30, 20), (200, 100, 50) if mode != "1" else (255, 255, 255))
    if mode == "LAB":
        image = Image.frombytes("LAB", (30, 20), bytes([137, 36, 45]) * 600)  # L* 53.7
    else:
        image = flat.convert(mode, palette=Image.Palette.ADAPTIVE)
    path = tmp_path / ("x.jpg" if mode == "YCbCr" else "x.tif")
    image.save(path)
    pixels = read_picture(path).pixels
    assert pixels.dtype == np.uint8
    expected = {"1": [255], "LAB": [128]}.get(mode, [200, 100, 50])
    assert np.abs(pixels.reshape(20, 30, -1).astype(int) - expected).max() <= 6


@pytest.mark.parametrize("ending", ["png", "webp", "tif"])
def test_alpha(tmp_path, ending):
    image = Image.fromarray(np.dstack([COLOUR, ALPHA]))
    image.save(tmp_path / f"x.{ending}", **({"lossless": True} if ending == "webp" else {}))
    picture = read_picture(tmp_path / f"x.{ending}")
    np.testing.assert_array_equal(picture.alpha, ALPHA)
    assert picture.pixels.shape == (20, 30, 3)


def test_grey_with_alpha(tmp_path):
    Image.merge("LA", [Image.fromarray(GREY), Image.fromarray(ALPHA)]).save(tmp_path / "x.png")
    picture = read_picture(tmp_path / "x.png")
    np.testing.assert_array_equal(picture.pixels, GREY)
    np.testing.assert_array_equal(picture.alpha, ALPHA)


@pytest.mark.parametrize("mode", ["P", "L"])
def test_one_transparent_level(tmp_path, mode):
    image = Image.new("L", (4, 4), 7).convert(mode)
    image.putpixel((0, 0), 9)
    image.save(tmp_path / "x.png", transparency=9)
    picture = read_picture(tmp_path / "x.png")
    assert picture.alpha[0, 0] == 0
    assert picture.alpha[1, 1] == 255


def png(pixels: np.ndarray, bits: int, transparent: bytes) -> bytes:
    """A grey or RGB PNG made by hand, with one transparent level or colour."""
    height, width = pixels.shape[:2]
    colour = 2 if pixels.ndim == 3 else 0
    if bits == 16:
        rows = pixels.astype(">u2").reshape(height, -1).view(np.uint8)
    else:
        ones = np.unpackbits(pixels.astype(np.uint8)[..., None], axis=2)[..., 8 - bits :]
        rows = np.packbits(ones.reshape(height, -1), axis=1)
    data = zlib.compress(b"".join(b"\0" + row.tobytes() for row in rows))
    header = struct.pack(">IIBBBBB", width, height, bits, colour, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"tRNS", transparent), (b"IDAT", data), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
        for name, body in chunks
    )


@pytest.mark.parametrize("bits", [1, 2, 4, 8])
def test_one_transparent_grey_of_few_bits(tmp_path, bits):
    levels = np.arange(64).reshape(8, 8) % 2**bits
    (tmp_path / "x.png").write_bytes(png(levels, bits, struct.pack(">H", 1)))
    picture = read_picture(tmp_path / "x.png")
    np.testing.assert_array_equal(picture.pixels, levels * (255 // (2**bits - 1)))
    np.testing.assert_array_equal(picture.alpha, np.where(levels == 1, 0, 255))


@pytest.mark.parametrize("pixels", [DEEP_GREY, DEEP_COLOUR], ids=["grey", "colour"])
def test_one_transparent_level_of_16_bits(tmp_path, pixels):
    pixels = pixels.copy()
    pixels[0, 0] = 0x1234
    pixels[0, 1] = 0x1235  # another level, though its upper byte is the same
    key = struct.pack(">H", 0x1234) * (3 if pixels.ndim == 3 else 1)
    (tmp_path / "x.png").write_bytes(png(pixels, 16, key))
    picture = read_picture(tmp_path / "x.png")
    np.testing.assert_array_equal(picture.pixels, pixels)
    assert picture.alpha.dtype == np.uint16
    assert picture.alpha[0, 0] == 0
    assert (picture.alpha.ravel()[1:] == 65535).all()


@pytest.mark.parametrize("pixels", [DEEP_GREY, DEEP_COLOUR], ids=["grey", "colour"])
def test_16_bit_png(tmp_path, pixels):
    stored = pixels if pixels.ndim == 2 else pixels[..., ::-1]
    cv2.imwrite(str(tmp_path / "x.png"), stored)
    np.testing.assert_array_equal(read_picture(tmp_path / "x.png").pixels, pixels)


@pytest.mark.parametrize("byteorder", ["<", ">"])
@pytest.mark.parametrize("compression", [None, "zlib"])
@pytest.mark.parametrize("pixels", [DEEP_GREY, DEEP_COLOUR], ids=["grey", "colour"])
def test_16_bit_tiff(tmp_path, byteorder, compression, pixels):
    photometric = "minisblack" if pixels.ndim == 2 else "rgb"
    path = tmp_path / "x.tif"
    tifffile.imwrite(
        path, pixels, photometric=photometric, byteorder=byteorder, compression=compression
    )
    np.testing.assert_array_equal(read_picture(path).pixels, pixels)


def test_16_bit_alpha(tmp_path):
    alpha = ALPHA.astype(np.uint16) * 257
    four = np.dstack([DEEP_COLOUR, alpha])
    tifffile.imwrite(tmp_path / "x.tif", four, photometric="rgb", extrasamples=["unassalpha"])
    picture = read_picture(tmp_path / "x.tif")
    np.testing.assert_array_equal(picture.pixels, DEEP_COLOUR)
    np.testing.assert_array_equal(picture.alpha, alpha)


def test_16_bit_tiff_where_white_is_zero(tmp_path):
    tifffile.imwrite(tmp_path / "x.tif", DEEP_GREY, photometric="miniswhite")
    np.testing.assert_array_equal(read_picture(tmp_path / "x.tif").pixels, 65535 - DEEP_GREY)


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("kind", ["png", "tif", "deep grey", "deep colour"])
def test_orientation_is_applied_and_reset(tmp_path, orientation, kind):
    """Against Pillow's own `exif_transpose`, on a picture with no symmetry."""
    path = tmp_path / ("x.png" if kind == "png" else "x.tif")
    if kind in ("png", "tif"):
        exif = Image.Exif()
        exif[0x0112] = orientation
        Image.fromarray(GREY).save(path, exif=exif)
        stored = GREY
    else:
        stored = DEEP_GREY if kind == "deep grey" else DEEP_COLOUR
        photometric = "minisblack" if stored.ndim == 2 else "rgb"
        tag = (0x0112, "H", 1, orientation, True)
        tifffile.imwrite(path, stored, photometric=photometric, extratags=[tag])
    upright = {
        1: stored,
        2: stored[:, ::-1],
        3: stored[::-1, ::-1],
        4: stored[::-1],
        5: stored.swapaxes(0, 1),
        6: stored.swapaxes(0, 1)[:, ::-1],
        7: stored.swapaxes(0, 1)[::-1, ::-1],
        8: stored.swapaxes(0, 1)[::-1],
    }[orientation]
    picture = read_picture(path)
    np.testing.assert_array_equal(picture.pixels, upright)
    reread = Image.Exif()
    reread.load(picture.exif)
    assert reread.get(0x0112, 1) == 1


def test_exif_and_resolution_are_kept(tmp_path):
    exif = Image.Exif()
    exif[0x010F] = "A camera maker"
    exif.get_ifd(0x8769)[0x9003] = "1931:05:06 10:00:00"
    for ending in ("jpg", "tif", "png"):
        path = tmp_path / f"x.{ending}"
        Image.fromarray(GREY).save(path, exif=exif.tobytes(), dpi=(300, 200))
        picture = read_picture(path)
        kept = Image.Exif()
        kept.load(picture.exif)
        assert kept[0x010F] == "A camera maker"
        assert kept.get_ifd(0x8769)[0x9003] == "1931:05:06 10:00:00"
        assert [round(value) for value in picture.dpi] == [300, 200]


@pytest.mark.parametrize("ending", ["tif", "webp", "png"])
def test_the_first_of_several_frames_is_taken_with_a_note(tmp_path, ending):
    frames = [Image.fromarray(GREY), Image.fromarray(255 - GREY)]
    options = {"lossless": True} if ending == "webp" else {}
    frames[0].save(tmp_path / f"x.{ending}", save_all=True, append_images=frames[1:], **options)
    picture = read_picture(tmp_path / f"x.{ending}")
    first = picture.pixels if picture.pixels.ndim == 2 else picture.pixels[..., 1]
    np.testing.assert_array_equal(first, GREY)
    assert "the first was taken" in picture.notes[0]


def test_a_cameras_jpeg_of_several_pictures_is_a_jpeg(tmp_path):
    image = Image.fromarray(GREY)
    image.save(tmp_path / "x.mpo", save_all=True, append_images=[image])
    (tmp_path / "x.mpo").rename(tmp_path / "x.jpg")
    picture = read_picture(tmp_path / "x.jpg")
    assert picture.pixels.shape == GREY.shape
    assert picture.notes == ()


def refused(path, words: str) -> None:
    with pytest.raises(PictureError, match=words) as caught:
        read_picture(path)
    assert "\n" not in str(caught.value)
    assert str(caught.value).startswith(str(path))


def test_missing(tmp_path):
    refused(tmp_path / "gone.jpg", "No such file")


def test_folder(tmp_path):
    refused(tmp_path, "not a file")


def test_empty(tmp_path):
    (tmp_path / "x.jpg").touch()
    refused(tmp_path / "x.jpg", "the file is empty")


def test_text(tmp_path):
    (tmp_path / "x.jpg").write_text("this is no picture\n" * 40)
    refused(tmp_path / "x.jpg", "not a JPEG, PNG, TIFF, WebP, BMP, HEIC, AVIF, JPEG 2000 or GIF")


def test_a_format_that_is_not_ours(tmp_path):
    Image.fromarray(GREY).save(tmp_path / "x.ppm")
    (tmp_path / "x.ppm").rename(tmp_path / "x.png")
    refused(tmp_path / "x.png", "not a JPEG, PNG")


def test_large_words_and_profiles_do_not_damage_a_png(tmp_path):
    """Up to 16 MiB; Pillow alone stops at one."""
    profile = bytearray(srgb_profile_bytes() + bytes(3_000_000))
    profile[:4] = struct.pack(">I", len(profile))
    words = PngImagePlugin.PngInfo()
    words.add_itxt("XML:com.adobe.xmp", "x" * 3_000_000, zip=True)
    options = {"icc_profile": bytes(profile), "pnginfo": words}
    Image.fromarray(GREY).save(tmp_path / "x.png", **options)
    picture = read_picture(tmp_path / "x.png")
    np.testing.assert_array_equal(picture.pixels, GREY)
    assert picture.profile
    assert len(picture.captions.xmp) == 3_000_000
    words.add_itxt("XML:com.adobe.xmp", "x" * 17 * 2**20, zip=True)
    Image.fromarray(GREY).save(tmp_path / "x.png", pnginfo=words)
    assert read_picture(tmp_path / "x.png").captions.xmp == b"x" * 3_000_000


def test_a_picture_that_needs_more_memory_than_is_free_is_refused(tmp_path, monkeypatch):
    Image.fromarray(GREY).save(tmp_path / "x.png")
    monkeypatch.setattr(header, "available_memory", lambda: 20 * 30 * 18 - 1)
    refused(tmp_path / "x.png", "30 x 20 pixels need about 0 MB of memory, 0 MB are free")
    for enough in (20 * 30 * 18, None):
        monkeypatch.setattr(header, "available_memory", lambda enough=enough: enough)
        np.testing.assert_array_equal(read_picture(tmp_path / "x.png").pixels, GREY)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("MemTotal: 999 kB\nMemAvailable:    7890 kB\n", 7890 * 1024),
        ("MemTotal: 999 kB\n", None),
        ("MemAvailable: much\n", None),
        (None, None),
    ],
)
def test_free_memory_is_what_linux_says(tmp_path, monkeypatch, text, expected):
    monkeypatch.setattr(memory, "_MEMINFO", tmp_path / "meminfo")
    if text is not None:
        (tmp_path / "meminfo").write_text(text)
    assert memory.available_memory() == expected


def test_a_huge_tile_is_refused(tmp_path):
    tifffile.imwrite(tmp_path / "x.tif", COLOUR, photometric="rgb", tile=(16, 16), metadata=None)
    data = bytearray((tmp_path / "x.tif").read_bytes())
    for tag in (322, 323):
        place = data.index(struct.pack("<HHI", tag, 4, 1)) + 8
        data[place : place + 4] = struct.pack("<I", 65_520)
    (tmp_path / "x.tif").write_bytes(data)
    refused(tmp_path / "x.tif", "megapixels")


@pytest.mark.parametrize("depth", [8, 16])
def test_bombs_are_refused_by_their_header(tmp_path, png_header, depth):
    (tmp_path / "x.png").write_bytes(png_header(50_000, 50_000, depth))
    refused(tmp_path / "x.png", "megapixels")


def test_a_too_long_side_is_refused(tmp_path, png_header):
    (tmp_path / "x.png").write_bytes(png_header(70_000, 1))
    refused(tmp_path / "x.png", "70000 x 1 pixels")


def test_a_name_with_a_nul():
    with pytest.raises(PictureError, match="null"):
        read_picture("x\0.jpg")


def test_damaged_bytes_never_escape_as_other_errors(tmp_path):
    """Bytes flipped all over: either a picture or a `PictureError`."""
    path = tmp_path / "x"
    for ending in ("jpg", "png", "tif", "webp", "bmp"):
        whole = tmp_path / f"whole.{ending}"
        Image.fromarray(COLOUR).save(whole, exif=Image.Exif(), dpi=(72, 72))
        data = whole.read_bytes()
        for seed in range(40):
            generator = np.random.default_rng(seed)
            damaged = bytearray(data)
            for place in generator.integers(0, min(len(data), 400), 6):
                damaged[place] = generator.integers(0, 256)
            path.write_bytes(damaged)
            with contextlib.suppress(PictureError):
                read_picture(path)


@pytest.mark.parametrize("mode", ["L", "RGB"])
@pytest.mark.parametrize("options", [{}, {"progressive": True}, {"subsampling": "4:2:0"}])
def test_a_jpeg_has_the_levels_that_pillow_gives(tmp_path, mode, options):
    levels = np.random.default_rng(2).integers(0, 256, (37, 53, 3)).astype(np.uint8)
    Image.fromarray(levels).convert(mode).save(tmp_path / "x.jpg", **options)
    expected = np.asarray(Image.open(tmp_path / "x.jpg"))
    np.testing.assert_array_equal(read_picture(tmp_path / "x.jpg").pixels, expected)

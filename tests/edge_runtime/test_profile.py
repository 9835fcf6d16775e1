"""Embedded colour profiles: what the file means, in sRGB."""

import struct

import numpy as np
import pytest
import tifffile
from PIL import Image

from edge_runtime.pictures import Picture, read_picture, write_picture
from edge_runtime.pictures.icc_curves import IccCurves
from edge_runtime.pictures.profile import Profile, srgb_profile_bytes

SRGB_D50 = np.array(  # columns: red, green and blue of sRGB in XYZ, adapted to D50
    [
        [0.4360747, 0.3850649, 0.1430804],
        [0.2225045, 0.7168786, 0.0606169],
        [0.0139322, 0.0971045, 0.7141733],
    ]
)
ADOBE_D50 = np.array(
    [
        [0.6097559, 0.2052401, 0.1492240],
        [0.3111242, 0.6256560, 0.0632197],
        [0.0194811, 0.0608902, 0.7448387],
    ]
)


def s15(value: float) -> bytes:
    return struct.pack(">i", round(value * 65536))


def profile(
    space: bytes, tags: dict[bytes, bytes], connection: bytes = b"XYZ ", kind: bytes = b"mntr"
) -> bytes:
    """A version 2 ICC profile of the given tags."""
    tags = {
        b"desc": b"desc\0\0\0\0" + struct.pack(">I", 5) + b"test\0" + bytes(79),
        b"wtpt": b"XYZ \0\0\0\0" + s15(0.9642) + s15(1) + s15(0.8249),
        b"cprt": b"text\0\0\0\0none\0",
        **tags,
    }
    table, data = struct.pack(">I", len(tags)), b""
    start = 128 + 4 + 12 * len(tags)
    for name, element in tags.items():
        table += struct.pack(">4sII", name, start + len(data), len(element))
        data += element + bytes(-len(element) % 4)
    size = start + len(data)
    header = struct.pack(">I4sI4s4s4s", size, b"\0\0\0\0", 0x02400000, kind, space, connection)
    header += struct.pack(">6H", 2020, 1, 1, 0, 0, 0) + b"acsp" + bytes(28)
    header += s15(0.9642) + s15(1) + s15(0.8249)
    return header.ljust(128, b"\0") + table + data


def gamma(value: float) -> bytes:
    return b"curv\0\0\0\0" + struct.pack(">IH", 1, round(value * 256))


def rgb_profile(matrix: np.ndarray, curve: bytes) -> bytes:
    tags = {}
    for name, column in zip((b"r", b"g", b"b"), matrix.T, strict=True):
        tags[name + b"XYZ"] = b"XYZ \0\0\0\0" + b"".join(map(s15, column))
        tags[name + b"TRC"] = curve
    return profile(b"RGB ", tags)


def grey_profile(curve: bytes) -> bytes:
    return profile(b"GRAY", {b"kTRC": curve})


def encode(linear: np.ndarray) -> np.ndarray:
    return np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055)


LEVELS = np.arange(256, dtype=np.uint8)[None].repeat(4, 0)


def test_a_grey_profile_is_applied(tmp_path):
    """Gamma 1.8: darker levels mean more light than in sRGB."""
    Image.fromarray(LEVELS).save(tmp_path / "x.png", icc_profile=grey_profile(gamma(1.8)))
    picture = read_picture(tmp_path / "x.png")
    assert picture.profile
    assert picture.pixels.ndim == 2
    expected = encode((LEVELS / 255) ** 1.8) * 255
    assert np.abs(picture.pixels - expected).max() <= 1.5


def test_an_rgb_profile_is_applied(tmp_path):
    colours = np.random.default_rng(1).integers(60, 200, (16, 16, 3), dtype=np.uint8)
    data = rgb_profile(ADOBE_D50, gamma(2.2))
    Image.fromarray(colours).save(tmp_path / "x.png", icc_profile=data)
    linear = (colours / 255) ** 2.19921875 @ (np.linalg.inv(SRGB_D50) @ ADOBE_D50).T
    expected = encode(np.clip(linear, 0, 1)) * 255
    assert np.abs(read_picture(tmp_path / "x.png").pixels - expected).max() <= 2


def test_an_rgb_profile_on_a_grey_picture(tmp_path):
    data = rgb_profile(SRGB_D50, gamma(1.8))
    Image.fromarray(LEVELS).save(tmp_path / "x.jpg", icc_profile=data, quality=100)
    picture = read_picture(tmp_path / "x.jpg")
    assert picture.pixels.ndim == 2
    assert np.abs(picture.pixels - encode((LEVELS / 255) ** 1.8) * 255).max() <= 4


def test_a_16_bit_grey_profile_is_applied_at_16_bits(tmp_path):
    levels = np.arange(65536, dtype=np.uint16).reshape(256, 256)
    data = grey_profile(gamma(1.8))
    tifffile.imwrite(tmp_path / "x.tif", levels, photometric="minisblack", iccprofile=data)
    picture = read_picture(tmp_path / "x.tif")
    expected = encode((levels / 65535) ** (round(1.8 * 256) / 256)) * 65535
    assert picture.pixels.dtype == np.uint16
    assert np.abs(picture.pixels - expected).max() <= 1


def test_a_16_bit_rgb_profile_is_applied_at_16_bits(tmp_path):
    colours = np.random.default_rng(2).integers(9000, 50000, (70, 16, 3), dtype=np.uint16)
    data = rgb_profile(ADOBE_D50, gamma(2.2))
    tifffile.imwrite(tmp_path / "x.tif", colours, photometric="rgb", iccprofile=data)
    linear = (colours / 65535) ** (563 / 256) @ (np.linalg.inv(SRGB_D50) @ ADOBE_D50).T
    expected = encode(np.clip(linear, 0, 1)) * 65535
    assert np.abs(read_picture(tmp_path / "x.tif").pixels - expected).max() <= 25


def test_srgb_changes_nothing(tmp_path):
    colours = np.random.default_rng(3).integers(0, 256, (16, 16, 3), dtype=np.uint8)
    Image.fromarray(colours).save(tmp_path / "x.png", icc_profile=srgb_profile_bytes())
    picture = read_picture(tmp_path / "x.png")
    np.testing.assert_array_equal(picture.pixels, colours)
    assert picture.profile


def test_our_output_is_tagged_srgb(tmp_path):
    write_picture(Picture(np.zeros((4, 4, 3), np.uint8), profile=True), tmp_path / "x.jpg")
    with Image.open(tmp_path / "x.jpg") as image:
        assert image.info["icc_profile"] == srgb_profile_bytes()


def test_cmyk_without_profile_and_with_one_of_another_kind(tmp_path):
    image = Image.new("CMYK", (16, 16), (0, 255, 255, 0))
    image.save(tmp_path / "a.jpg")
    image.save(tmp_path / "b.jpg", icc_profile=srgb_profile_bytes())
    for name in ("a.jpg", "b.jpg"):
        red = read_picture(tmp_path / name).pixels[8, 8].astype(int)
        assert red[0] > 240
        assert red[1] < 15


@pytest.mark.parametrize("damaged", [b"nonsense", bytes(200), srgb_profile_bytes()[:150]])
def test_a_damaged_profile_is_left_aside_with_a_note(tmp_path, damaged):
    Image.fromarray(LEVELS).save(tmp_path / "x.png", icc_profile=damaged)
    picture = read_picture(tmp_path / "x.png")
    np.testing.assert_array_equal(picture.pixels, LEVELS)
    assert not picture.profile
    assert "profile is unreadable" in picture.notes[0]


def cmyk_profile() -> bytes:
    """L* falls from 100 to 0 with black alone; cyan, magenta and yellow do nothing."""
    matrix = b"".join(s15(value) for value in (1, 0, 0, 0, 1, 0, 0, 0, 1))
    straight = bytes(range(256))
    # One node for each corner of the CMYK cube, black changing fastest: L*, a* + 128, b* + 128.
    nodes = bytes([255, 128, 128, 0, 128, 128]) * 8
    table = b"mft1\0\0\0\0" + bytes([4, 3, 2, 0]) + matrix + straight * 4 + nodes + straight * 3
    return profile(b"CMYK", {b"A2B0": table}, connection=b"Lab ", kind=b"prtr")


def test_a_cmyk_profile_is_applied(tmp_path):
    """Half black is L* 50, level 119; without the profile it would be level 127."""
    image = Image.new("CMYK", (16, 16), (0, 90, 0, 128))
    image.save(tmp_path / "x.tif", icc_profile=cmyk_profile())
    picture = read_picture(tmp_path / "x.tif")
    assert picture.profile
    assert np.abs(picture.pixels.astype(int) - 118.5).max() <= 1.5


def test_a_cmyk_profile_is_refused_for_a_table_it_lacks():
    assert Profile.parse(profile(b"CMYK", {})) is None


def parametric(kind: int, *values: float) -> bytes:
    return b"para\0\0\0\0" + struct.pack(">HH", kind, 0) + b"".join(map(s15, values))


@pytest.mark.parametrize(
    ("curve", "expected"),
    [
        (b"curv\0\0\0\0\0\0\0\0", lambda x: x),
        (gamma(2.0), lambda x: x**2),
        (b"curv\0\0\0\0" + struct.pack(">I3H", 3, 0, 16384, 65535), None),
        (parametric(0, 2.0), lambda x: x**2),
        (parametric(1, 2.0, 1.25, -0.25), lambda x: np.maximum(1.25 * x - 0.25, 0) ** 2),
        (parametric(2, 2.0, 0.5, 0, 0.25), lambda x: (0.5 * x) ** 2 + 0.25),
        (
            parametric(3, 2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045),
            lambda x: np.where(x < 0.04045, x / 12.92, ((x + 0.055) / 1.055) ** 2.4),
        ),
        (
            parametric(4, 2.0, 0.5, 0, 0.25, 0.5, 0.125, 0.0625),
            lambda x: np.where(x < 0.5, 0.25 * x + 0.0625, (0.5 * x) ** 2 + 0.125),
        ),
    ],
)
def test_every_kind_of_curve(curve, expected):
    curves = IccCurves.parse(grey_profile(curve))
    x = np.arange(65536) / 65535
    wanted = np.interp(x, [0, 0.5, 1], [0, 16384 / 65535, 1]) if expected is None else expected(x)
    assert np.abs(curves._curves[0] - wanted).max() < 1e-4


@pytest.mark.parametrize(
    "data",
    [
        b"",
        bytes(140),
        grey_profile(b"mft2" + bytes(20)),
        grey_profile(b"curv\0\0\0\0\xff\xff\xff\xff"),
        grey_profile(parametric(9, 1.0)),
        grey_profile(parametric(1, 1.0, 0.0, 0.0)),
        profile(b"RGB ", {b"A2B0": bytes(8), b"kTRC": gamma(1.0)}),
    ],
)
def test_damaged_or_other_curves(data):
    assert IccCurves.parse(data) is None

"""Embedded colour profiles: the lightness that a file means, at 8 and at 16 bits.

LittleCMS is the judge, by its ordinary way through Pillow: to sRGB at 8 bits.
"""

import io
import struct
import zlib

import numpy as np
import pytest
import tifffile
from PIL import Image, ImageCms

from edge_runtime.colour import cielab
from edge_runtime.pictures import Picture, read_picture, write_picture
from edge_runtime.pictures.png_parts import SIGNATURE, chunk, profile_chunk, put_chunks
from edge_runtime.pictures.profile import Curves, Grid, Profile, srgb_profile_bytes

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


def table_profile(channels: int, nodes: int, exponent: float, connection: bytes) -> bytes:
    """A profile of a table (lut16): RGB or CMYK, whose light is level ** exponent.

    Args:
        channels: 3 or 4.
        nodes: a side of the table.
        exponent: what the levels mean.
        connection: b"Lab " or b"XYZ ".
    """
    axis = np.linspace(0, 1, nodes)
    mesh = np.stack(np.meshgrid(*[axis] * channels, indexing="ij"), -1).reshape(-1, channels)
    if channels == 4:  # ink takes light away; the darkest is not black
        mesh = 0.15 + 0.85 * (1 - mesh[:, :3]) * (1 - 0.9 * mesh[:, 3:])
    xyz = mesh**exponent @ SRGB_D50.T
    if connection == b"XYZ ":
        values = xyz * 32768
    else:
        part = xyz / np.array([0.9642, 1, 0.8249])
        f = np.where(part > 216 / 24389, np.cbrt(part), (24389 / 27 * part + 16) / 116)
        lab = f @ np.array([[0, 500, 0], [116, -500, 200], [0, 0, -200]]) - [16, 0, 0]
        values = (lab + np.array([0, 128, 128])) * [652.8, 256, 256]
    table = np.clip(np.rint(values), 0, 65535).astype(">u2").tobytes()
    straight = np.array([0, 65535], ">u2").tobytes()
    element = b"mft2\0\0\0\0" + bytes([channels, 3, nodes, 0])
    element += b"".join(s15(value) for value in np.eye(3).ravel())
    element += struct.pack(">HH", 2, 2) + straight * channels + table + straight * 3
    space, kind = (b"RGB ", b"scnr") if channels == 3 else (b"CMYK", b"prtr")
    return profile(space, {b"A2B0": element}, connection, kind)


def encode(linear: np.ndarray) -> np.ndarray:
    return np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055)


PROFILES = {
    "sRGB": srgb_profile_bytes(),
    "Adobe RGB": rgb_profile(ADOBE_D50, gamma(2.2)),
    "gamma 1.8": rgb_profile(SRGB_D50, gamma(1.8)),
    "linear": rgb_profile(ADOBE_D50, gamma(1.0)),
    "RGB table, Lab": table_profile(3, 9, 2.2, b"Lab "),
    "RGB table, XYZ": table_profile(3, 17, 2.2, b"XYZ "),
    "fine RGB table, Lab": table_profile(3, 33, 1.8, b"Lab "),
    "CMYK table, Lab": table_profile(4, 9, 2.2, b"Lab "),
    "CMYK table, XYZ": table_profile(4, 17, 2.0, b"XYZ "),
    "grey 1.8": grey_profile(gamma(1.8)),
    "grey 2.2": grey_profile(gamma(2.2)),
    "grey L*": profile(
        b"GRAY",
        {b"kTRC": b"curv\0\0\0\0" + struct.pack(">I2H", 2, 0, 65535)},
        connection=b"Lab ",
    ),
}
_MODES = {1: "L", 3: "RGB", 4: "CMYK"}
HALF_A_LEVEL = 0.24  # L*, at most


def levels_for(data: bytes) -> np.ndarray:
    """uint8 [60, 50] or [60, 50, C]: random levels, half of them dark."""
    channels = {b"GRAY": 1, b"RGB ": 3, b"CMYK": 4}[data[16:20]]
    levels = np.random.default_rng(5).integers(0, 256, (60, 50, channels), dtype=np.uint8)
    levels[:30] = levels[:30] // 6 + (200 if channels == 4 else 0)
    return levels[..., 0] if channels == 1 else levels


def judged(levels: np.ndarray, data: bytes) -> tuple[np.ndarray, np.ndarray]:
    """L* as LittleCMS has it, and where it is sure: where no colour was clipped."""
    mode = _MODES[1 if levels.ndim == 2 else levels.shape[2]]
    transform = ImageCms.buildTransform(
        ImageCms.ImageCmsProfile(io.BytesIO(data)),
        ImageCms.createProfile("sRGB"),
        mode,
        "RGB",
        ImageCms.Intent.RELATIVE_COLORIMETRIC,
        ImageCms.Flags.BLACKPOINTCOMPENSATION | ImageCms.Flags.NOOPTIMIZE,
    )
    image = Image.frombytes(mode, levels.shape[1::-1], levels.tobytes())
    rgb = np.asarray(ImageCms.applyTransform(image, transform))
    return cielab.lightness(rgb), ((rgb > 0) & (rgb < 255)).all(2)


@pytest.mark.parametrize("name", PROFILES)
@pytest.mark.parametrize("depth", [8, 16])
def test_the_lightness_is_that_of_littlecms(tmp_path, name, depth):
    data = PROFILES[name]
    levels = levels_for(data)
    stored = levels if depth == 8 else levels.astype(np.uint16) * 257
    photometric = {2: "minisblack", 3: "rgb"}[stored.ndim]
    if stored.ndim == 3 and stored.shape[2] == 4:
        photometric = "separated"
    tifffile.imwrite(tmp_path / "x.tif", stored, photometric=photometric, iccprofile=data)
    picture = read_picture(tmp_path / "x.tif")
    assert picture.profile
    assert picture.notes == ()
    assert picture.pixels.dtype == stored.dtype
    lightness, sure = judged(levels, data)
    assert sure.mean() > 0.2
    found = cielab.lightness(picture.pixels)
    difference = np.abs(found - lightness)[sure]
    # The judge rounds to 8 bits, and so do we of 8.
    assert difference.max() < 0.3 + HALF_A_LEVEL * (2 if depth == 8 else 1)
    if depth == 16:
        assert np.percentile(difference, 98) < 0.3


@pytest.mark.parametrize("name", PROFILES)
def test_8_and_16_bits_mean_the_same(tmp_path, name):
    data = PROFILES[name]
    levels = levels_for(data)
    found = Profile.parse(data)
    shallow, deep = found.grey(levels), found.grey(levels.astype(np.uint16) * 257)
    if name == "sRGB":
        assert shallow is None
        assert deep is None
        return
    assert np.abs(shallow.astype(int) - deep / 257).max() < 0.54  # its table's own step


@pytest.mark.parametrize("name", PROFILES)
def test_levels_between_those_of_8_bits_lie_between(name):
    """LittleCMS through Pillow knows 8-bit levels alone: what lies between must lie between."""
    data = PROFILES[name]
    if name == "sRGB":
        pytest.skip("nothing is converted")
    found = Profile.parse(data)
    low = np.minimum(levels_for(data), 254).astype(np.uint16)
    corners = [low]
    for channel in range(1 if low.ndim == 2 else low.shape[2]):
        step = np.zeros(low.shape[2:], np.uint16)
        step[... if low.ndim == 2 else channel] = 1
        corners += [corner + step for corner in corners]
    around = np.stack([found.grey(corner * 257) for corner in corners]).astype(int)
    part = np.random.default_rng(6).integers(0, 258, low.shape, dtype=np.uint16)
    between = found.grey(low * 257 + part).astype(int)
    assert (between >= around.min(0) - 2).all()
    assert (between <= around.max(0) + 2).all()


def test_colours_beyond_srgb_keep_their_lightness(tmp_path):
    """Clipped to sRGB, the red and green of Adobe RGB would be 9 L* off."""
    levels = np.array([[[255, 30, 0], [0, 255, 40], [20, 0, 255], [255, 0, 255]]], np.uint8)
    data = PROFILES["Adobe RGB"]
    Image.fromarray(levels).save(tmp_path / "x.png", icc_profile=data)
    linear = (levels / 255) ** (563 / 256) @ (np.linalg.inv(SRGB_D50) @ ADOBE_D50).T
    luminance = linear @ cielab.LUMINANCE
    expected = 116 * np.cbrt(luminance) - 16
    found = cielab.lightness(read_picture(tmp_path / "x.png").pixels)
    assert np.abs(found - expected).max() < HALF_A_LEVEL
    assert np.abs(judged(levels, data)[0] - expected).max() > 5


def test_which_way_a_profile_goes():
    for name, data in PROFILES.items():
        way = Profile.parse(data)._way
        # Tables of XYZ may add up as well.
        grid = "CMYK" in name or "table, Lab" in name
        assert isinstance(way, Grid if grid else Curves), name


LEVELS = np.arange(256, dtype=np.uint8)[None].repeat(4, 0)


def test_a_grey_profile_is_applied_to_the_level(tmp_path):
    """Gamma 1.8: darker levels mean more light than in sRGB."""
    levels = np.arange(65536, dtype=np.uint16).reshape(256, 256)
    data = grey_profile(gamma(1.8))
    tifffile.imwrite(tmp_path / "x.tif", levels, photometric="minisblack", iccprofile=data)
    picture = read_picture(tmp_path / "x.tif")
    expected = encode((levels / 65535) ** (round(1.8 * 256) / 256)) * 65535
    assert picture.pixels.dtype == np.uint16
    assert np.abs(picture.pixels - expected).max() <= 1


@pytest.mark.parametrize("name", ["gamma 1.8", "RGB table, Lab"])
@pytest.mark.parametrize("depth", [8, 16])
@pytest.mark.parametrize("ending", ["png", "tif"])
def test_an_rgb_profile_on_a_grey_picture(tmp_path, name, depth, ending):
    """As on an RGB picture of three equal channels."""
    stored = LEVELS if depth == 8 else LEVELS.astype(np.uint16) * 257
    path = tmp_path / f"x.{ending}"
    Image.fromarray(stored).save(path, icc_profile=PROFILES[name])
    picture = read_picture(path)
    assert picture.pixels.ndim == 2
    assert picture.pixels.dtype == stored.dtype
    lightness, sure = judged(np.repeat(LEVELS[..., None], 3, 2), PROFILES[name])
    difference = np.abs(cielab.lightness(picture.pixels) - lightness)[sure]
    assert difference.max() < (0.3 if depth == 16 else 0.3 + HALF_A_LEVEL)


@pytest.mark.parametrize("ending", ["png", "tif"])
def test_grey_with_alpha_and_a_grey_profile_stays_at_16_bits(tmp_path, ending):
    levels = np.arange(65536, dtype=np.uint16).reshape(256, 256)
    data = grey_profile(gamma(1.8))
    both = np.dstack([levels, 65535 - levels])
    if ending == "tif":
        tifffile.imwrite(
            tmp_path / "x.tif",
            both,
            photometric="minisblack",
            planarconfig="contig",
            extrasamples=["unassalpha"],
            iccprofile=data,
        )
    else:
        rows = b"".join(b"\0" + row.astype(">u2").tobytes() for row in both)
        header = struct.pack(">IIBBBBB", 256, 256, 16, 4, 0, 0, 0)
        parts = [chunk(b"IHDR", header), profile_chunk(data), chunk(b"IDAT", zlib.compress(rows))]
        (tmp_path / "x.png").write_bytes(SIGNATURE + b"".join(parts) + chunk(b"IEND", b""))
    picture = read_picture(tmp_path / f"x.{ending}")
    expected = encode((levels / 65535) ** (round(1.8 * 256) / 256)) * 65535
    assert picture.notes == ()
    assert picture.pixels.dtype == np.uint16
    assert np.abs(picture.pixels - expected).max() <= 1
    np.testing.assert_array_equal(picture.alpha, 65535 - levels)


def test_srgb_changes_nothing(tmp_path):
    colours = np.random.default_rng(3).integers(0, 256, (16, 16, 3), dtype=np.uint8)
    Image.fromarray(colours).save(tmp_path / "x.png", icc_profile=srgb_profile_bytes())
    picture = read_picture(tmp_path / "x.png")
    np.testing.assert_array_equal(picture.pixels, colours)
    assert picture.profile
    assert not picture.coloured


def test_whether_there_were_colours_is_known(tmp_path):
    grey = np.repeat(LEVELS[..., None], 3, 2)
    for pixels, coloured in ((grey, False), (np.dstack([grey[..., 0], grey[..., :2] // 2]), True)):
        Image.fromarray(pixels).save(tmp_path / "x.png", icc_profile=PROFILES["Adobe RGB"])
        assert read_picture(tmp_path / "x.png").coloured == coloured


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
@pytest.mark.parametrize("depth", [8, 16])
def test_a_damaged_profile_is_left_aside_with_a_note(tmp_path, damaged, depth):
    stored = LEVELS if depth == 8 else LEVELS.astype(np.uint16) * 257
    Image.fromarray(stored).save(tmp_path / "x.png", icc_profile=damaged)
    picture = read_picture(tmp_path / "x.png")
    np.testing.assert_array_equal(picture.pixels, stored)
    assert not picture.profile
    assert "profile is unreadable" in picture.notes[0]


def test_a_profile_without_what_it_needs_is_refused():
    assert Profile.parse(profile(b"CMYK", {})) is None
    assert Profile.parse(profile(b"RGB ", {b"A2B0": bytes(8)})) is None
    assert Profile.parse(grey_profile(b"mft2" + bytes(20))) is None
    assert Profile.parse(b"") is None


def parametric(kind: int, *values: float) -> bytes:
    return b"para\0\0\0\0" + struct.pack(">HH", kind, 0) + b"".join(map(s15, values))


@pytest.mark.parametrize(
    ("curve", "light"),
    [
        (b"curv\0\0\0\0\0\0\0\0", lambda x: x),
        (gamma(2.0), lambda x: x**2),
        (
            b"curv\0\0\0\0" + struct.pack(">I3H", 3, 0, 16384, 65535),
            lambda x: np.interp(x, [0, 0.5, 1], [0, 16384 / 65535, 1]),
        ),
        (parametric(0, 2.0), lambda x: x**2),
        (
            parametric(3, 2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045),
            lambda x: np.where(x < 0.04045, x / 12.92, ((x + 0.055) / 1.055) ** 2.4),
        ),
    ],
)
def test_every_kind_of_curve(curve, light):
    levels = np.arange(65536, dtype=np.uint16).reshape(256, 256)
    found = Profile.parse(grey_profile(curve)).grey(levels)
    found = levels if found is None else found
    expected = encode(light(levels / 65535)) * 65535
    # A table is read by LittleCMS at 16 bits of light, which near black are many levels.
    assert np.abs(found - expected)[5:].max() <= 4


@pytest.mark.parametrize("depth", [8, 16])
@pytest.mark.parametrize("channels", [1, 3])
def test_the_gamma_of_a_png_is_applied(tmp_path, depth, channels):
    """gAMA 1.0: the levels are linear light."""
    levels = np.random.default_rng(9).integers(0, 65536, (40, 30, 3), dtype=np.uint16)
    levels = levels if depth == 16 else (levels >> 8).astype(np.uint8)
    levels = levels if channels == 3 else np.ascontiguousarray(levels[..., 0])
    top = np.iinfo(levels.dtype).max
    write_picture(Picture(levels), tmp_path / "x.png")
    plain = (tmp_path / "x.png").read_bytes()

    def read(*chunks: bytes):
        (tmp_path / "x.png").write_bytes(put_chunks(plain, b"".join(chunks)))
        return read_picture(tmp_path / "x.png").pixels

    luminance = levels / top if channels == 1 else levels / top @ cielab.LUMINANCE
    linear = chunk(b"gAMA", struct.pack(">I", 100_000))
    assert np.abs(read(linear) - encode(luminance) * top).max() <= 0.6
    # That of sRGB says nothing new, and what says more is believed.
    for chunks in (
        [chunk(b"gAMA", struct.pack(">I", 45_455))],
        [linear, chunk(b"sRGB", b"\0")],
        [linear, profile_chunk(srgb_profile_bytes())],
        [chunk(b"gAMA", struct.pack(">I", 0))],
    ):
        np.testing.assert_array_equal(read(*chunks), levels)


def test_the_primaries_of_a_png_are_applied(tmp_path):
    """Those of Adobe RGB and its gamma mean what the profile means."""
    levels = levels_for(PROFILES["Adobe RGB"])
    write_picture(Picture(levels), tmp_path / "x.png")
    numbers = (31270, 32900, 64000, 33000, 21000, 71000, 15000, 6000)
    said = chunk(b"gAMA", struct.pack(">I", 45_470)) + chunk(b"cHRM", struct.pack(">8I", *numbers))
    plain = (tmp_path / "x.png").read_bytes()
    (tmp_path / "x.png").write_bytes(put_chunks(plain, said))
    expected = Profile.parse(PROFILES["Adobe RGB"]).grey(levels).astype(int)
    assert np.abs(read_picture(tmp_path / "x.png").pixels - expected).max() <= 1

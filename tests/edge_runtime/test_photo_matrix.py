"""Every kind of picture file through the command's own way: kept, kept with a note, or refused.

Pillow and tifffile write the pictures and read the results, LittleCMS says what levels mean, and
ExifTool, where it is there, reads the words. At saturation 0 a result is the picture's lightness
alone, so that it can be compared.
"""

import importlib
import io
import itertools
import json
import shutil
import struct
import subprocess
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
import tifffile
from PIL import Image, ImageCms, ImageOps, IptcImagePlugin, features
from skimage.color import rgb2lab
from skimage.data import coffee
from skimage.transform import resize

from edge_runtime import Colorizer, Device, Look
from edge_runtime.errors import PictureError
from edge_runtime.photo import PhotoOptions, colorize_photo

# Not square, not symmetric, smooth: JPEG changes little of it. Levels of 0..1.
RGB = np.ascontiguousarray(resize(coffee(), (40, 56), anti_aliasing=True)[..., :3])
GREY = np.ascontiguousarray(RGB[..., 1])
ALPHA = np.tile(np.linspace(0.3, 1, 56), (40, 1))
CMYK = np.dstack([1 - RGB, 0.3 * (1 - GREY)])


def _icc(space: bytes, tags: dict[bytes, bytes]) -> bytes:
    """A small ICC profile of version 2 with the XYZ connection space."""
    tags = {b"wtpt": _xyz(0.9642, 1, 0.8249), **tags}
    at = 132 + 12 * len(tags)
    table, data = struct.pack(">I", len(tags)), b""
    for name, element in tags.items():
        table += struct.pack(">4sII", name, at + len(data), len(element))
        data += element
    head = struct.pack(
        ">I4xI4s4s4s12x4s", at + len(data), 0x02400000, b"mntr", space, b"XYZ ", b"acsp"
    )
    return head.ljust(68, b"\0") + _xyz(0.9642, 1, 0.8249)[8:].ljust(60, b"\0") + table + data


def _packed_depths() -> tuple[int, ...]:
    """The bits a sample that tifffile writes by imagecodecs, which packs them from 2026.3 on."""
    try:
        importlib.import_module("imagecodecs").packints_encode(np.zeros(8, np.uint16), 12)
    except (ImportError, NotImplementedError):
        return ()
    return 10, 12, 14


def _xyz(*values: float) -> bytes:
    return b"XYZ \0\0\0\0" + struct.pack(">3i", *(round(value * 65536) for value in values))


_CURVE = b"curv\0\0\0\0" + struct.pack(">IHxx", 1, round(1.8 * 256))
_WIDE = {  # Adobe RGB's primaries
    b"rXYZ": _xyz(0.60976, 0.31111, 0.01948),
    b"gXYZ": _xyz(0.20524, 0.62566, 0.06089),
    b"bXYZ": _xyz(0.14922, 0.06322, 0.74484),
}
PROFILES = {
    "none": b"",
    "sRGB": ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes(),
    "wide": _icc(b"RGB ", _WIDE | {name + b"TRC": _CURVE for name in (b"r", b"g", b"b")}),
    "grey": _icc(b"GRAY", {b"kTRC": _CURVE}),
    "broken": b"no profile at all" * 20,
}
BROKEN = "its colour profile is unreadable and was left aside"

XMP = (
    b'<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/">'
    b'<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about='
    b'"" xmlns:dc="http://purl.org/dc/elements/1.1/" dc:source="Oma"/></rdf:RDF></x:xmpmeta>'
    b'<?xpacket end="w"?>'
)
IPTC = b"\x1c\x02\x78\x00\x04Anna"  # Caption-Abstract
COMMENT = "in the garden"
ARTIST = 315


@dataclass(frozen=True)
class Case:
    """One picture file, and what is to become of it.

    Attributes:
        name: of the case; the source's ending is the part behind the last dot.
        write: makes the source file.
        light: float [H, W, 3] or [H, W], upright encoded levels 0..1 as stored, or None where a
            decoder has to tell (JPEG and its like).
        profile: of `PROFILES`.
        depth: bits a channel of the result.
        alpha: whether the result keeps transparency.
        words: which of EXIF, XMP, IPTC and the comment the result keeps.
        notes: what is said of it, parts of sentences.
        refused: a part of the refusal, or empty.
        target: the result's ending.
        near: how far the lightness may be off, in L*.
    """

    name: str
    write: Callable[[Path], None]
    light: np.ndarray | None
    profile: str = "none"
    depth: int = 8
    alpha: bool = False
    words: frozenset[str] = frozenset()
    notes: tuple[str, ...] = ()
    refused: str = ""
    target: str = ""
    near: float = 0.7


ALL = frozenset(("exif", "xmp", "iptc", "comment"))
NOTHING = frozenset()


def _levels(values: np.ndarray, depth: int) -> np.ndarray:
    top = 2**depth - 1
    return np.rint(values * top).astype(np.uint8 if depth <= 8 else np.uint16)


def _exif(orientation: int, words: bool) -> bytes:
    exif = Image.Exif()
    if orientation != 1:
        exif[274] = orientation
    if words:
        exif[ARTIST] = "Opa"
    return exif.tobytes()


# How a picture is stored that is upright after what EXIF says of it.
_STORED = {
    1: None,
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}


def _turned(image: Image.Image, orientation: int) -> Image.Image:
    how = _STORED[orientation]
    return image if how is None else image.transpose(how)


def _turned_array(pixels: np.ndarray, orientation: int) -> np.ndarray:
    """The same of an array."""
    turns = {1: pixels, 2: pixels[:, ::-1], 3: pixels[::-1, ::-1], 4: pixels[::-1]}
    turned = np.swapaxes(pixels, 0, 1)
    turns |= {5: turned, 6: turned[::-1], 7: turned[::-1, ::-1], 8: turned[:, ::-1]}
    return np.ascontiguousarray(turns[orientation])


def _iptc_segment() -> bytes:
    data = b"Photoshop 3.0\x008BIM\x04\x04\0\0" + struct.pack(">I", len(IPTC)) + IPTC + b"\0"
    return b"\xff\xed" + struct.pack(">H", len(data) + 2) + data


def jpeg_cases() -> Iterator[Case]:
    kinds = {
        "L": (GREY, ("none", "grey", "broken")),
        "RGB": (RGB, ("none", "sRGB", "wide", "broken")),
        "CMYK": (CMYK, ("none",)),
    }
    for (mode, (values, profiles)), orientation, words in itertools.product(
        kinds.items(), range(1, 9), (False, True)
    ):
        for profile in profiles:

            def write(path, mode=mode, values=values, o=orientation, w=words, profile=profile):
                image = _turned(Image.fromarray(_levels(values, 8), mode), o)
                options = {"exif": _exif(o, w)}
                if profile != "none":
                    options["icc_profile"] = PROFILES[profile]
                if w:
                    options |= {"xmp": XMP, "comment": COMMENT}
                image.save(path, "JPEG", quality=95, subsampling=0, **options)
                if w:
                    data = path.read_bytes()
                    path.write_bytes(data[:2] + _iptc_segment() + data[2:])

            yield Case(
                f"{mode} {profile} orientation {orientation}{' words' * words}.jpg",
                write,
                None,
                "none" if profile == "broken" else profile,
                words=ALL if words else NOTHING,
                notes=(BROKEN,) if profile == "broken" else (),
                near=4,
            )


def _png(levels: np.ndarray, colour: int, depth: int, chunks: dict[bytes, bytes]) -> bytes:
    """A PNG, by its specification: unfiltered rows."""
    height, width = levels.shape[:2]
    rows = levels.reshape(height, -1)
    packed = {
        1: lambda: np.packbits(rows, axis=1),
        8: lambda: rows,
        16: lambda: rows.astype(">u2").view(np.uint8).reshape(height, -1),
    }[depth]()
    data = np.hstack([np.zeros((height, 1), np.uint8), packed]).tobytes()
    parts = {b"IHDR": struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0), **chunks}
    parts |= {b"IDAT": zlib.compress(data), b"IEND": b""}
    file = b"\x89PNG\r\n\x1a\n"
    for name, said in parts.items():
        file += struct.pack(">I", len(said)) + name + said
        file += struct.pack(">I", zlib.crc32(name + said))
    return file


def png_cases() -> Iterator[Case]:
    kinds = {
        "grey": (GREY, 0, ("none", "grey", "broken", "gamma")),
        "rgb": (RGB, 2, ("none", "sRGB", "wide", "broken", "gamma")),
        "grey alpha": (np.dstack([GREY, ALPHA]), 4, ("none", "grey", "gamma")),
        "rgb alpha": (np.dstack([RGB, ALPHA]), 6, ("none", "wide", "gamma")),
    }
    for (kind, (values, colour, profiles)), depth, orientation, words in itertools.product(
        kinds.items(), (8, 16), (1, 6), (False, True)
    ):
        for profile in profiles:
            chunks = {}
            light = values[..., 0] if kind == "grey alpha" else values[..., :3]
            light = values if kind == "grey" else light
            if profile == "gamma":
                chunks[b"gAMA"] = struct.pack(">I", round(100_000 / 1.8))
                linear = np.asarray(_levels(light, depth) / (2**depth - 1)) ** 1.8
                light = np.where(
                    linear > 0.0031308, 1.055 * linear ** (1 / 2.4) - 0.055, 12.92 * linear
                )
            elif profile != "none":
                chunks[b"iCCP"] = b"icc\0\0" + zlib.compress(PROFILES[profile])
            exif = _exif(orientation, words)
            if orientation != 1 or words:
                chunks[b"eXIf"] = exif.removeprefix(b"Exif\0\0")
            if words:
                chunks[b"iTXt"] = b"XML:com.adobe.xmp\0\0\0\0\0" + XMP
                chunks[b"tEXt"] = b"Comment\0" + COMMENT.encode()

            def write(
                path, values=values, colour=colour, depth=depth, o=orientation, chunks=chunks
            ):
                levels = _turned_array(_levels(values, depth), o)
                path.write_bytes(_png(levels, colour, depth, chunks))

            yield Case(
                f"{kind} {depth} {profile} orientation {orientation}{' words' * words}.png",
                write,
                light,
                profile if profile in ("sRGB", "wide", "grey") else "none",
                depth,
                "alpha" in kind,
                ALL - {"iptc"} if words else NOTHING,
                (BROKEN,) if profile == "broken" else (),
            )
    black_and_white = (GREY > 0.5).astype(np.uint8)
    yield Case(
        "1 bit.png",
        lambda path: path.write_bytes(_png(black_and_white, 0, 1, {})),
        black_and_white.astype(float),
    )
    palette = Image.fromarray(_levels(RGB, 8)).quantize(200)
    yield Case(
        "palette.png", lambda path: palette.save(path), np.asarray(palette.convert("RGB")) / 255
    )


def tiff_cases() -> Iterator[Case]:
    whites = {"grey": GREY, "white is zero": GREY, "rgb": RGB, "cmyk": CMYK}
    profiles = {
        "grey": ("none", "grey", "broken"),
        "white is zero": ("none",),
        "rgb": ("none", "sRGB", "wide", "broken"),
        "cmyk": ("none",),
    }
    photometrics = {"white is zero": "miniswhite", "rgb": "rgb", "cmyk": "separated"}
    packings = (None, "zlib", "lzw", "zstd")
    for kind, depth, packing, big, orientation in itertools.product(
        whites, (8, 16), packings, (False, True), (1, 6)
    ):
        for profile in profiles[kind]:
            values = whites[kind]
            stored = _levels(1 - values if kind == "white is zero" else values, depth)

            def write(
                path, kind=kind, stored=stored, packing=packing, big=big, o=orientation, p=profile
            ):
                tags = [(274, 3, 1, o, True), (ARTIST, 2, None, "Opa", True)]
                tags.append((700, 1, len(XMP), XMP, True))
                tifffile.imwrite(
                    path,
                    _turned_array(stored, o),
                    photometric=photometrics.get(kind, "minisblack"),
                    compression=packing,
                    bigtiff=big,
                    byteorder=">" if big else "<",
                    iccprofile=PROFILES[p] or None,
                    description=COMMENT,
                    metadata=None,
                    extratags=tags,
                )

            yield Case(
                f"{kind} {depth} {packing} {'big ' if big else ''}{profile} "
                f"orientation {orientation}.tif",
                write,
                _cmyk_light(values) if kind == "cmyk" else values,
                "none" if profile == "broken" else profile,
                depth,
                words=ALL - {"iptc"},
                notes=(BROKEN,) if profile == "broken" else (),
            )
    yield from _rare_tiff_cases()


def _cmyk_light(values: np.ndarray) -> np.ndarray:
    return (1 - values[..., :3]) * (1 - values[..., 3:])


def _rare_tiff_cases() -> Iterator[Case]:
    def saved(
        name, pixels, light, depth, *, alpha=False, notes=(), refused="", near=0.7, **options
    ):
        options = {"photometric": "minisblack", "metadata": None} | options
        return Case(
            f"{name}.tif",
            lambda path: tifffile.imwrite(path, pixels, **options),
            light,
            depth=depth,
            alpha=alpha,
            notes=notes,
            refused=refused,
            near=near,
        )

    rgb, both = {"photometric": "rgb"}, np.dstack([RGB, ALPHA])
    for depth in (8, 16):
        top = 2**depth - 1
        planes = _levels(RGB, depth).transpose(2, 0, 1)
        yield saved(f"planes {depth}", planes, RGB, depth, planarconfig="separate", **rgb)
        grey_alpha = _levels(np.dstack([GREY, ALPHA]), depth)
        extra = {"planarconfig": "contig", "extrasamples": ["unassalpha"]}
        yield saved(f"grey alpha {depth}", grey_alpha, GREY, depth, alpha=True, **extra)
        extra = rgb | {"extrasamples": ["unassalpha"]}
        yield saved(f"alpha {depth}", _levels(both, depth), RGB, depth, alpha=True, **extra)
        multiplied = np.dstack([RGB * ALPHA[..., None], ALPHA])
        extra = rgb | {"extrasamples": ["assocalpha"]}
        yield saved(
            f"associated {depth}",
            _levels(multiplied, depth),
            RGB,
            depth,
            alpha=True,
            near=1.5,
            **extra,
        )
        extra = rgb | {"extrasamples": ["unspecified"]}
        infrared = ("a further channel, as of infrared, which was left out",)
        yield saved(f"infrared {depth}", _levels(both, depth), RGB, depth, notes=infrared, **extra)
        lab = rgb2lab(RGB)
        lab = np.dstack([lab[..., 0] / 100 * top, lab[..., 1:] * (top // 255)])
        signed = np.int8 if depth == 8 else np.int16
        stored = np.dstack([np.rint(lab[..., :1]), np.rint(lab[..., 1:]).astype(signed)])
        stored = stored.astype(np.int32) % (top + 1)
        stored = stored.astype(np.uint8 if depth == 8 else np.uint16)
        yield saved(f"lab {depth}", stored, RGB, depth, photometric="cielab")
        yield saved(f"tiles {depth}", _levels(RGB, depth), RGB, depth, tile=(16, 32), **rgb)
    for depth in _packed_depths():
        pixels = _levels(GREY, depth)
        yield saved(f"grey {depth}", pixels, GREY, 16, bitspersample=depth)
    yield saved("float", GREY.astype(np.float32), GREY, 16)
    yield saved("half", RGB.astype(np.float16), RGB, 16, near=1, **rgb)
    deep = (GREY * (2**32 - 1)).astype(np.uint32)
    yield saved("grey 32", deep, GREY, 16, notes=("its 32 bits were lowered to 16",))
    over = (GREY * 1.1 / GREY.max()).astype(np.float32)
    cut = ("of its floating-point levels lie outside 0..1 and were cut",)
    yield saved("float over 1", over, np.minimum(over, 1), 16, notes=cut)
    far = "floating-point levels go from"
    yield saved("float to 255", GREY.astype(np.float32) * 255, None, 16, refused=far)
    yield saved("signed", _levels(GREY, 15).astype(np.int16), None, 16, refused="signed numbers")
    yield saved("complex", GREY.astype(np.complex64), None, 16, refused="complex numbers")
    raw = {"extratags": [(50706, 1, 4, b"\1\4\0\0", True)]}
    yield saved("raw", _levels(GREY, 16), None, 16, refused="camera raw (DNG)", **raw)
    several = np.stack([_levels(GREY, 8)] * 3)
    yield saved("pages", several, GREY, 8)


def other_cases() -> Iterator[Case]:
    def saved(name, image, light, near=4.0, **options):
        options |= {"exif": _exif(6, True), "xmp": XMP} if "words" in name else {}
        image = _turned(image, 6) if "words" in name else image
        mine = {
            key: options.pop(key) for key in ("depth", "alpha", "notes", "target") if key in options
        }
        words = frozenset(("exif", "xmp")) if "words" in name else NOTHING
        return Case(
            name, lambda path: image.save(path, **options), light, near=near, words=words, **mine
        )

    grey, rgb = (Image.fromarray(_levels(values, 8)) for values in (GREY, RGB))
    rgba = Image.fromarray(_levels(np.dstack([RGB, ALPHA]), 8))
    for words in ("", " words"):
        for profile in ("none", "sRGB", "wide", "broken"):
            note = {"notes": (BROKEN,)} if profile == "broken" else {}
            icc = {} if profile == "none" else {"icc_profile": PROFILES[profile]}
            for way, options in (("lossy", {"quality": 95}), ("lossless", {"lossless": True})):
                near = 0.7 if way == "lossless" else 4
                for kind, image in (("rgb", rgb), ("rgba", rgba)):
                    more = {"alpha": kind == "rgba"} | note | icc | options
                    light = RGB if way == "lossless" else None
                    case = saved(f"{kind} {way} {profile}{words}.webp", image, light, near, **more)
                    yield _with_profile(case, profile)
        if features.check("avif"):
            yield saved(f"rgb{words}.avif", rgb, None, target=".jpg", quality=95)
    for mode, image, values in (("L", grey, GREY), ("RGB", rgb, RGB)):
        yield saved(f"{mode}.bmp", image, values, 0.7)
        yield saved(f"{mode}.jp2", image, values, 0.7, target=".tif", irreversible=False)
    deep = Image.fromarray(_levels(GREY, 16))
    yield saved("deep.jp2", deep, GREY, 0.7, target=".tif", irreversible=False, depth=16)
    palette = rgb.quantize(200)
    shown = np.asarray(palette.convert("RGB")) / 255
    yield saved("still.gif", palette, shown, 0.7, target=".png")
    more = {"save_all": True, "append_images": [grey.convert("P")], "target": ".png"}
    several = ("it has several frames or pages, the first was taken",)
    yield saved("moving.gif", palette, shown, 0.7, notes=several, **more)


def _with_profile(case: Case, profile: str) -> Case:
    return case if profile == "broken" else Case(**{**vars(case), "profile": profile})


def crossed_cases() -> Iterator[Case]:
    """One picture with everything, written in every format."""
    tags = [(ARTIST, 2, None, "Opa", True), (700, 1, len(XMP), XMP, True)]
    tags += [(33723, 7, len(IPTC), IPTC, True)]

    def write(path):
        tifffile.imwrite(
            path,
            _levels(np.dstack([RGB, np.ones_like(ALPHA)]), 16),
            photometric="rgb",
            extrasamples=["unassalpha"],
            description=COMMENT,
            metadata=None,
            extratags=tags,
        )

    rounded = "its 16 bits were rounded to 8"
    for target, depth, alpha, words, notes in (
        (".tif", 16, True, ALL, ()),
        (".png", 16, True, ALL, ()),
        (".jpg", 8, False, ALL, (rounded,)),
        (
            ".webp",
            8,
            False,
            frozenset(("exif", "xmp")),
            (rounded, "its IPTC cannot be kept in WebP"),
        ),
        (".bmp", 8, False, NOTHING, (rounded, "its EXIF, XMP and IPTC cannot be kept in BMP")),
    ):
        # The description is a part of the EXIF, where it stays.
        kept = words - {"comment"} if target != ".tif" else words
        near = 4 if target in (".jpg", ".webp") else 0.7
        yield Case(
            f"everything to {target[1:]}.tif",
            write,
            RGB,
            depth=depth,
            alpha=alpha,
            words=kept,
            notes=notes,
            target=target,
            near=near,
        )


def refused_cases() -> Iterator[Case]:
    for name, data, told in (
        ("empty.jpg", b"", "the file is empty"),
        ("letter.png", b"Dear Sir, " * 20, "not a JPEG, PNG, TIFF"),
        ("head alone.png", _png(_levels(GREY, 8), 0, 8, {})[:40], "cannot be decoded"),
        ("head alone.tif", b"II*\0\x08\0\0\0", "header is damaged"),
        ("psd.tif", b"8BPS" + bytes(100), "not a JPEG, PNG, TIFF"),
    ):
        yield Case(name, lambda path, data=data: path.write_bytes(data), None, refused=told)


CASES = [
    *jpeg_cases(),
    *png_cases(),
    *tiff_cases(),
    *other_cases(),
    *crossed_cases(),
    *refused_cases(),
]


@dataclass(frozen=True)
class Outcome:
    """What became of a case: the files, the notes, and the refusal."""

    source: Path
    result: Path
    notes: tuple[str, ...]
    refused: str


@pytest.fixture(scope="module")
def outcomes(tiny_model, tmp_path_factory) -> dict[str, Outcome]:
    """All cases, coloured."""
    folder = tmp_path_factory.mktemp("matrix")
    colorizer = Colorizer(tiny_model, Device(threads=1))
    options = PhotoOptions(look=Look(saturation=0.0))
    found = {}
    for number, case in enumerate(CASES):
        ending = Path(case.name).suffix
        source = folder / f"{number}{ending}"
        result = folder / f"{number}.colour{case.target or ending}"
        case.write(source)
        notes, refused = (), ""
        try:
            made = colorize_photo(source, result, colorizer, options)
            notes = made.notes
            assert not made.damaged, case.name
        except PictureError as error:
            refused = str(error)
        found[case.name] = Outcome(source, result, notes, refused)
    return found


def test_there_are_enough():
    assert len({case.name for case in CASES}) == len(CASES) >= 300


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_case(outcomes, case):
    outcome = outcomes[case.name]
    if case.refused:
        assert case.refused in outcome.refused
        assert not outcome.result.exists()
        return
    assert outcome.refused == ""
    assert len(outcome.notes) == len(case.notes), outcome.notes
    for told, expected in zip(outcome.notes, case.notes, strict=True):
        assert expected in told
    pixels, alpha = _read(outcome.result)
    assert pixels.dtype == (np.uint8 if case.depth == 8 else np.uint16)
    assert (alpha is not None) == case.alpha
    top = np.iinfo(pixels.dtype).max
    if alpha is not None and "everything" not in case.name:
        assert np.abs(alpha / top - ALPHA).max() < 0.005
    expected, sure = _lightness(case, outcome.source)
    found = rgb2lab(pixels / top)[..., 0]
    assert found.shape == expected.shape
    assert sure.mean() > 0.5
    difference = np.abs(found - expected)[sure]
    assert difference.max() < case.near
    assert difference.mean() < case.near / 4
    _check_words(case, outcome.result)


def _read(path: Path) -> tuple[np.ndarray, np.ndarray | None]:
    """RGB and alpha as others read them."""
    if path.suffix == ".tif":
        with tifffile.TiffFile(path) as file:
            pixels = file.pages[0].asarray()
            orientation = file.pages[0].tags.get(274)
            assert orientation is None or orientation.value == 1
    elif path.suffix == ".png" and path.read_bytes()[24] == 16:
        pixels = _deep_png(path)
    else:
        with Image.open(path) as image:
            assert image.getexif().get(274, 1) == 1
            pixels = np.asarray(image)
    return pixels[..., :3], pixels[..., 3] if pixels.shape[2] == 4 else None


def _deep_png(path: Path) -> np.ndarray:
    """16 bits, by imagecodecs' libpng."""
    return pytest.importorskip("imagecodecs").png_decode(path.read_bytes())


def _lightness(case: Case, source: Path) -> tuple[np.ndarray, np.ndarray]:
    """L* of the source by its profile, and where it is sure: where no colour was clipped."""
    if case.light is None:
        with Image.open(source) as opened:
            image = ImageOps.exif_transpose(opened)
        image = image.convert("RGB") if image.mode in ("CMYK", "RGBA") else image
    elif case.profile == "none":
        levels = case.light if case.light.ndim == 3 else np.dstack([case.light] * 3)
        return rgb2lab(levels)[..., 0], np.ones(levels.shape[:2], bool)
    else:
        image = Image.fromarray(_levels(case.light, 8))
    if case.profile != "none":
        image = ImageCms.profileToProfile(
            image,
            ImageCms.ImageCmsProfile(io.BytesIO(PROFILES[case.profile])),
            ImageCms.createProfile("sRGB"),
            ImageCms.Intent.RELATIVE_COLORIMETRIC,
            outputMode="RGB",
        )
    levels = np.asarray(image.convert("RGB"))
    sure = ((levels > 0) & (levels < 255)).all(2)
    return rgb2lab(levels)[..., 0], sure if case.profile != "none" else np.ones_like(sure)


def _check_words(case: Case, result: Path) -> None:
    """The words that are there, by Pillow, tifffile and an XML parser."""
    if result.suffix == ".bmp":
        return
    with Image.open(result) as image:
        exif, info, texts = image.getexif(), image.info, getattr(image, "text", {})
        iptc = IptcImagePlugin.getiptcinfo(image) if result.suffix in (".jpg", ".tif") else None
    xmp = info.get("xmp") or info.get("XML:com.adobe.xmp") or b""
    if result.suffix == ".tif":
        with tifffile.TiffFile(result) as file:
            tags = file.pages[0].tags
            xmp = tags[700].value
            exif = {ARTIST: tags[ARTIST].value} if ARTIST in tags else {}
            comment = tags[270].value if 270 in tags else ""
    else:
        comment = info.get("comment", b"").decode() or texts.get("Comment")
    ElementTree.fromstring(xmp)  # noqa: S314
    text = xmp.decode() if isinstance(xmp, bytes) else xmp
    assert "trainedAlgorithmicMedia" in text or "DigitalSourceType" in text
    assert ('dc:source="Oma"' in text) == ("xmp" in case.words)
    assert (exif.get(ARTIST) == "Opa") == ("exif" in case.words)
    if result.suffix in (".jpg", ".tif"):
        assert ((iptc or {}).get((2, 120)) == b"Anna") == ("iptc" in case.words)
    assert (comment == COMMENT) == ("comment" in case.words)


@pytest.mark.skipif(shutil.which("exiftool") is None, reason="ExifTool is not installed")
def test_exiftool_finds_nothing_wrong(outcomes):
    results = {
        str(outcome.result): name for name, outcome in outcomes.items() if not outcome.refused
    }
    done = subprocess.run(
        [
            shutil.which("exiftool"),
            "-j",
            "-validate",
            "-Error",
            "-Orientation#",
            "-ImageSize",
            *results,
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    found = json.loads(done.stdout)
    assert len(found) == len(results)
    for one in found:
        name = results[one["SourceFile"]]
        assert "Error" not in one, name
        assert one.get("Orientation", 1) == 1, name
        assert one["ImageSize"] == "56x40", name

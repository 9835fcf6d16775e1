"""Read PNG, of 8 and 16 bits, whole or as far as it goes.

Both decoders, Pillow's and for 16-bit colour OpenCV's, get a PNG of header, palette and pixels
alone, which this module has looked through: where a hostile file states something twice, or a
length beyond its end, they might believe different things. PNG specification, third edition.
"""

import io
import struct
import zlib
from typing import BinaryIO

import numpy as np
from PIL import Image

from edge_runtime.errors import PictureError
from edge_runtime.pictures.header import PictureLimits, check_size, open_image
from edge_runtime.pictures.inflate import inflate_as_far_as_it_goes
from edge_runtime.pictures.png_parts import (
    SIGNATURE,
    chunk,
    read_chunks,
    read_dpi,
    read_profile,
    read_words,
)
from edge_runtime.pictures.profile import Curves, curves_of_gamma
from edge_runtime.pictures.shallow import read_planes
from edge_runtime.pictures.stored import GREY, RGB, SEVERAL, Stored

_CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}  # of each colour type
_COLOUR, _ALPHA = 2, 4  # bits of the colour type
# Adam7: the first column and row of each pass, and the steps between them.
_PASSES = (
    *((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8)),
    *((2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)),
)
_FILTERS = 5
_QUICKLY = 1

_SRGB_GAMMA = 0.45455
_SRGB_CHROMATICITIES = (0.3127, 0.329, 0.64, 0.33, 0.30, 0.60, 0.15, 0.06)
_NEAR_GAMMA = 0.05  # as a part of it
_NEAR_CHROMATICITY = 0.005


class _Header:
    """What IHDR says.

    Attributes:
        width, height: in pixels.
        depth: bits a sample.
        colour: the colour type.
        passes: for each pass over the picture, its rows and their bytes with that of the filter.
    """

    def __init__(self, data: bytes):
        self.width, self.height, self.depth, self.colour, _, _, interlaced = struct.unpack(
            ">IIBBBBB", data
        )
        bits = self.depth * _CHANNELS[self.colour]
        self.passes = []
        for left, top, across, down in _PASSES if interlaced else ((0, 0, 1, 1),):
            columns = -(-(self.width - left) // across)
            rows = -(-(self.height - top) // down)
            if columns > 0 and rows > 0:
                self.passes.append((rows, 1 + -(-columns * bits // 8)))

    @property
    def bytes(self) -> int:
        """Of all passes, unpacked."""
        return sum(rows * size for rows, size in self.passes)


def read_png(file: BinaryIO, limits: PictureLimits) -> Stored:
    """Read a PNG.

    Args:
        file: the open file.
        limits: how large it may be.
    Raises:
        PictureError: too large, or nothing of it can be decoded.
    """
    chunks = list(read_chunks(file))
    try:
        if chunks[0].name != b"IHDR" or not chunks[0].sound:
            raise ValueError("no IHDR")
        header = _Header(chunks[0].data)
    except (ValueError, IndexError, KeyError, struct.error):
        raise PictureError("the header is damaged") from None
    check_size(header.width, header.height, limits)
    exif, captions = read_words(chunks)
    sound = chunks[-1].name == b"IEND" and all(one.sound for one in chunks)
    first = {one.name: one.data for one in reversed(chunks) if one.sound and one.name != b"IDAT"}
    packed = b"".join(one.data for one in chunks if one.name == b"IDAT")
    del chunks
    notes = []
    if b"acTL" in first:
        notes.append(SEVERAL)

    image = _image(header, first, packed, limits) if sound else None
    if image is None or _may_be_cut_off(image):
        packed, rows = _mended(header, packed)
        if rows == 0:
            raise PictureError("cannot be decoded: none of its rows is left")
        if rows < header.height:
            sound = False
            notes.append(f"it is damaged: {rows} of its {header.height} rows could be read")
        elif not sound or image is None:
            sound = False
            notes.append("it is damaged: its end is missing or a checksum is wrong")
        if image is None or not sound:
            image = _image(header, first, packed, limits)
        if image is None:
            raise PictureError("cannot be decoded: its rows are damaged")
    planes, kind, alpha = read_planes(image)
    if header.depth == 16:
        deep = _deep(header, image, first, packed)
        if deep is None:
            notes.append("its 16 bits could not be used, it was read at 8")
        else:
            planes, kind, alpha = deep
    profile = read_profile(first[b"iCCP"]) if b"iCCP" in first else b""
    return Stored(
        planes,
        kind,
        alpha,
        profile,
        None if profile or b"sRGB" in first else _curves(first, kind),
        exif,
        captions=captions,
        dpi=read_dpi(first.get(b"pHYs", b"")),
        notes=tuple(notes),
        damaged=not sound,
        format="PNG",
    )


def _image(
    header: _Header, first: dict[bytes, bytes], packed: bytes, limits: PictureLimits
) -> Image.Image | None:
    """The picture as Pillow decodes it; None where it does not."""
    if b"tRNS" in first and header.colour in (0, _COLOUR):
        first = first | {b"tRNS": _settled(first[b"tRNS"], header.depth)}
    png = io.BytesIO(_plain(first, packed, b"PLTE", b"tRNS"))
    image = open_image(png, "PNG", limits)
    try:
        image.load()
    except Exception:  # damaged bytes can raise nearly anything in a decoder
        return None
    return image


def _settled(key: bytes, depth: int) -> bytes:
    """The level or colour that stands for transparent, at the 8 bits that Pillow decodes.

    Pillow spreads levels of few bits over 0..255, and leaves the key as it is stored.
    """
    levels = np.frombuffer(key[: len(key) // 2 * 2], ">u2")
    if depth == 16:
        levels = levels >> 8
    elif depth < 8:
        top = 2**depth - 1
        levels = (levels & top) * (255 // top)
    return levels.astype(">u2").tobytes()


def _plain(first: dict[bytes, bytes], packed: bytes, *names: bytes) -> bytes:
    """A PNG of header, pixels and the named chunks alone."""
    parts = [chunk(name, first[name]) for name in (b"IHDR", *names) if name in first]
    return b"".join([SIGNATURE, *parts, chunk(b"IDAT", packed), chunk(b"IEND", b"")])


def _may_be_cut_off(image: Image.Image) -> bool:
    """Whether rows may be missing: Pillow leaves those black and says nothing.

    Interlaced, it is the last row of an odd number that comes last.
    """
    last = image.crop((0, max(0, image.height - 2), image.width, image.height))
    return any(not any(row) for row in np.asarray(last).reshape(last.height, -1))


def _mended(header: _Header, packed: bytes) -> tuple[bytes, int]:
    """Pixels that every decoder takes, and how many rows of them are the picture's own."""
    rows = inflate_as_far_as_it_goes(packed, header.bytes)
    found = len(rows)
    rows.extend(bytes(header.bytes - found))
    begin = 0
    for count, size in header.passes:
        lines = np.frombuffer(rows, np.uint8, count * size, begin).reshape(count, size)
        lines[lines[:, 0] >= _FILTERS, 0] = 0
        begin += count * size
    return zlib.compress(rows, _QUICKLY), header.height * found // header.bytes


def _deep(
    header: _Header, image: Image.Image, first: dict[bytes, bytes], packed: bytes
) -> tuple[np.ndarray, str, np.ndarray | None] | None:
    """The 16-bit planes, their kind and alpha; None where OpenCV and Pillow differ."""
    alpha = None
    if image.mode.startswith("I;16"):
        planes, kind = np.asarray(image).astype(np.uint16), GREY
    else:
        import cv2  # only 16-bit colour needs it here

        found = cv2.imdecode(np.frombuffer(_plain(first, packed), np.uint8), cv2.IMREAD_UNCHANGED)
        if found is None or found.dtype != np.uint16 or found.ndim != 3:
            return None
        found = cv2.cvtColor(
            found, cv2.COLOR_BGR2RGB if found.shape[2] == 3 else cv2.COLOR_BGRA2RGBA
        )
        if not _agree(found, image):
            return None
        kind = RGB if header.colour & _COLOUR else GREY
        planes = found[..., :3] if kind == RGB else found[..., 0]
        alpha = found[..., 3] if header.colour & _ALPHA else None
    if alpha is None and b"tRNS" in first:
        key = np.frombuffer(first[b"tRNS"][: 6 if kind == RGB else 2], ">u2")
        same = planes == key
        alpha = np.where(same.all(axis=2) if kind == RGB else same, np.uint16(0), np.uint16(65535))
    return planes, kind, alpha


def _agree(planes: np.ndarray, image: Image.Image) -> bool:
    """Whether the upper bytes of 16-bit planes are Pillow's 8-bit channels."""
    if planes.shape[:2] != (image.height, image.width):
        return False
    shallow = image.convert("RGBA" if planes.shape[2] == 4 else "RGB")
    return all(
        np.array_equal(planes[..., channel] >> 8, np.asarray(shallow.getchannel(channel)))
        for channel in range(planes.shape[2])
    )


def _curves(first: dict[bytes, bytes], kind: str) -> Curves | None:
    """What the levels mean by gAMA and cHRM; None where that is what they mean in sRGB."""
    if len(first.get(b"gAMA", b"")) != 4:
        return None
    (gamma,) = struct.unpack(">I", first[b"gAMA"])
    gamma /= 100_000
    chromaticities = None
    if len(first.get(b"cHRM", b"")) == 32:
        chromaticities = tuple(v / 100_000 for v in struct.unpack(">8I", first[b"cHRM"]))
        pairs = zip(chromaticities, _SRGB_CHROMATICITIES, strict=True)
        if all(abs(one - other) < _NEAR_CHROMATICITY for one, other in pairs):
            chromaticities = None
    near = abs(gamma / _SRGB_GAMMA - 1) < _NEAR_GAMMA
    if not 0.1 <= gamma <= 10 or (near and (chromaticities is None or kind == GREY)):
        return None
    try:
        return curves_of_gamma(1 / gamma, chromaticities, 1 if kind == GREY else 3)
    except (ZeroDivisionError, np.linalg.LinAlgError):
        return None

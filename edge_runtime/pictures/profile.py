"""Embedded ICC profiles: the lightness that a picture's levels mean, as sRGB grey.

TintLite uses a picture's lightness alone. LittleCMS, through Pillow, says which lightness a profile
gives to levels; Pillow's part of it takes 8-bit colour only, so it is asked for single levels, with
an answer of 16 bits, and pictures of 8 and of 16 bits go through what it said:

- grey: the answer for each of 65,536 levels;
- RGB of curves and a matrix, where luminances add up: the luminance of each level of each channel;
- tables, RGB and CMYK: the answers on a grid, and between its nodes the interpolation in simplices
  that LittleCMS itself uses (Kasson et al. 1995, "Performing color space conversions with
  three-dimensional linear interpolation").

The colours of a picture would not survive the way to sRGB unclipped, and clipping changes L*.
"""

import io
import struct
from functools import cached_property, lru_cache
from typing import Any

import cv2
import numpy as np
from PIL import Image, ImageCms

from edge_runtime.colour import cielab
from edge_runtime.colour.cielab import exact_lightness, undo_curve

MAX_PROFILE_BYTES = 16 * 2**20

LEVELS = 65536
_STEP = 257  # 16-bit levels between two 8-bit ones
_PIXELS_AT_ONCE = 1 << 16

# Pillow's mode and the number of channels of each kind of picture that a profile can be about.
_MODES = {"GRAY": ("grey", "I;16"), "RGB": ("rgb", "RGB"), "CMYK": ("cmyk", "CMYK")}
_CHANNELS = {"grey": 1, "rgb": 3, "cmyk": 4}

_NODES = {"rgb": 52, "cmyk": 17}  # a side of the grid
# Linear sRGB to XYZ of D50, as sRGB's own profile has it (adapted by Bradford's matrix).
_SRGB_TO_D50 = np.array(
    [
        [0.4360747, 0.3850649, 0.1430804],
        [0.2225045, 0.7168786, 0.0606169],
        [0.0139322, 0.0971045, 0.7141733],
    ]
)

_PROBES = 200
_ADDS_UP = 0.05  # L*
_SAME = 0.1  # L*


@lru_cache(maxsize=1)
def srgb_profile_bytes() -> bytes:
    """An sRGB profile, as it is written into coloured pictures."""
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


class Curves:
    """Luminance that adds up over the channels: a grey curve, or RGB curves and a matrix."""

    def __init__(self, tables: np.ndarray):
        """Take the luminance Y of every 16-bit level of every channel: [C, 65536], 0..1."""
        self._deep = np.ascontiguousarray(tables, np.float32)
        # As OpenCV takes it: [1, 256, C].
        self._shallow = np.ascontiguousarray(self._deep[:, ::_STEP].T[None])

    def grey(self, pixels: np.ndarray) -> np.ndarray:
        """sRGB grey of a picture.

        Args:
            pixels: uint8 or uint16 [N, C].
        Returns:
            the same dtype, [N].
        """
        if pixels.dtype == np.uint8:  # OpenCV is several times as fast as np.take
            luminance = cv2.LUT(pixels[:, None], self._shallow)
            if len(self._deep) > 1:
                luminance = cv2.transform(luminance, np.ones((1, len(self._deep)), np.float32))
            luminance = luminance.reshape(-1)
        else:
            luminance = np.take(self._deep[0], pixels[:, 0])
            for table, levels in zip(self._deep[1:], pixels.T[1:], strict=True):
                luminance += np.take(table, levels)
        result = np.empty(len(pixels), pixels.dtype)
        cielab.linear_to_integer(luminance, result)
        return result


class Grid:
    """The sRGB grey of levels between the nodes of a grid."""

    def __init__(self, nodes: np.ndarray, values: np.ndarray):
        """Take what LittleCMS said.

        Args:
            nodes: the 8-bit levels of a channel's nodes, rising from 0 to 255.
            values: L* of all nodes: [n] * C, the last channel's index rises fastest.
        """
        count = len(nodes)
        # In steps of a table that goes to sRGB grey at the end: L* runs straight between nodes.
        self._values = np.asarray(values.reshape(-1) / 100 * (LEVELS - 1), np.float32)
        self._strides = (count ** np.arange(values.ndim)[::-1]).astype(np.int32)
        place = np.interp(np.arange(LEVELS), nodes.astype(int) * _STEP, range(count))
        below = np.minimum(place.astype(np.int32), count - 2)
        self._below = below
        self._part = (place - below).astype(np.float32)

    def grey(self, pixels: np.ndarray) -> np.ndarray:
        """sRGB grey of a picture: as `Curves.grey`."""
        step = _STEP if pixels.dtype == np.uint8 else 1
        below, part = self._below[::step], self._part[::step]
        columns = [np.ascontiguousarray(column) for column in pixels.T]
        node = sum(
            np.take(below, column) * stride
            for column, stride in zip(columns, self._strides, strict=True)
        )
        parts = [np.take(part, column) for column in columns]
        if len(parts) == 3:
            grey = self._tetrahedra(node, parts, self._strides)
        else:  # of four channels the first is interpolated linearly
            grey = self._tetrahedra(node, parts[1:], self._strides[1:])
            node += self._strides[0]
            grey += parts[0] * (self._tetrahedra(node, parts[1:], self._strides[1:]) - grey)
        grey += 0.5
        return np.take(_grey_of_lightness(pixels.dtype.name), grey.astype(np.uint16))

    def _tetrahedra(
        self, node: np.ndarray, parts: list[np.ndarray], strides: np.ndarray
    ) -> np.ndarray:
        """Interpolate in three channels.

        Args:
            node: int32 [N], the lowest corner of the cell.
            parts: of each channel, how far in the cell a pixel lies: float32 [N], 0..1.
            strides: of each channel, from a node to the next.
        Returns:
            float32 [N].
        """
        # From the lowest corner to the highest, along the channel that is furthest in it first.
        # Its number rides in the two lowest bits, so that it is sorted along.
        keys = [
            p.view(np.uint32) & np.uint32(~3 & 0xFFFFFFFF) | np.uint32(c)
            for c, p in enumerate(parts)
        ]
        for left, right in ((0, 1), (0, 2), (1, 2)):
            keys[left], keys[right] = (
                np.maximum(keys[left], keys[right]),
                np.minimum(keys[left], keys[right]),
            )
        strides = np.resize(strides, 4)
        last: Any = np.float32(1)
        grey = np.zeros(len(node), np.float32)
        for key in keys:
            part = key.view(np.float32)
            grey += (last - part) * np.take(self._values, node)
            node = node + np.take(strides, key & np.uint32(3))
            last = part
        grey += last * np.take(self._values, node)
        return grey


class Profile:
    """A readable ICC profile of a grey, RGB or CMYK picture.

    Attributes:
        kind: the kind of picture that it is about: grey, rgb or cmyk.
    """

    def __init__(self, profile: ImageCms.ImageCmsProfile, kind: str, mode: str):
        self.kind = kind
        self._mode = mode
        self._transform = ImageCms.buildTransform(
            profile,
            _srgb_grey(),
            mode,
            "I;16",
            ImageCms.Intent.RELATIVE_COLORIMETRIC,
            # Not optimized: LittleCMS would replace curves and tables by a coarse table of its own.
            ImageCms.Flags.BLACKPOINTCOMPENSATION | ImageCms.Flags.NOOPTIMIZE,
        )

    @classmethod
    def parse(cls, data: bytes) -> "Profile | None":
        """Read a profile; None where it is damaged, or neither grey nor RGB nor CMYK."""
        return _parse(data) if len(data) <= MAX_PROFILE_BYTES else None

    def grey(self, planes: np.ndarray) -> np.ndarray | None:
        """The lightness of a picture as sRGB grey.

        Args:
            planes: uint8 or uint16, [H, W], [H, W, 3] RGB or [H, W, 4] CMYK.
        Returns:
            [H, W] of the same dtype; None where the profile is about another kind of picture, or
            sRGB itself, so that nothing is to be done.
        """
        channels = 1 if planes.ndim == 2 else planes.shape[2]
        as_rgb = channels == 1 and self.kind == "rgb"  # the grey levels are those of R = G = B
        if not (as_rgb or channels == _CHANNELS[self.kind]) or self._is_srgb:
            return None
        return apply_curves(self._grey_of_rgb if as_rgb else self._way, planes)

    def _ask(self, levels: np.ndarray) -> np.ndarray:
        """What LittleCMS says: sRGB grey, float64 [N] in 0..1, of [N, C] levels."""
        image = Image.frombytes(
            self._mode, (len(levels), 1), np.ascontiguousarray(levels).tobytes()
        )
        return np.asarray(ImageCms.applyTransform(image, self._transform))[0] / (LEVELS - 1)

    @cached_property
    def _way(self) -> Curves | Grid:
        if self.kind == "grey":
            return Curves(undo_curve(self._ask(np.arange(LEVELS, dtype=np.uint16)))[None])
        return (self._curves() if self.kind == "rgb" else None) or self._grid()

    @cached_property
    def _grey_of_rgb(self) -> Curves:
        ramp = np.arange(256, dtype=np.uint8)[:, None].repeat(3, 1)
        return Curves(_between(undo_curve(self._ask(ramp)))[None])

    def _curves(self) -> Curves | None:
        """The profile as luminances that add up; None where they do not."""
        # Around the middle, where no channel's part, which may be negative, is clipped.
        middle = 128
        ask = np.full((3, 256, 3), middle, np.uint8)
        for channel in range(3):
            ask[channel, :, channel] = np.arange(256)
        parts = undo_curve(self._ask(ask.reshape(-1, 3))).reshape(3, 256)
        base = parts[:, middle].mean()
        parts -= base
        # What is left of the middle's own luminance is that of the channels' zeros.
        parts[0] += base
        probe = np.random.default_rng(0).integers(0, 256, (_PROBES, 3), dtype=np.uint8)
        found = sum(part[levels] for part, levels in zip(parts, probe.T, strict=True))
        said = undo_curve(self._ask(probe))
        unlike = np.abs(exact_lightness(np.clip(found, 0, 1)) - exact_lightness(said)).max()
        if unlike > _ADDS_UP:
            return None
        return Curves(np.stack([_between(part) for part in parts]))

    def _grid(self) -> Grid:
        nodes = self._nodes()
        mesh = np.stack(np.meshgrid(*[nodes] * _CHANNELS[self.kind], indexing="ij"), -1)
        values = exact_lightness(undo_curve(self._ask(mesh.reshape(-1, mesh.shape[-1]))))
        return Grid(nodes, values.reshape(mesh.shape[:-1]))

    def _nodes(self) -> np.ndarray:
        """The 8-bit levels of a channel's nodes, closest where the lightness changes most."""
        count = _NODES[self.kind]
        levels = np.arange(256)
        if self.kind == "cmyk":  # inks are counted in steps that look equal
            return np.rint(np.linspace(0, 255, count)).astype(np.uint8)
        grey = levels.astype(np.uint8)[:, None].repeat(3, 1)
        lightness = exact_lightness(undo_curve(self._ask(grey)))
        # A part that is even keeps nodes where the lightness stands still.
        way = np.cumsum(np.abs(np.diff(lightness, prepend=lightness[0])) + 0.2)
        nodes = np.rint(np.interp(np.linspace(way[0], way[-1], count), way, levels)).astype(int)
        # Each level once: first none below its rank, then none above what the next ones leave.
        rank = np.arange(count)
        nodes = np.maximum.accumulate(nodes - rank) + rank
        return np.minimum(nodes, 256 - count + rank).astype(np.uint8)

    @cached_property
    def _is_srgb(self) -> bool:
        """Whether the levels mean what they mean in sRGB: then nothing is converted."""
        if self.kind == "cmyk":
            return False
        levels = np.arange(0, 256, 15, dtype=np.uint8)
        if self.kind == "grey":
            probe: np.ndarray = levels
            said = self._ask(levels.astype(np.uint16) * _STEP)
        else:
            probe = np.stack(np.meshgrid(levels, levels, levels), -1).reshape(-1, 1, 3)
            said = self._ask(probe[:, 0])
        expected = cielab.lightness(probe.reshape(-1, 1) if probe.ndim == 1 else probe)[:, 0]
        return bool(np.abs(exact_lightness(undo_curve(said)) - expected).max() <= _SAME)


@lru_cache(maxsize=4)  # the pictures of a folder often share one
def _parse(data: bytes) -> Profile | None:
    try:
        profile = ImageCms.ImageCmsProfile(io.BytesIO(data))
        kind = _MODES.get(profile.profile.xcolor_space.strip())
        return Profile(profile, *kind) if kind else None
    except (OSError, ImageCms.PyCMSError):
        return None


def apply_curves(way: Curves | Grid, planes: np.ndarray) -> np.ndarray:
    """sRGB grey [H, W] of uint8 or uint16 planes [H, W] or [H, W, C], of the same dtype."""
    flat = planes.reshape(planes.shape[0] * planes.shape[1], -1)
    result = np.empty(len(flat), planes.dtype)
    for begin in range(0, len(flat), _PIXELS_AT_ONCE):
        part = slice(begin, begin + _PIXELS_AT_ONCE)
        result[part] = way.grey(flat[part])
    return result.reshape(planes.shape[:2])


def curves_of_gamma(
    exponent: float, chromaticities: tuple[float, ...] | None, channels: int
) -> Curves:
    """The meaning of levels that only a gamma, and perhaps primaries, were said of (PNG).

    Args:
        exponent: linear light is level ** exponent.
        chromaticities: x and y of white, red, green and blue; else those of sRGB.
        channels: 1 or 3.
    """
    linear = (np.arange(LEVELS) / (LEVELS - 1)) ** exponent
    if channels == 1:
        return Curves(linear[None])
    luminance = cielab.LUMINANCE.astype(float)
    if chromaticities is not None:
        x, y = np.array(chromaticities, float).reshape(4, 2).T
        xyz = np.stack([x, y, 1 - x - y]) / y
        luminance = np.linalg.solve(xyz[:, 1:], xyz[:, 0])
    return Curves(luminance[:, None] * linear)


@lru_cache(maxsize=2)
def _grey_of_lightness(dtype: str) -> np.ndarray:
    """sRGB grey, uint8 or uint16 [65536], of L* in steps of 100 / 65535."""
    lightness = np.linspace(0, 100, LEVELS)
    f = (lightness + 16) / 116
    luminance = np.where(lightness > 8, f**3, lightness * 27 / 24389)
    grey = np.empty(LEVELS, dtype)
    cielab.linear_to_integer(luminance.astype(np.float32), grey)
    return grey


def grey_of_lightness(lightness: np.ndarray, dtype: np.dtype) -> np.ndarray:
    """sRGB grey of the L* of a Lab picture.

    Args:
        lightness: uint8 or uint16, any shape; their range is L* 0..100.
        dtype: uint8 or uint16, of the result.
    """
    step = _STEP if lightness.dtype == np.uint8 else 1
    return np.take(_grey_of_lightness(np.dtype(dtype).name)[::step], lightness)


def _between(luminance: np.ndarray) -> np.ndarray:
    """The luminance of all 16-bit levels, [65536], of that of the 8-bit ones, [256]."""
    return np.interp(np.arange(LEVELS) / _STEP, range(256), luminance)


@lru_cache(maxsize=1)
def _srgb_grey() -> ImageCms.ImageCmsProfile:
    """A profile of sRGB grey, for LittleCMS to go to.

    A plain grey profile (ICC.1:2022, 8.3.2) takes the Y of D50 for the lightness. Ours is that of
    D65, which of colours is another one: a row of a matrix, in the profile's floating-point
    elements (ICC.1:2022, 9.2.14 and 10.16).
    """
    power = b"para" + struct.pack(">IHH", 0, 3, 0)
    power += b"".join(_s15(v) for v in (2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045))
    row = cielab.LUMINANCE @ np.linalg.inv(_SRGB_TO_D50)
    matrix = b"matf" + struct.pack(">IHH4f", 0, 3, 1, *row, 0.0)
    segments = [  # (scale * x + 0) ** exponent + offset
        b"parf" + struct.pack(">IHH4f", 0, 0, 0, exponent, scale, 0.0, offset)
        for exponent, scale, offset in ((1.0, 12.92, 0.0), (1 / 2.4, 1.055**2.4, -0.055))
    ]
    curve = b"curf" + struct.pack(">IHHf", 0, 2, 0, 0.0031308) + b"".join(segments)
    curves = b"cvst" + struct.pack(">IHHII", 0, 1, 1, 20, len(curve)) + curve
    places = struct.pack(">4I", 32, len(matrix), 32 + len(matrix), len(curves))
    elements = b"mpet" + struct.pack(">IHHI", 0, 3, 1, 2) + places + matrix + curves
    d50 = b"".join(_s15(v) for v in (0.9642, 1.0, 0.8249))
    tags = {b"wtpt": b"XYZ \0\0\0\0" + d50, b"kTRC": power, b"B2D1": elements}
    at = 132 + 12 * len(tags)
    table = struct.pack(">I", len(tags))
    for name, data in tags.items():
        table += struct.pack(">4sII", name, at, len(data))
        at += len(data)
    header = struct.pack(">I4xI4s4s4s", at, 0x04400000, b"mntr", b"GRAY", b"XYZ ")
    header += bytes(12) + b"acsp" + bytes(28) + d50
    profile = header.ljust(128, b"\0") + table + b"".join(tags.values())
    return ImageCms.ImageCmsProfile(io.BytesIO(profile))


def _s15(value: float) -> bytes:
    """A number as ICC profiles hold it."""
    return struct.pack(">i", round(value * 65536))

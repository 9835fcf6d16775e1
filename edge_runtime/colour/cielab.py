"""CIE L*a*b* of sRGB pictures (D65, 2 degree observer), in float32 NumPy.

Formulas: sRGB transfer curve from IEC 61966-2-1; L*a*b* from CIE 15:2004, section 8.2.1.
The RGB to XYZ matrix is that of ITU-R BT.709 primaries with D65 white, as in scikit-image.
The white point is the sum of the matrix's rows, so that every grey has a* = b* = 0 exactly.
"""

from functools import lru_cache

import cv2
import numpy as np

from edge_runtime.colour.gamut import Gamut
from edge_runtime.errors import ArgumentTypeError

RGB_TO_XYZ = np.array(
    [
        [0.412453, 0.357580, 0.180423],
        [0.212671, 0.715160, 0.072169],
        [0.019334, 0.119193, 0.950227],
    ],
    dtype=np.float64,
)
WHITE_XYZ = RGB_TO_XYZ.sum(axis=1)

# Linear RGB -> XYZ / white, and back: with the white folded in, greys have three equal values.
# float32 [3, 3] each, for column vectors.
_RGB_TO_XYZ_OVER_WHITE = (RGB_TO_XYZ / WHITE_XYZ[:, None]).astype(np.float32)
XYZ_OVER_WHITE_TO_RGB = np.linalg.inv(RGB_TO_XYZ / WHITE_XYZ[:, None]).astype(np.float32)

SRGB = Gamut(XYZ_OVER_WHITE_TO_RGB)

# The luminance Y of linear RGB: float32 [3]; sums to 1.
LUMINANCE = _RGB_TO_XYZ_OVER_WHITE[1]

_EPSILON = 216 / 24389  # CIE: (6/29)^3
_KAPPA = 24389 / 27  # CIE: (29/3)^3


def srgb_to_linear(encoded: np.ndarray) -> np.ndarray:
    """Undo the sRGB transfer curve. Any shape, 0..1, float; returns float32 of the same shape."""
    return undo_curve(np.asarray(encoded, np.float32)).astype(np.float32)


def undo_curve(encoded: np.ndarray) -> np.ndarray:
    """As `srgb_to_linear`, in the precision of its input."""
    curve = ((np.maximum(encoded, 0.04045) + 0.055) / 1.055) ** 2.4
    return np.where(encoded <= 0.04045, encoded / 12.92, curve)


def linear_to_srgb(linear: np.ndarray) -> np.ndarray:
    """Apply the sRGB transfer curve. Any shape, clipped to 0..1; returns float32."""
    linear = np.clip(np.asarray(linear, np.float32), 0, 1)
    curve = 1.055 * np.maximum(linear, 0.0031308) ** (1 / 2.4) - 0.055
    return np.where(linear <= 0.0031308, linear * 12.92, curve).astype(np.float32)


@lru_cache(maxsize=2)
def _linear_table(levels: int) -> np.ndarray:
    """Linear light of every level of an integer picture: float32 [levels] in 0..1."""
    return srgb_to_linear(np.arange(levels, dtype=np.float64) / (levels - 1))


def _levels_of(picture: np.ndarray) -> int:
    """How many levels an integer picture has: 256 or 65536."""
    if picture.dtype not in (np.uint8, np.uint16):
        raise ArgumentTypeError(f"a picture is uint8 or uint16, not {picture.dtype}")
    return np.iinfo(picture.dtype).max + 1


def integer_to_linear(picture: np.ndarray) -> np.ndarray:
    """Linear light of an integer sRGB picture by table.

    Args:
        picture: uint8 or uint16, any shape.
    Returns:
        float32 of the same shape, 0..1.
    Raises:
        TypeError: for any other dtype.
    """
    return _looked_up(_linear_table(_levels_of(picture)), picture)


def _cube_root(value: np.ndarray) -> np.ndarray:
    """Cube root of float32 values from 0 on, any shape: nine times as fast as `np.cbrt`."""
    return cv2.pow(np.ascontiguousarray(value).reshape(-1), 1 / 3).reshape(value.shape)


def lightness_from_luminance(luminance: np.ndarray) -> np.ndarray:
    """CIE L* (0..100) of relative luminance Y (0..1). Any shape; returns float32."""
    luminance = np.asarray(luminance, np.float32)
    low = luminance * np.float32(_KAPPA)
    high = 116 * _cube_root(luminance) - 16
    return np.where(luminance > _EPSILON, high, low).astype(np.float32)


def f_of_linear(value: np.ndarray) -> np.ndarray:
    """CIE's f of X / Xn, Y / Yn or Z / Zn (CIE 15:2004, 8.2.1). Any shape; returns float32."""
    value = np.asarray(value, np.float32)
    return np.where(value > _EPSILON, _cube_root(value), (_KAPPA * value + 16) / 116).astype(
        np.float32
    )


@lru_cache(maxsize=2)
def _f_table(levels: int) -> np.ndarray:
    return f_of_linear(_linear_table(levels))


def integer_to_f(grey: np.ndarray) -> np.ndarray:
    """CIE's f(Y) of a grey integer sRGB picture. uint8 or uint16, any shape; returns float32."""
    return _looked_up(_f_table(_levels_of(grey)), grey)


def _looked_up(table: np.ndarray, levels: np.ndarray) -> np.ndarray:
    """A float32 table's values of uint8 or uint16 levels of any shape."""
    if levels.dtype == np.uint8 and levels.size:  # two to four times as fast as np.take
        return cv2.LUT(np.ascontiguousarray(levels).reshape(-1, 1), table).reshape(levels.shape)
    return np.take(table, levels)


# Steps of linear light between two entries of the 8-bit table: the curve is steepest at black,
# 12.92 * 255 levels over 0..1, so that half a step is 0.025 of a level.
_ENCODE_STEPS = 65535


@lru_cache(maxsize=1)
def _encode_table() -> np.ndarray:
    """8-bit sRGB of linear light in steps of 1 / 65535: uint8 [65536]."""
    linear = np.arange(_ENCODE_STEPS + 1, dtype=np.float64) / _ENCODE_STEPS
    return np.rint(linear_to_srgb(linear) * 255).astype(np.uint8)


def linear_to_integer(linear: np.ndarray, out: np.ndarray) -> None:
    """Write linear light as integer sRGB, rounded; what lies outside 0..1 is clipped.

    Args:
        linear: float32, any shape; used up.
        out: uint8 (by table, within 0.03 level) or uint16 (computed), of the same shape.
    """
    if out.dtype == np.uint8:
        linear *= _ENCODE_STEPS
        # OpenCV rounds and clips at once.
        steps = cv2.add(linear.reshape(len(linear), -1), 0, dtype=cv2.CV_16U)
        np.take(_encode_table(), steps.reshape(out.shape), out=out, mode="clip")
    else:
        encoded = linear_to_srgb(linear)
        encoded *= 65535
        np.rint(encoded, out=encoded)
        np.copyto(out, encoded, casting="unsafe")


@lru_cache(maxsize=2)
def _grey_lightness_table(levels: int) -> np.ndarray:
    """CIE L* of every level, to the last bit the same everywhere: float64, rounded once.

    An int8 network turns a last bit of its input into a visible difference here and there.
    """
    linear = undo_curve(np.arange(levels, dtype=np.float64) / (levels - 1))
    return exact_lightness(linear).astype(np.float32)


def exact_lightness(luminance: np.ndarray) -> np.ndarray:
    """As `lightness_from_luminance`, slowly, in float64."""
    return np.where(luminance > _EPSILON, 116 * np.cbrt(luminance) - 16, _KAPPA * luminance)


def lightness(picture: np.ndarray) -> np.ndarray:
    """CIE L* of an integer sRGB picture.

    Args:
        picture: uint8 or uint16, [H, W] grey or [..., 3] RGB.
    Returns:
        float32 [H, W] (the shape without the channel axis), 0..100.
    Raises:
        TypeError: the picture is neither uint8 nor uint16.
    """
    if picture.ndim == 2:
        return np.take(_grey_lightness_table(_levels_of(picture)), picture)
    return lightness_from_luminance(integer_to_linear(picture) @ LUMINANCE)


# CIE's f of X, Y, Z -> L*a*b*: float32 [3, 4], the last column is added.
_F_TO_LAB = np.array([[0, 116, 0, -16], [500, -500, 0, 0], [0, 200, -200, 0]], np.float32)

# As many as a core's cache holds with all that is computed of them.
_PIXELS_AT_ONCE = 16384


def rgb_to_lab(picture: np.ndarray) -> np.ndarray:
    """CIE L*a*b* of an integer sRGB picture. uint8 or uint16 [..., 3]; returns float32 [..., 3].

    Raises:
        TypeError: the picture is neither uint8 nor uint16.
    """
    pixels = picture.reshape(-1, 1, 3)
    lab = np.empty(pixels.shape, np.float32)
    epsilon, slope = np.float32(_EPSILON), np.float32(_KAPPA / 116)
    for begin in range(0, len(pixels), _PIXELS_AT_ONCE):
        part = slice(begin, begin + _PIXELS_AT_ONCE)
        xyz = cv2.transform(integer_to_linear(pixels[part]), _RGB_TO_XYZ_OVER_WHITE)
        # Below epsilon CIE's f is the tangent of the cube root at epsilon: no pixel needs a branch.
        above = np.maximum(xyz, epsilon)
        f = cv2.pow(above, 1 / 3)
        xyz -= above
        xyz *= slope
        f += xyz
        lab[part] = cv2.transform(f, _F_TO_LAB)
    return lab.reshape(picture.shape)


def lab_to_linear(lab: np.ndarray) -> np.ndarray:
    """Linear RGB of CIE L*a*b*, float32 [..., 3].

    Colours outside sRGB keep L* and hue and get as much chroma as fits.
    """
    lab = np.asarray(lab, np.float32)
    lightness, a, b = (lab[..., channel].reshape(-1, 1) for channel in range(3))
    fy = (lightness + 16) / 116
    return SRGB.linear_of(fy + a / 500, fy, fy - b / 200).reshape(lab.shape)


def lab_to_rgb(lab: np.ndarray) -> np.ndarray:
    """sRGB of CIE L*a*b*: float32 [..., 3] in 0..1 (not rounded to integers).

    Colours outside sRGB: as for `lab_to_linear`.
    """
    return linear_to_srgb(lab_to_linear(lab))

"""The colour difference CIEDE2000, after Sharma, Wu and Dalal 2005 (Color Res. Appl. 30, 21-30).

Hues are kept as unit vectors instead of angles: the mean hue is the direction of the sum of two,
the cosines of its multiples are polynomials of its own, and one arc tangent is left. scikit-image
gives the same in float64, in three times the time.
"""

import math

import numpy as np

# Python's floats, which leave float32 arrays float32.
_25_TO_7 = 25.0**7
_COS_30, _SIN_30 = math.cos(math.radians(30)), math.sin(math.radians(30))
_COS_6, _SIN_6 = math.cos(math.radians(6)), math.sin(math.radians(6))
_COS_63, _SIN_63 = math.cos(math.radians(63)), math.sin(math.radians(63))


def _chroma_share(chroma: np.ndarray) -> np.ndarray:
    """sqrt(C^7 / (C^7 + 25^7)), which both G and R_C are made of."""
    square = chroma * chroma
    seventh = square * square * square * chroma
    return np.sqrt(seventh / (seventh + _25_TO_7))


def _length(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """As np.hypot, which guards against overflow at ten times the time."""
    return np.sqrt(x * x + y * y)


def _unit(x: np.ndarray, y: np.ndarray, length: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The direction of a vector; none, (0, 0), for one without length."""
    inverse = np.divide(1, length, out=np.zeros_like(length), where=length > 0)
    return x * inverse, y * inverse


def _mean_hue(
    x1: np.ndarray, y1: np.ndarray, x2: np.ndarray, y2: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """The direction halfway between two; that of the other where one has none."""
    x, y = x1 + x2, y1 + y2
    opposite = (x == 0) & (y == 0) & ((x1 != 0) | (y1 != 0))
    if opposite.any():
        # Halfway is then 90 degrees on from the one that lies in 0..180 (equation 14).
        first = (y1 > 0) | ((y1 == 0) & (x1 > 0))
        x = np.where(opposite, -np.where(first, y1, y2), x)
        y = np.where(opposite, np.where(first, x1, x2), y)
    return _unit(x, y, _length(x, y))


def ciede2000(lab1: np.ndarray, lab2: np.ndarray) -> np.ndarray:
    """CIEDE2000 of every pixel, with k_L = k_C = k_H = 1.

    Args:
        lab1, lab2: float32 or float64 [..., 3], CIE L*a*b*. float32 is good to 1e-5, but for
            pixels whose hues are opposite within its rounding.
    Returns:
        [...] of their dtype; about 1 is a just noticeable difference.
    """
    l1, a1, b1 = np.moveaxis(lab1, -1, 0)
    l2, a2, b2 = np.moveaxis(lab2, -1, 0)
    stretch = 1.5 - 0.5 * _chroma_share((_length(a1, b1) + _length(a2, b2)) / 2)
    a1, a2 = a1 * stretch, a2 * stretch
    c1, c2 = _length(a1, b1), _length(a2, b2)
    (x1, y1), (x2, y2) = _unit(a1, b1, c1), _unit(a2, b2, c2)

    # 2 sin(dh / 2) is the distance of the two directions, with the sign of sin(dh).
    apart = np.copysign(_length(x2 - x1, y2 - y1), x1 * y2 - y1 * x2)
    delta_h = np.sqrt(c1 * c2) * apart

    cos, sin = _mean_hue(x1, y1, x2, y2)
    cos2, sin2 = cos * cos - sin * sin, 2 * sin * cos
    cos3, sin3 = cos2 * cos - sin2 * sin, sin2 * cos + cos2 * sin
    cos4, sin4 = cos2 * cos2 - sin2 * sin2, 2 * sin2 * cos2
    t = (
        1
        - 0.17 * (cos * _COS_30 + sin * _SIN_30)
        + 0.24 * cos2
        + 0.32 * (cos3 * _COS_6 - sin3 * _SIN_6)
        - 0.20 * (cos4 * _COS_63 + sin4 * _SIN_63)
    )
    hue = np.degrees(np.arctan2(sin, cos)) % 360
    theta = math.radians(60) * np.exp(-(((hue - 275) / 25) ** 2))  # 2 times delta theta

    chroma = (c1 + c2) / 2
    lightness = ((l1 + l2) / 2 - 50) ** 2
    weigh_l = 1 + 0.015 * lightness / np.sqrt(20 + lightness)
    by_l = (l2 - l1) / weigh_l
    by_c = (c2 - c1) / (1 + 0.045 * chroma)
    by_h = delta_h / (1 + 0.015 * chroma * t)
    turn = -2 * np.sin(theta) * _chroma_share(chroma)
    square = by_l * by_l + by_c * by_c + by_h * by_h + turn * by_c * by_h
    return np.sqrt(np.maximum(square, 0))
